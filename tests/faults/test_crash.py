"""PostgreSQL and the web process are killed in the middle of writes: what was acknowledged is there, once and whole."""

import asyncio
import random
import socket
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import asyncpg
import httpx
import pytest

from tenants.members.service import issue_token
from tests.conftest import CAST
from tests.faults.clients import FAMILY, Case, Client, History
from tests.faults.service import Service, running

CLIENTS = 4
ROUNDS = 3
BETWEEN_KILLS = (5, 25)
"""How many answers arrive between one kill and the next."""

HALF_WRITTEN = {
    "a case without its person": "SELECT FROM case_file c LEFT JOIN person p "
    "ON p.territory_id = c.territory_id AND p.id = c.person_id WHERE p.id IS NULL",
    "a person without a case": "SELECT FROM person p LEFT JOIN case_file c "
    "ON c.territory_id = p.territory_id AND c.person_id = p.id WHERE c.id IS NULL",
    "an open case without an identity": "SELECT FROM case_file c LEFT JOIN case_identity i "
    "ON i.territory_id = c.territory_id AND i.case_id = c.id WHERE i.case_id IS NULL",
    "joint work with nobody": "SELECT FROM joint_intervention j LEFT JOIN joint_intervention_partner p "
    "ON p.territory_id = j.territory_id AND p.joint_intervention_id = j.id WHERE p.case_id IS NULL",
    "an answer without a moment": "SELECT FROM joint_intervention_partner "
    "WHERE (status = 'invited') <> (answered_at IS NULL)",
    "a withdrawal by nobody": "SELECT FROM authorisation WHERE (withdrawn_at IS NULL) <> (withdrawn_by IS NULL)",
    "a number given twice": "SELECT FROM case_file GROUP BY holder_id, number HAVING count(*) > 1",
}
ACCESS = "SELECT * FROM case_access ORDER BY organisation_id, case_id, source_id, clause, authorisation_id"
DERIVE = "SELECT derive_case_access(territory_id, array_agg(id)) FROM case_file GROUP BY territory_id"
STORED = """
SELECT c.id, (SELECT coalesce(max(v.version), 1) FROM case_change v WHERE v.case_id = c.id) AS version, w.profile
  FROM case_file c
  JOIN case_identity i ON i.territory_id = c.territory_id AND i.case_id = c.id
  LEFT JOIN case_work w ON w.territory_id = c.territory_id AND w.case_id = c.id
 WHERE i.family_name = $1
"""
SHARED_NOW = """
SELECT a.case_id FROM case_access a JOIN case_identity i ON i.territory_id = a.territory_id AND i.case_id = a.case_id
 WHERE i.family_name = $1 AND a.clause <> 0
"""


@dataclass(frozen=True)
class Aftermath:
    """What the clients were told, and a database in which to look it up."""

    history: History
    shared: Case
    owner: asyncpg.Connection
    keys_before: int


@pytest.fixture(scope="module")
def data(fresh: Callable[[Path], None]) -> Iterator[Path]:
    """A folder that the database's user can get into, with a database that nobody has been in."""
    with tempfile.TemporaryDirectory(prefix="win-test-") as folder:
        Path(folder).chmod(0o755)
        fresh(Path(folder) / "data")
        yield Path(folder) / "data"


@pytest.fixture(scope="module")
async def aftermath(data: Path) -> AsyncIterator[Aftermath]:
    """Clients work, everything is killed several times, and each client has come to an end."""
    history, chance = History(), random.Random()  # noqa: S311 (when to kill is no secret)
    async with running(data, free_port()) as service:
        before = await counted_keys(service)
        shared = await work_and_kill(service, history, chance)
        owner = await service.owner()
        transaction = owner.transaction()
        await transaction.start()
        await enter(owner)
        yield Aftermath(history, shared, owner, before)
        await transaction.rollback()
        await owner.close()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def test_answers_were_lost_and_repeated(aftermath: Aftermath) -> None:
    """Or else nothing was put to the test."""
    assert aftermath.history.repeated > 0
    assert len(aftermath.history.cases) >= CLIENTS


