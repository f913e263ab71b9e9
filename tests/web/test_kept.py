"""A session that ends in the middle of a form costs nobody what they wrote."""

import asyncpg
import pytest

from tests.api.people import CARITAS, FUCECCHIO, PASSWORD, PONTE, Someone, by, someone, work_in
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


async def test_whoever_comes_next_at_the_same_browser_is_not_given_it(
    visit: Visit, owner: asyncpg.Connection, person: Someone
) -> None:
    for next_one in (await someone(owner, CARITAS), await someone(owner, PONTE, CARITAS)):
        visitor = await interrupted(visit, owner, person)
        await visitor.send("/sign-in", **next_one.typed())
        assert visitor.status == 200
        assert "Riprendi" not in visitor.page.text
        assert GIVEN["identityCode"] not in visitor.page.source


@pytest.mark.parametrize("with_code", [False, True], ids=["password", "code"])
async def test_it_goes_on_for_the_organisation_that_it_was_written_for(
    visit: Visit, owner: asyncpg.Connection, still: int, *, with_code: bool
) -> None:
    """With several, the first would do: a case would be opened where its person never was."""
    for written_for in (CARITAS, FUCECCHIO, PONTE):
        person = await someone(owner, CARITAS, FUCECCHIO, PONTE)
        visitor = await visit()
        await visitor.open("/sign-in")
        await visitor.send("/sign-in", **person.typed())
        codes = (await switched_on(visitor, still))[1] if with_code else []
        await work_for(visitor, written_for)
        await visitor.open("/cases/new")
        await owner.execute(ENDS, person.account_id)
        await visitor.send("/cases/new", **GIVEN)
        await visitor.send("/sign-in", **person.typed())
        if with_code:
            await visitor.send("/sign-in/code", code=codes[0])
        await visitor.send("/cases/new")
        await visitor.send("/cases/new", identityCode="")
        assert visitor.address.startswith("/cases/case_")
        assert await holder_of(owner, visitor.address.rpartition("_")[2]) == written_for


async def work_for(visitor: Visitor, organisation: str) -> None:
    await visitor.open("/organisation")
    (form,) = [form for form in visitor.page.forms if ("organisation", organisation) in form.pairs]
    await visitor.client.post(form.action, data=dict(form.pairs), headers={"Origin": ORIGIN})


async def holder_of(owner: asyncpg.Connection, case: str) -> str:
    async with owner.transaction():
        await work_in(owner)
        found = "SELECT o.slug FROM case_file c JOIN organisation o ON o.id = c.holder_id WHERE c.id = $1::text::uuid"
        slug: str = await owner.fetchval(found, case)
        return slug


async def test_whoever_is_no_member_there_any_more_is_not_given_it(visit: Visit, owner: asyncpg.Connection) -> None:
    person = await someone(owner, CARITAS, PONTE)
    visitor = await visit()
    await visitor.open("/sign-in")
    await visitor.send("/sign-in", **person.typed())
    await work_for(visitor, PONTE)
    await visitor.open("/cases/new")
    await by(
        owner,
        "UPDATE member SET valid_until = '2024-01-01' WHERE account_id = $1 AND organisation_id = "
        "(SELECT id FROM organisation WHERE slug = $2)",
        *(person.account_id, PONTE),
    )
    await visitor.send("/cases/new", **GIVEN)
    assert visitor.status == 401
    await visitor.send("/sign-in", **person.typed())
    assert visitor.address == "/today"
    assert GIVEN["identityCode"] not in visitor.page.source


async def test_no_password_is_kept(visit: Visit, owner: asyncpg.Connection, person: Someone) -> None:
    visitor = await entered(visit, person)
    await visitor.open("/account/password")
    await owner.execute(ENDS, person.account_id)
    await visitor.send("/account/password", currentPassword=PASSWORD, newPassword="x" * 20, repeatPassword="x" * 20)
    assert visitor.address == "/sign-in"
    assert {"currentPassword", "newPassword", "repeatPassword"} <= NOT_KEPT


async def test_no_secret_of_codes_is_kept(visit: Visit, owner: asyncpg.Connection, person: Someone, still: int) -> None:
    visitor = await entered(visit, person)
    await visitor.open("/account/second-factor")
    await visitor.send("/account/second-factor", currentPassword=PASSWORD)
    secret = dict(visitor.page.form("/account/second-factor/confirm").pairs)["secret"]
    await owner.execute(ENDS, person.account_id)
    await visitor.send("/account/second-factor/confirm", code="000000")
    assert visitor.address == "/sign-in"
    assert secret not in visitor.page.source


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
    for made_up in ("W1siYSIsICJiIl1d", "A" * 44 + "W1siYSIsICJiIl1d", "è", "A" * 3):
        answer = await visitor.client.post("/sign-in", data={**spoilt, "kept": made_up}, headers={"Origin": ORIGIN})
        assert answer.headers["location"] == "/today"


async def test_what_another_put_there_is_not_offered(visit: Visit, owner: asyncpg.Connection, person: Someone) -> None:
    """A page that somebody else was given, changed or as it was, puts nothing into my session."""
    mine = await someone(owner, CARITAS)
    kept = dict((await interrupted(visit, owner, person)).page.form("/sign-in").pairs)["kept"]
    visitor = await visit()
    for forged in (kept, kept[:-4] + "AAAA", "AAAA" + kept[4:]):
        answer = await visitor.client.post(
            "/sign-in", data={**mine.typed(), "kept": forged}, headers={"Origin": ORIGIN}
        )
        assert answer.headers["location"] == "/today"


@pytest.mark.parametrize("again", [False, True], ids=["signed out", "signed in again"])
async def test_what_was_typed_before_signing_out_elsewhere_in_the_browser_is_there_again(
    visit: Visit, person: Someone, *, again: bool
) -> None:
    visitor = await entered(visit, person)
    before = await visitor.open("/cases/new")
    await visitor.send("/sign-out")
    if again:
        await visitor.open("/sign-in")
        await visitor.send("/sign-in", **person.typed())
    visitor.page = before
    await visitor.send("/cases/new", **GIVEN)
    assert visitor.status == (409 if again else 401)
    if not again:
        await visitor.send("/sign-in", **person.typed())
    await is_there_again(visitor)


async def test_what_another_was_typing_in_this_browser_is_not_done_as_whoever_is_there_now(
    visit: Visit, owner: asyncpg.Connection, person: Someone
) -> None:
    visitor, other = await entered(visit, person), await someone(owner, CARITAS)
    before = await visitor.open("/cases/new")
    await visitor.send("/sign-out")
    await visitor.open("/sign-in")
    await visitor.send("/sign-in", **other.typed())
    visitor.page = before
    await visitor.send("/cases/new", **GIVEN)
    assert visitor.status == 403
    assert "è entrata un'altra persona" in visitor.page.text
    assert GIVEN["identityCode"] not in visitor.page.source
