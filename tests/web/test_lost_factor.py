"""A lost second factor ends when two persons say so: two, whichever addresses each of them has."""

import re

import asyncpg
import pytest

from tests.api.people import CARITAS, PONTE, Someone, asked, by, is_alive, someone, work_in
from tests.web.conftest import Visit
from tests.web.test_resetting import nothing_waits, person, post, steward
from tests.web.test_second_factor import still, switched_on
from tests.web.visitors import Visitor

__all__ = ["nothing_waits", "person", "steward", "still"]
REQUEST = re.compile(r"/members/lost/([\w-]+)/confirm")
CONFIRM = "mutation ($input: ConfirmFactorResetInput!) { confirmFactorReset(input: $input) { problems { code } } }"
WAITING = "{ factorResets { nodes { id mayConfirm } } }"
INVITED_BY = "UPDATE member SET invited_by = $2 WHERE account_id = $1"
HAS_ROLE = "UPDATE member SET role = $2 WHERE account_id = $1"
NEW_CODES = "UPDATE second_factor SET confirmed_at = now() WHERE account_id = $1"


@pytest.fixture(autouse=True)
async def nobody_has_asked(owner: asyncpg.Connection) -> None:
    await by(owner, "DELETE FROM factor_reset")


@pytest.fixture
async def lost(visit: Visit, owner: asyncpg.Connection, person: Someone, still: int) -> str:
    """The membership of somebody who has lost their codes."""
    await switched_on(await entered(visit, person), still)
    return await member_of(owner, person)


async def entered(visit: Visit, who: Someone) -> Visitor:
    """Sign in, in a browser of their own."""
    visitor = await visit()
    await visitor.open("/sign-in")
    await visitor.send("/sign-in", **who.typed())
    visitor.client.headers["X-WIN-CSRF"] = "1"
    return visitor


async def ask(visitor: Visitor, member: str) -> str:
    """Say that the member's codes are lost, and return the request."""
    await visitor.open(f"/members/{member}/help")
    await visitor.send(f"/members/{member}/help/factor")
    ((request, may_confirm),) = await waiting(visitor)
    assert not may_confirm
    return request


async def waiting(visitor: Visitor) -> list[tuple[str, bool]]:
    """Return what waits to be confirmed, and whether the visitor may."""
    nodes = (await asked(visitor.client, WAITING))["data"]["factorResets"]["nodes"]
    return [(one["id"], one["mayConfirm"]) for one in nodes]


async def confirmed(visitor: Visitor, request: str) -> list[str]:
    """Confirm it by the API, and return what that is answered."""
    body = await asked(visitor.client, CONFIRM, requestId=request)
    told = body.get("errors") or body["data"]["confirmFactorReset"]["problems"]
    return [one.get("code") or one["extensions"]["code"] for one in told]


async def member_of(owner: asyncpg.Connection, who: Someone) -> str:
    """Return the global id of somebody's membership."""
    async with owner.transaction():
        await work_in(owner)
        return f"member_{await owner.fetchval('SELECT id FROM member WHERE account_id = $1', who.account_id)}"


async def test_two_persons_end_a_lost_second_factor(
    visit: Visit, owner: asyncpg.Connection, steward: asyncpg.Connection, person: Someone, still: int
) -> None:
    own = await entered(visit, person)
    await switched_on(own, still)
    first, second, elsewhere = [await someone(owner, body, role="coordinator") for body in (CARITAS, CARITAS, PONTE)]
    asker, confirmer, stranger = [await entered(visit, who) for who in (first, second, elsewhere)]
    member = await member_of(owner, person)
    await asker.open(f"/members/{member}/help")
    await asker.send(f"/members/{member}/help/password")
    assert "Il link è in partenza" in asker.page.text
    await asker.open(f"/members/{member}/help")
    await asker.send(f"/members/{member}/help/factor")
    assert "un'altra persona che coordina deve confermarla" in asker.page.text
    assert [
        subject for to, _, text in await post(steward) for subject in re.findall(r"^Subject: (.*)$", text, re.MULTILINE)
    ]
    (request,) = REQUEST.findall((await confirmer.open("/members")).source)
    assert request not in (await asker.open("/members")).source

    for visitor, answer in ((asker, "WRONG_STATE"), (own, "NOT_FOUND"), (stranger, "NOT_FOUND")):
        assert await confirmed(visitor, request) == [answer]
    await confirmer.send(f"/members/lost/{request}/confirm")
    assert "La verifica in due passaggi è disattivata" in confirmer.page.text
    assert not await is_alive(own.client.cookies["__Host-win-session"])
    ((to, _, text),) = await post(steward)
    assert (to, "due persone" in text) == (person.email, True)
    assert (await entered(visit, person)).address == "/today"
    await by_sql(owner, first, person)


