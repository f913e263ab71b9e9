"""Whatever is killed or stopped, every event has its effect, once; and one that cannot ends visibly."""

import asyncio
import json
import os
import random
import signal
import subprocess
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from infra.clock import new_id
from infra.database import (
    SERVING_ROLE,
    STEWARD,
    Connection,
    Context,
    as_role,
    close_pool,
    connection_facts,
    open_pool,
    transaction,
)
from jobs import outbox
from jobs.job import Happened, Job
from jobs.outbox import CLAIM, JOBS, Pace, relay
from jobs.worker import SECONDS_TO_FINISH, SWEEP
from tests.jobs.process import GATE
from tests.jobs.service import Service
from tests.processes import told
from tests.tenants.office import Office

PUT = """
INSERT INTO event (territory_id, id, kind, organisation_id, account_id, holder_id, case_id, data, at, due_at, state)
VALUES ($1, $2, $3, $4, $5, $4, $6, $7, now(), now(), 'pending')
"""
SETTLED = "SELECT NOT EXISTS (SELECT FROM event WHERE state = 'pending' AND due_at < now() + interval '1 day')"
EFFECTS = """
SELECT e.state, (SELECT count(*) FROM notification n WHERE n.event_id = e.id),
       (SELECT count(*) FROM processed p WHERE p.event_id = e.id)
  FROM event e WHERE e.id = ANY ($1)
"""


async def put(watching: Connection, office: Office, case: UUID, kind: str, **data: bool) -> UUID:
    event = new_id()
    who = (office.anna.organisation_id, office.anna.account_id)
    await watching.execute(PUT, office.territory_id, event, kind, *who, case, json.dumps(data))
    return event


async def effects(watching: Connection, events: list[UUID]) -> list[tuple[object, ...]]:
    return [tuple(row) for row in await watching.fetch(EFFECTS, events)]


async def test_kill_9_of_worker_and_redis(office: Office, service: Service, watching: Connection) -> None:
    case, cases, events = await office.a_case(), list[UUID](), list[UUID]()
    chance = random.Random(7)  # noqa: S311 (when to kill)
    for kill in (service.kill_worker, service.kill_redis) * 4:
        for _ in range(12):
            events.append(await put(watching, office, case, "echo"))
            cases.append(await office.a_case())
            await office.propose(cases[-1])
            await service.look_after()
        # From within its start to the middle of its work: wherever it is then.
        await asyncio.sleep(chance.uniform(0.2, 1.8))
        await kill()
    await service.until(watching, SETTLED)
    proposed = "SELECT id FROM event WHERE kind = 'joint_intervention_proposed' AND case_id = ANY ($1)"
    proposals = [row[0] for row in await watching.fetch(proposed, cases)]
    assert len(proposals) == len(events) == 96
    assert {*await effects(watching, events), *await effects(watching, proposals)} == {("done", 1, 1)}


async def test_without_redis_nothing_is_refused_and_nothing_lost(
    office: Office, service: Service, watching: Connection
) -> None:
    cases = [await office.a_case() for _ in range(10)]
    await service.kill_worker()
    await service.kill_redis()
    for case in cases:
        await office.propose(case)
    proposed = "SELECT id FROM event WHERE case_id = ANY ($1) AND kind = 'joint_intervention_proposed'"
    events = [row[0] for row in await watching.fetch(proposed, cases)]
    assert await effects(watching, events) == [("pending", 0, 0)] * 10
    await service.until(watching, SETTLED)
    assert await effects(watching, events) == [("done", 1, 1)] * 10


def command(service: Service, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "WIN_DATABASE_URL": service.database_url}
    return told(["jobs", *arguments], environment, service.data.parent)


async def test_poison_ends_visibly_and_blocks_nobody(office: Office, service: Service, watching: Connection) -> None:
    case = await office.a_case()
    poisons = [await put(watching, office, case, "poison", poison=True) for _ in range(6)]
    unknown = await put(watching, office, case, "no_such_kind")
    others = [await put(watching, office, case, "echo") for _ in range(20)]
    await service.until(watching, SETTLED)
    assert {*await effects(watching, others)} == {("done", 1, 1)}
    assert {*await effects(watching, [*poisons, unknown])} == {("failed", 0, 0)}
    listed = await asyncio.to_thread(command, service, "failed")
    lines = [line for line in listed.stdout.splitlines() if any(str(one) in line for one in [*poisons, unknown])]
    assert len(lines) == 7
    assert sum("ValueError (6 attempts)" in line for line in lines) == 6
    assert sum("NoSuchJob" in line for line in lines) == 1
    assert "Amina" not in listed.stdout + service.log.read_text()
    await watching.execute("UPDATE event SET data = '{}' WHERE id = $1", poisons[0])
    assert (await asyncio.to_thread(command, service, "retry", str(poisons[0]))).returncode == 0
    await service.until(watching, SETTLED)
    assert await effects(watching, poisons[:1]) == [("done", 1, 1)]
    again = await asyncio.to_thread(command, service, "retry", str(poisons[0]))
    assert again.returncode != 0


