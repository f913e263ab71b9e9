"""An invitation holds no longer than the right of whoever made it, and no change overtakes the end of that right."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextvars import Context
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from authz.actor import Actor
from authz.roles import Role
from infra.clock import today
from infra.database import Connection
from infra.errors import Invalid, NotFound
from tenants.invitations.accepting import find
from tenants.invitations.service import invite_member
from tenants.members.managing import change_member_role, remove_member
from tests.conftest import setting
from tests.tenants.office import HOLDER, Office, acting, do, open_office, see
from tests.tenants.staff import hire, invite, post, work_in

WAITS = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pg_blocking_pids(pid) @> ARRAY[$1::int])"
OPEN = "SELECT id FROM managed_invitations() WHERE is_pending"
MANAGERS = "SELECT id FROM managed_members() WHERE is_current AND role = 'coordinator'"


@pytest.fixture
async def office(database: str, owner: Connection, tmp_path: Path) -> AsyncIterator[Office]:
    async with setting("WIN_DATA", str(tmp_path)), open_office(owner) as office:
        yield office


@pytest.fixture
async def chief(owner: Connection, office: Office) -> Actor:
    return await hire(owner, office, HOLDER, Role.COORDINATOR)


async def by_operator(owner: Connection, office: Office, statement: str, *values: Any) -> None:
    async with owner.transaction():
        await work_in(owner, office)
        await owner.execute(statement, *values)


async def behind(owner: Connection, first: Connection, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
    """Begin it on a connection of its own, and come back when the first makes it wait, or when nothing has."""
    begun = asyncio.create_task(work, context=Context())
    while True:
        if begun.done() or await owner.fetchval(WAITS, first.get_server_pid()):
            return begun
        await asyncio.sleep(0.005)


@pytest.mark.parametrize("role", [Role.TERRITORY_COORDINATOR, Role.AUDITOR])
async def test_whoever_oversees_no_more_leaves_nobody_behind_who_does(
    owner: Connection, office: Office, role: Role
) -> None:
    first = await hire(owner, office, HOLDER, Role.TERRITORY_COORDINATOR, lead=True)
    other = await hire(owner, office, HOLDER, Role.TERRITORY_COORDINATOR, lead=True)
    kept, lost = await invite(other, role=Role.OPERATOR), await invite(other, role=role)
    link = await post(owner, office.territory_id, lost)
    await do(first, change_member_role, other.member_id, "coordinator")
    assert await see(first, OPEN) == [(kept,)]
    with pytest.raises(NotFound):
        await find(link)


ENDED = [
    ("UPDATE member SET valid_until = $2 WHERE id = $1", today() - timedelta(days=1)),
    ("UPDATE member SET role = $2 WHERE id = $1", "case_manager"),
]


@pytest.mark.parametrize(("statement", "value"), ENDED, ids=["by its date", "by the operator"])
async def test_however_the_right_ended_the_link_leads_nowhere(
    owner: Connection, office: Office, chief: Actor, statement: str, value: object
) -> None:
    other = await hire(owner, office, HOLDER, Role.COORDINATOR)
    link = await post(owner, office.territory_id, await invite(other))
    unsent = await invite(other)
    assert (await find(link)).role == "volunteer"
    await by_operator(owner, office, statement, other.member_id, value)
    with pytest.raises(NotFound):
        await find(link)
    assert await see(chief, OPEN) == []
    async with owner.transaction():
        await work_in(owner, office)
        assert await owner.fetch("SELECT FROM invitation_to_send($1)", unsent) == []


async def test_no_invitation_overtakes_the_end_of_whoever_makes_it(
    owner: Connection, office: Office, chief: Actor
) -> None:
    other = await hire(owner, office, HOLDER, Role.COORDINATOR)
    accomplice = (invite_member, f"{uuid4().hex}@prova.example", "Nuova", "coordinator")
    async with acting(chief) as connection:
        await remove_member(chief, other.member_id)
        late = await behind(owner, connection, do(other, *accomplice))
    (refused,) = await asyncio.gather(late, return_exceptions=True)
    assert type(refused).__name__ == "Refused"
    assert await see(chief, OPEN) == []


async def test_the_last_who_oversees_the_territory_stays(owner: Connection, office: Office, chief: Actor) -> None:
    """Nobody else could ever give that role again."""
    oversees = await hire(owner, office, HOLDER, Role.TERRITORY_COORDINATOR, lead=True)
    with pytest.raises(Invalid) as caught:
        await do(oversees, remove_member, oversees.member_id)
    assert [problem.message_id for problem in caught.value.problems] == ["problem.last_coordinator"]
    for statement in ("SELECT set_member_role($1, 'auditor')", "SELECT end_membership($1)"):
        with pytest.raises(asyncpg.CheckViolationError):
            await see(oversees, statement, oversees.member_id)
    await hire(owner, office, HOLDER, Role.TERRITORY_COORDINATOR, lead=True)
    await do(oversees, remove_member, oversees.member_id)


@pytest.mark.parametrize("statement", ["SELECT set_member_role($1, 'volunteer')", "SELECT end_membership($1)"])
async def test_not_even_by_hand_do_two_take_each_other_out(
    owner: Connection, office: Office, chief: Actor, statement: str
) -> None:
    other = await hire(owner, office, HOLDER, Role.COORDINATOR)
    async with acting(chief) as connection:
        assert await connection.fetchval(statement, other.member_id)
        late = await behind(owner, connection, see(other, statement, chief.member_id))
    (told,) = await asyncio.gather(late, return_exceptions=True)
    assert told == [(False,)] or isinstance(told, asyncpg.CheckViolationError)
    assert await see(chief, MANAGERS) == [(chief.member_id,)]