def test_a_database_that_is_away_is_told_as_unavailable(aftermath: Aftermath) -> None:
    assert aftermath.history.strange == []


async def test_every_request_was_done_once(aftermath: Aftermath) -> None:
    keys = await aftermath.owner.fetchval("SELECT count(*) FROM idempotency")
    assert keys - aftermath.keys_before == aftermath.history.keys


async def test_every_case_is_as_it_was_acknowledged_and_there_is_no_other(aftermath: Aftermath) -> None:
    history, shared = aftermath.history, aftermath.shared
    stored = {row["id"]: (row["version"], row["profile"]) for row in await aftermath.owner.fetch(STORED, FAMILY)}
    told = {row_id(case.id): (case.version, case.profile) for case in history.cases}
    last = 1 + len(history.written)
    assert sorted(history.written) == list(range(2, last + 1))
    assert stored == told | {row_id(shared.id): (last, history.written[last])}


@pytest.mark.parametrize("name", HALF_WRITTEN)
async def test_nothing_is_half_written(aftermath: Aftermath, name: str) -> None:
    assert len(await aftermath.owner.fetch(HALF_WRITTEN[name])) == 0


async def test_shared_is_what_was_accepted_and_not_ended(aftermath: Aftermath) -> None:
    found = {row["case_id"] for row in await aftermath.owner.fetch(SHARED_NOW, FAMILY)}
    lasting = [case for case in aftermath.history.cases if case.work and not (case.closed or case.withdrawn)]
    assert found == {row_id(case.id) for case in lasting} != set()


async def test_to_derive_all_of_it_again_changes_nothing(aftermath: Aftermath) -> None:
    owner = aftermath.owner
    before = await owner.fetch(ACCESS)
    await owner.execute(DERIVE)
    assert await owner.fetch(ACCESS) == before
    await owner.execute("DELETE FROM case_access")
    await owner.execute(DERIVE)
    assert await owner.fetch(ACCESS) == before


async def work_and_kill(service: Service, history: History, chance: random.Random) -> Case:
    """Let the clients work while one process after the other is killed, and until each has come to an end."""
    owner = await service.owner()
    tokens = {name: (await issue_token(owner, *CAST[name])).secret for name in ("anna", "giulia")}
    await owner.close()
    stop = asyncio.Event()
    async with httpx.AsyncClient(base_url=service.url, timeout=30) as http:
        clients = [Client(http, tokens, history) for _ in range(CLIENTS)]
        shared = await clients[0].open_case()
        working = [asyncio.create_task(client.keep_working(stop, shared)) for client in clients]
        for kill in [service.kill_database, service.kill_web] * ROUNDS:
            await answers(history, working, chance.randint(*BETWEEN_KILLS))
            await kill()
        await answers(history, working, 1)
        stop.set()
        await asyncio.gather(*working)
    history.cases.remove(shared)
    return shared


async def answers(history: History, working: list[asyncio.Task[None]], number: int) -> None:
    """Wait until so many more requests have been answered."""
    until = history.keys + number
    while history.keys < until and not any(task.done() for task in working):  # noqa: ASYNC110 (a count, no event)
        await asyncio.sleep(0.001)


async def enter(owner: asyncpg.Connection) -> None:
    await owner.execute(
        "SELECT set_config('win.territory_id', id::text, true) FROM territory WHERE slug = 'empolese-valdelsa'"
    )


async def counted_keys(service: Service) -> int:
    owner = await service.owner()
    async with owner.transaction():
        await enter(owner)
        count: int = await owner.fetchval("SELECT count(*) FROM idempotency")
    await owner.close()
    return count


def row_id(name: str) -> UUID:
    """Return the id of a row by its name in the API."""
    return UUID(name.partition("_")[2])