BACK = "UPDATE event SET claimed_at = claimed_at - $2::interval WHERE id = $1"
A_SECOND = timedelta(seconds=1)


async def test_to_be_interrupted_is_not_to_fail(office: Office, service: Service, watching: Connection) -> None:
    """The real claim, of which only the clock is moved: what a killed worker held is taken up within a minute."""
    pace, sweep = Pace(), timedelta(seconds=max(SWEEP) - sorted(SWEEP)[-2])
    assert pace.claim + sweep <= timedelta(seconds=60)
    assert max(job.seconds for job in JOBS.values()) < min(pace.claim.total_seconds(), SECONDS_TO_FINISH)
    await service.until(watching, SETTLED)
    await service.kill_worker()
    event = await put(watching, office, await office.a_case(), "echo")
    for interrupted in range(pace.attempts + 1):
        claimed = await watching.fetchrow(CLAIM, pace.claim)
        assert (claimed["id"], claimed["interrupted"]) == (event, interrupted > 0)
        await watching.execute(BACK, event, pace.claim - 10 * A_SECOND)
        assert await watching.fetchrow(CLAIM, pace.claim) is None
        await watching.execute(BACK, event, 10 * A_SECOND)
    await service.until(watching, SETTLED)
    assert await effects(watching, [event]) == [("done", 1, 1)]
    assert await watching.fetchval("SELECT attempts FROM event WHERE id = $1", event) == 0


WAITS = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = $1 AND NOT granted"


async def test_a_worker_that_is_stopped_finishes_what_it_has_begun_and_begins_no_more(
    office: Office, service: Service, watching: Connection
) -> None:
    case = await office.a_case()
    await service.until(watching, SETTLED)
    async with watching.transaction():
        await watching.execute("SELECT pg_advisory_xact_lock($1)", GATE)
        other = await asyncpg.connect(**connection_facts(service.database_url))
        first, second = [await put(other, office, case, "gate") for _ in range(2)]
        await service.look_after()
        async with asyncio.timeout(60):
            while not await other.fetchval(WAITS, GATE):  # noqa: ASYNC110 (a process, not a task)
                await asyncio.sleep(0.02)
        worker = service.worker
        assert worker is not None
        worker.send_signal(signal.SIGHUP)
        with pytest.raises(subprocess.TimeoutExpired):
            await asyncio.to_thread(worker.wait, 0.5)
    assert await asyncio.to_thread(worker.wait, 60) == 0
    await other.close()
    assert await effects(watching, [first]) == [("done", 1, 1)]
    left = await watching.fetchrow("SELECT state, attempts, claimed_at FROM event WHERE id = $1", second)
    assert tuple(left) == ("pending", 0, None)
    await service.until(watching, SETTLED)
    assert await effects(watching, [second]) == [("done", 1, 1)]


async def test_nothing_due_is_one_look_and_what_is_broken_off_is_let_go(
    office: Office,
    service: Service,
    watching: Connection,
    database_url: str,
    secret: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case, began, looks = await office.a_case(), asyncio.Event(), list[object]()

    async def for_ever(_connection: Connection, _event: Happened) -> None:
        began.set()
        await asyncio.Event().wait()

    def counted(context: Context | None = None) -> object:
        looks.append(context)
        return transaction(context)

    await service.until(watching, SETTLED)
    await service.kill_worker()
    await close_pool()
    await open_pool(as_role(database_url, STEWARD, secret))
    try:
        context = {"jobs": {"stuck": Job("stuck", 20.0, for_ever)}, "pace": Pace(), "is_stopping": lambda: False}
        monkeypatch.setattr(outbox, "transaction", counted)
        await relay(context)
        assert looks == [None]
        event = await put(watching, office, case, "stuck")
        task = asyncio.create_task(relay(context))
        await began.wait()
        task.cancel()
        await asyncio.wait([task])
        left = await watching.fetchrow("SELECT state, attempts, claimed_at FROM event WHERE id = $1", event)
        assert tuple(left) == ("pending", 0, None)
        await watching.execute("DELETE FROM event WHERE id = $1", event)
    finally:
        await close_pool()
        await open_pool(as_role(database_url, SERVING_ROLE, secret), max_size=10)
