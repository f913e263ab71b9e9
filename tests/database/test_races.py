"""Two transactions at once, by plain SQL: whichever ends first, what is shared equals what is derived afresh."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from itertools import count, permutations

import asyncpg
import pytest
from _pytest.mark import ParameterSet

from authz.fields import ALL_FIELDS, FIELD
from authz.roles import Role
from infra.database import as_role, connection_facts, enter_context
from infra.row_security import ACCOUNT
from tests.conftest import fingerprint, named
from tests.database.world import World, add_case, build, share

ACCEPT = f"""
UPDATE joint_intervention_partner SET status = 'accepted', answered_at = now(), answered_by = {ACCOUNT}
 WHERE case_id = $1
"""
WITHDRAW = f"""
UPDATE authorisation SET withdrawn_at = now(), withdrawn_by = {ACCOUNT}, withdrawal_reason = 'x' WHERE case_id = $1
"""
CLOSE = f"""
UPDATE joint_intervention SET closed_at = now(), closed_by = {ACCOUNT}, closing_reason = 'other' WHERE case_id = $1
"""
GIVE = f"""
INSERT INTO authorisation (territory_id, case_id, holder_id, basis, purposes, organisation_ids, kinds, field_mask,
                           until, given_at, given_by)
SELECT c.territory_id, c.id, c.holder_id, 'consent', '{{traineeship}}', '{{}}', '{{caritas}}', {ALL_FIELDS},
       now() + interval '1 day', now(), {ACCOUNT}
  FROM case_file c WHERE c.id = $1
"""
NARROW = f"UPDATE pact_term SET read_mask = read_mask # {FIELD['contacts.phone'].mask}, write_mask = 0"
LEAVE = "UPDATE organisation SET valid_until = coalesce(valid_until, current_date) + 1"

STEPS = {
    "accept": ("partner", ACCEPT),
    "withdraw": ("holder", WITHDRAW),
    "close": ("holder", CLOSE),
    "give": ("holder", GIVE),
    "change the pact": (None, NARROW),
    "leave the territory": (None, LEAVE),
}
BESIDE_ACCEPT = [step for step in STEPS if step != "accept"]
PAIRS = [pair for step in BESIDE_ACCEPT for pair in permutations(("accept", step))]
PAIRS += permutations(("change the pact", "withdraw"))


def named_pair(first: str, second: str) -> ParameterSet:
    return pytest.param(first, second, id=f"{first}, then {second}")


STALE = """
WITH kept AS (
    SELECT organisation_id, case_id, source_id, clause, authorisation_id, purpose::text, pact_mask, authorised_mask,
           read_mask, write_mask, until, opened_on, holder_id
      FROM case_access WHERE case_id = $2
), derived AS (
    SELECT * FROM grounds_of_cases($1, ARRAY[$2])
)
SELECT * FROM ((TABLE kept EXCEPT TABLE derived) UNION ALL (TABLE derived EXCEPT TABLE kept)) differing
"""
numbers = count()


@dataclass(frozen=True)
class Ground:
    """Where the races are run: a database in which they may leave what they like."""

    url: str
    secret: str
    world: World

    async def connect(self, role: str) -> asyncpg.Connection:
        return await asyncpg.connect(**connection_facts(as_role(self.url, role, self.secret)))


@pytest.fixture(scope="module")
async def ground(database_url: str, server_url: str, worker: str, secret: str) -> AsyncIterator[Ground]:
    """To ask for the other database first makes sure that the template is there."""
    name = f"win_races_{worker}_{os.getpid()}"
    admin = await asyncpg.connect(**connection_facts(server_url))
    await admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "win_template_{fingerprint()}"')
    url = named(server_url, name)
    owner = await asyncpg.connect(**connection_facts(as_role(url, "win_owner", secret)))
    yield Ground(url, secret, await build(owner))
    await owner.close()
    await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    await admin.close()


async def invited_case(world: World, *, withdrawn: bool) -> str:
    """Make a case whose partner has been invited and has not answered; whether there is a consent is the test's."""
    name = f"raced {next(numbers)}"
    async with world.owner.transaction():
        await world.owner.execute("SELECT set_config('win.territory_id', $1, true)", str(world["here"]))
        await add_case(world, "here", "holder", name)
        await share(world, name, "traineeship", withdrawn=withdrawn, partner="invited")
    return name


