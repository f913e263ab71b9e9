"""Whoever was removed, given another role or signed out while their change waited for others does nothing more."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextvars import Context
from dataclasses import dataclass
from typing import Any

import asyncpg
import httpx
import pytest

from infra.database import as_role, connection_facts
from tenants.members.secrets import hash_of
from tests.api.people import CARITAS, COOKIE, Browser, Someone, asked, signed_in, someone

OPEN = "mutation ($input: OpenCaseInput!) { openCase(input: $input) { case { id } problems { code } } }"
INVITE = "mutation ($input: InviteMemberInput!) { inviteMember(input: $input) { problems { code } } }"
OTHERS = "mutation { endOtherSessions { problems { code } } }"
WAITS = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE $1 = ANY (pg_blocking_pids(pid)))"


@dataclass
class Place:
    """Somebody signed in, and who else has a hand in the database."""

    owner: asyncpg.Connection
    other: asyncpg.Connection
    territory: Any
    person: Someone
    client: httpx.AsyncClient

    async def enter(self, connection: asyncpg.Connection) -> None:
        await connection.execute("SELECT set_config('win.territory_id', $1, true)", str(self.territory))

    async def change(self, statement: str, *values: object) -> None:
        """Change something as the owner, and commit it."""
        async with self.owner.transaction():
            await self.enter(self.owner)
            await self.owner.execute(statement, *values)

    async def while_it_waits(
        self, work: Coroutine[Any, Any, Any], lock: str, change: Callable[[], Awaitable[Any]]
    ) -> Any:
        """Hold a lock until the work waits for it, make the change, and let the work go on."""
        holding = self.other.transaction()
        await holding.start()
        await self.enter(self.other)
        await self.other.execute(lock)
        begun = asyncio.create_task(work, context=Context())
        while not await self.owner.fetchval(WAITS, self.other.get_server_pid()):
            assert not begun.done(), begun.result()
        await change()
        await holding.rollback()
        return await begun

    async def rows(self, statement: str) -> int:
        async with self.owner.transaction():
            await self.enter(self.owner)
            return int(await self.owner.fetchval(statement, self.person.account_id))


@pytest.fixture
async def place(browser: Browser, owner: asyncpg.Connection, database_url: str, secret: str) -> Any:
    person = await someone(owner, CARITAS, role="coordinator")
    client, _ = await signed_in(browser, person)
    other = await asyncpg.connect(**connection_facts(as_role(database_url, "win_owner", secret)))
    territory = await owner.fetchval("SELECT id FROM territory WHERE slug = 'empolese-valdelsa'")
    yield Place(owner, other, territory, person, client)
    await other.close()


REMOVED = "UPDATE member SET valid_until = current_date - 1 WHERE account_id = $1"
LOWERED = "UPDATE member SET role = 'auditor' WHERE account_id = $1"
ENDED = "UPDATE session SET revoked_at = now() WHERE account_id = $1"
CASES = "LOCK TABLE case_file IN EXCLUSIVE MODE"
OPENED = "SELECT count(*) FROM case_file WHERE opened_by = $1"


@pytest.mark.parametrize(
    ("changed", "told"), [(REMOVED, "UNAUTHENTICATED"), (ENDED, "UNAUTHENTICATED"), (LOWERED, "FORBIDDEN")]
)
async def test_a_change_that_waited_is_not_kept(place: Place, changed: str, told: str) -> None:
    """The lock is one that no verb knows of: what is looked at again is looked at for all of them."""
    given = {"person": {"givenName": "Aspetta"}}
    body = await place.while_it_waits(
        asked(place.client, OPEN, **given), CASES, lambda: place.change(changed, place.person.account_id)
    )
    assert [error["extensions"]["code"] for error in body["errors"]] == [told]
    assert await place.rows(OPENED) == 0


async def test_whoever_is_still_the_same_goes_on(place: Place) -> None:
    async def nothing() -> None:
        return None

    body = await place.while_it_waits(asked(place.client, OPEN, person={"givenName": "Aspetta"}), CASES, nothing)
    assert body["data"]["openCase"]["problems"] == []
    assert await place.rows(OPENED) == 1


async def test_a_member_who_invites_while_they_are_removed_invites_nobody(place: Place) -> None:
    """The removal itself is what is waited for: the two take one lock after the other, in one order."""
    given = {"email": "nessuno@prova.example", "displayName": "Nessuno", "role": "VOLUNTEER"}
    lock = f"UPDATE member SET valid_until = current_date - 1 WHERE account_id = '{place.person.account_id}'"
    holding = place.other.transaction()
    await holding.start()
    await place.enter(place.other)
    await place.other.execute(lock)
    begun = asyncio.create_task(asked(place.client, INVITE, **given))
    while not await place.owner.fetchval(WAITS, place.other.get_server_pid()):
        assert not begun.done(), begun.result()
    await holding.commit()
    body = await begun
    assert [error["extensions"]["code"] for error in body["errors"]] == ["UNAUTHENTICATED"]
    assert await place.rows("SELECT count(*) FROM invitation WHERE invited_by = $1") == 0


async def test_what_somebody_gives_up_themselves_is_no_hindrance(
    browser: Browser, place: Place, owner: asyncpg.Connection
) -> None:
    """Ending one's own session, one's own role and one's own membership, each with something before it."""
    other = await someone(owner, CARITAS, role="coordinator")
    own = "{ viewer { sessions { id isCurrent } } members(first: 100) { nodes { id isViewer } } }"
    seen = (await asked(place.client, own))["data"]
    (session,) = [one["id"] for one in seen["viewer"]["sessions"] if one["isCurrent"]]
    (member,) = [one["id"] for one in seen["members"]["nodes"] if one["isViewer"]]
    for field, given in (
        ("changeMemberRole", f'(input: {{memberId: "{member}", role: CASE_MANAGER}})'),
        ("endSession", f'(input: {{sessionId: "{session}"}})'),
    ):
        body = await asked(
            place.client,
            f"mutation {{ endOtherSessions {{ problems {{ code }} }} {field}{given} {{ problems {{ code }} }} }}",
        )
        assert "errors" not in body, body
        assert body["data"][field]["problems"] == []
    client, _ = await signed_in(browser, other)
    seen = (await asked(client, own))["data"]
    (member,) = [one["id"] for one in seen["members"]["nodes"] if one["isViewer"]]
    body = await asked(
        client, f'mutation {{ removeMember(input: {{memberId: "{member}"}}) {{ problems {{ code }} }} }}'
    )
    assert "errors" not in body, body
    assert (await asked(client, "{ viewer { id } }"))["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_the_last_use_is_noted_once_a_minute_and_holds_nothing(place: Place, owner: asyncpg.Connection) -> None:
    token = hash_of(place.client.cookies[COOKIE])
    aged = "UPDATE session SET last_seen_at = now() - $2::interval WHERE token_hash = $1 RETURNING last_seen_at"
    seen = "SELECT last_seen_at FROM session WHERE token_hash = $1"
    for minutes, noted in ((0, False), (2, True)):
        before = await owner.fetchval(aged.replace("$2::interval", f"interval '{minutes} minutes'"), token)
        await asked(place.client, OTHERS)
        assert (await owner.fetchval(seen, token) != before) is noted