async def by_sql(owner: asyncpg.Connection, asker: Someone, person: Someone) -> None:
    """Plain SQL does not do it either for one person in both places, nor for the person themselves."""
    statement = "UPDATE factor_reset SET confirmed_by = $1 WHERE account_id = $2"
    for confirmed_by in (asker.account_id, person.account_id):
        with pytest.raises(asyncpg.CheckViolationError):
            await by(owner, statement, confirmed_by, person.account_id)


async def test_one_person_with_several_addresses_is_no_second_person(
    visit: Visit, owner: asyncpg.Connection, lost: str
) -> None:
    """Whoever one of them let in, or who was let in by the same, may be the same; who came by another way is not."""
    first, second, third, apart = [await someone(owner, CARITAS, role="coordinator") for _ in range(4)]
    for invited, inviter in ((second, first), (third, second)):
        await by(owner, INVITED_BY, invited.account_id, inviter.account_id)
    several = [await entered(visit, who) for who in (first, second, third)]
    other = await entered(visit, apart)
    for asker in several:
        request = await ask(asker, lost)
        for visitor in several:
            assert await waiting(visitor) == [(request, False)]
            assert await confirmed(visitor, request) == ["WRONG_STATE"]
        assert await waiting(other) == [(request, True)]
        for _ in range(2):  # asked twice it is told why not, at an address of its own: reloading sends nothing
            await asker.open(f"/members/{lost}/help")
            await asker.send(f"/members/{lost}/help/factor")
            assert (asker.address, asker.status) == (f"/members/{lost}/help", 422)
        await by(owner, "DELETE FROM factor_reset")
    assert await confirmed(other, await ask(several[2], lost)) == []


async def test_whoever_was_given_the_role_since_is_no_second_person(
    visit: Visit, owner: asyncpg.Connection, lost: str
) -> None:
    """Whoever asks could make a coordinator of an address of their own, that somebody else had let in."""
    asker = await entered(visit, await someone(owner, CARITAS, role="coordinator"))
    late = await someone(owner, CARITAS)
    request = await ask(asker, lost)
    await asker.open(f"/members/{await member_of(owner, late)}/role")
    await asker.send(r"/members/.*/role", role="COORDINATOR")
    promoted = await entered(visit, late)
    assert await waiting(promoted) == [(request, False)]
    assert await confirmed(promoted, request) == ["WRONG_STATE"]
    await by(owner, "DELETE FROM factor_reset")
    assert await confirmed(promoted, await ask(asker, lost)) == []


async def test_what_was_asked_is_void_once_it_is_about_something_else(
    visit: Visit, owner: asyncpg.Connection, lost: str, person: Someone
) -> None:
    who = await someone(owner, CARITAS, role="coordinator")
    asker = await entered(visit, who)
    other = await entered(visit, await someone(owner, CARITAS, role="coordinator"))
    # The member has found the codes, and begins anew with others: what was asked was about those that were lost.
    request = await ask(asker, lost)
    await by(owner, NEW_CODES, person.account_id)
    assert await waiting(other) == []
    assert await confirmed(other, request) == ["NOT_FOUND"]
    # Whoever asked could not ask any more.
    request = await ask(asker, lost)
    await by(owner, HAS_ROLE, who.account_id, "case_manager")
    assert await confirmed(other, request) == ["NOT_FOUND"]
    await by(owner, HAS_ROLE, who.account_id, "coordinator")
    assert await confirmed(other, request) == []