async def begin(ground: Ground, stack: AsyncExitStack, who: str | None) -> asyncpg.Connection:
    """Begin a transaction on a connection of its own, as a member of an organisation or as the owner."""
    connection = await ground.connect("win_app" if who else "win_owner")
    stack.push_async_callback(connection.close)
    await connection.execute("BEGIN")
    if who:
        await enter_context(connection, ground.world.context(who, Role.CASE_MANAGER))
    else:
        await connection.execute("SELECT set_config('win.territory_id', $1, true)", str(ground.world["here"]))
    return connection


async def do(ground: Ground, connection: asyncpg.Connection, step: str, name: str) -> None:
    """Take one step, on this case or on everybody's; what was closed meanwhile may not be accepted any more."""
    statement = STEPS[step][1]
    try:
        done: str = await connection.execute(statement, *([ground.world[name]] if "$1" in statement else []))
    except asyncpg.InsufficientPrivilegeError as refused:
        if step != "accept" or "the work to be open" not in str(refused):
            raise
    else:
        assert not done.endswith(" 0"), step


async def done_or_waiting(
    watcher: asyncpg.Connection, connection: asyncpg.Connection, task: asyncio.Task[None]
) -> None:
    """Return when the step is done or waits for a lock of the other transaction."""
    waits, process = "SELECT cardinality(pg_blocking_pids($1)) > 0", connection.get_server_pid()
    while True:
        if task.done() or await watcher.fetchval(waits, process):
            return
        await asyncio.sleep(0.005)


async def race(ground: Ground, first: str, second: str, name: str, *, last_ends_first: bool) -> None:
    """Run both steps at once: the second begins while the first is not committed yet."""
    async with AsyncExitStack() as stack:
        watcher = await ground.connect("win_owner")
        stack.push_async_callback(watcher.close)
        one = await begin(ground, stack, STEPS[first][0])
        other = await begin(ground, stack, STEPS[second][0])
        await do(ground, one, first, name)
        task = asyncio.create_task(do(ground, other, second, name))
        await done_or_waiting(watcher, other, task)
        if last_ends_first and task.done():
            await other.execute("COMMIT")
        await one.execute("COMMIT")
        await task
        await other.execute("COMMIT")


@pytest.mark.parametrize("last_ends_first", [False, True], ids=["in order", "crossed"])
@pytest.mark.parametrize(("first", "second"), [named_pair(*pair) for pair in PAIRS])
async def test_what_is_shared_is_what_is_derived(
    ground: Ground, first: str, second: str, *, last_ends_first: bool
) -> None:
    world = ground.world
    name = await invited_case(world, withdrawn="give" in (first, second))
    if "accept" not in (first, second):
        await race_alone(ground, name)
    await race(ground, first, second, name, last_ends_first=last_ends_first)
    async with world.owner.transaction():
        await world.owner.execute("SELECT set_config('win.territory_id', $1, true)", str(world["here"]))
        assert await world.owner.fetch(STALE, world["here"], world[name]) == []


async def test_a_write_and_a_change_of_the_pact_do_not_wait_in_a_circle(ground: Ground) -> None:
    name = await invited_case(ground.world, withdrawn=False)
    await race_alone(ground, name)
    async with AsyncExitStack() as stack:
        watcher = await ground.connect("win_owner")
        stack.push_async_callback(watcher.close)
        one, other = await begin(ground, stack, "holder"), await begin(ground, stack, None)
        assert await one.fetchval(
            "SELECT passed FROM touch_case($1, 'work', 4, ARRAY[1::bigint << 25])", ground.world[name]
        )
        task = asyncio.create_task(do(ground, other, "change the pact", name))
        await done_or_waiting(watcher, other, task)
        await do(ground, one, "withdraw", name)
        await one.execute("COMMIT")
        await task
        await other.execute("COMMIT")


async def race_alone(ground: Ground, name: str) -> None:
    """Let the partner accept before anything else happens."""
    async with AsyncExitStack() as stack:
        connection = await begin(ground, stack, "partner")
        await do(ground, connection, "accept", name)
        await connection.execute("COMMIT")
