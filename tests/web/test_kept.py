"""A session that ends in the middle of a form costs nobody what they wrote."""

import asyncpg
import pytest

from tests.api.people import CARITAS, PASSWORD, Someone, someone
from tests.web.conftest import Visit
from tests.web.test_second_factor import still, switched_on
from tests.web.visitors import ORIGIN, Visitor
from web.kept import NOT_KEPT

__all__ = ["still"]
GIVEN = {"givenName": "Amina", "familyName": 'Pro"va <b>', "identityCode": "RSSMRA80A01H501X"}
ENDS = "UPDATE session SET revoked_at = now() WHERE account_id = $1"


@pytest.fixture
async def person(owner: asyncpg.Connection) -> Someone:
    return await someone(owner, CARITAS)


async def entered(visit: Visit, person: Someone) -> Visitor:
    visitor = await visit()
    await visitor.open("/sign-in")
    await visitor.send("/sign-in", **person.typed())
    assert visitor.address == "/today"
    return visitor


async def interrupted(visit: Visit, owner: asyncpg.Connection, person: Someone) -> Visitor:
    """Return somebody whose session ended while they filled in a new case, which they have just sent."""
    visitor = await entered(visit, person)
    await visitor.open("/cases/new")
    await owner.execute(ENDS, person.account_id)
    await visitor.send("/cases/new", **GIVEN)
    assert visitor.status == 401
    assert "quello che hai scritto non è andato perso" in visitor.page.text
    return visitor


async def is_there_again(visitor: Visitor) -> None:
    """What was typed is sent again, and comes back with what is wrong with it."""
    assert "Riprendi da dove eri" in visitor.page.text
    await visitor.send("/cases/new")
    assert visitor.status == 422
    typed = dict(visitor.page.form("/cases/new").pairs)
    assert {name: typed[name] for name in GIVEN} == GIVEN


async def test_what_was_typed_goes_along(visit: Visit, owner: asyncpg.Connection, person: Someone) -> None:
    visitor = await interrupted(visit, owner, person)
    await visitor.send("/sign-in", email=person.email, password="sbagliata")
    assert visitor.status == 422
    await visitor.send("/sign-in", **person.typed())
    await is_there_again(visitor)
    await visitor.send("/cases/new", identityCode="")
    assert visitor.status == 200
    assert "Amina" in visitor.page.text


async def test_it_goes_along_past_the_second_page_too(
    visit: Visit, owner: asyncpg.Connection, person: Someone, still: int
) -> None:
    _, codes = await switched_on(await entered(visit, person), still)
    visitor = await visit()
    await visitor.open("/sign-in")
    await visitor.send("/sign-in", **person.typed())
    await visitor.send("/sign-in/code", code=codes[0])
    await visitor.open("/cases/new")
    await owner.execute(ENDS, person.account_id)
    await visitor.send("/cases/new", **GIVEN)
    await visitor.send("/sign-in", **person.typed())
    await visitor.send("/sign-in/code", code=codes[1])
    await is_there_again(visitor)


async def test_no_password_is_kept(visit: Visit, owner: asyncpg.Connection, person: Someone) -> None:
    visitor = await entered(visit, person)
    await visitor.open("/account/password")
    await owner.execute(ENDS, person.account_id)
    await visitor.send("/account/password", currentPassword=PASSWORD, newPassword="x" * 20, repeatPassword="x" * 20)
    assert visitor.address == "/sign-in"
    assert {"currentPassword", "newPassword", "repeatPassword"} <= NOT_KEPT


async def test_another_site_puts_nothing_there(visit: Visit, owner: asyncpg.Connection, person: Someone) -> None:
    visitor = await entered(visit, person)
    await owner.execute(ENDS, person.account_id)
    for headers in ({"Origin": "https://evil.example"}, {"Origin": ORIGIN}):
        answer = await visitor.client.post("/cases/new", data={"givenName": "Forged"}, headers=headers)
        assert "Forged" not in answer.text
        assert answer.status_code in (303, 403)
    spoilt = {**person.typed(), "kept": "x", "kept_for": "//evil.example"}
    answer = await visitor.client.post("/sign-in", data=spoilt, headers={"Origin": ORIGIN})
    assert answer.headers["location"] == "/today"
    whole = {**spoilt, "kept": "W1siYSIsICJiIl1d"}
    answer = await visitor.client.post("/sign-in", data=whole, headers={"Origin": ORIGIN})
    assert "evil" not in answer.text
