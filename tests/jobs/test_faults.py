"""Whatever is killed or stopped, every event has its effect, once; and one that cannot ends visibly."""

import asyncio
import json
import os
import random
import subprocess
import sys
from uuid import UUID

from infra.clock import new_id
from infra.database import Connection
from tests.jobs.service import ROOT, Service
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
    case, events = await office.a_case(), list[UUID]()
    chance = random.Random(7)  # noqa: S311 (when to kill)
    for kill in (service.kill_worker, service.kill_redis) * 4:
        for _ in range(12):
            events.append(await put(watching, office, case, "echo"))
            await office.propose(case)
            await service.look_after()
        # From within its start to the middle of its work: wherever it is then.
        await asyncio.sleep(chance.uniform(0.2, 1.8))
        await kill()
    await service.until(watching, SETTLED)
    proposed = "SELECT id FROM event WHERE kind = 'joint_intervention_proposed' AND case_id = $1"
    proposals = [row[0] for row in await watching.fetch(proposed, case)]
    assert len(proposals) == len(events) == 96
    assert {*await effects(watching, events), *await effects(watching, proposals)} == {("done", 1, 1)}


async def test_without_redis_nothing_is_refused_and_nothing_lost(
    office: Office, service: Service, watching: Connection
) -> None:
    case = await office.a_case()
    await service.kill_worker()
    await service.kill_redis()
    for _ in range(10):
        await office.propose(case)
    proposed = "SELECT id FROM event WHERE case_id = $1 AND kind = 'joint_intervention_proposed'"
    events = [row[0] for row in await watching.fetch(proposed, case)]
    assert await effects(watching, events) == [("pending", 0, 0)] * 10
    await service.until(watching, SETTLED)
    assert await effects(watching, events) == [("done", 1, 1)] * 10


def command(service: Service, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from jobs.commands import jobs; jobs()", *arguments],
        env={**os.environ, "WIN_DATABASE_URL": service.database_url},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


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
    assert sum("ValueError (5 attempts)" in line for line in lines) == 6
    assert sum("NoSuchJob" in line for line in lines) == 1
    assert "Amina" not in listed.stdout + service.log.read_text()
    await watching.execute("UPDATE event SET data = '{}' WHERE id = $1", poisons[0])
    assert (await asyncio.to_thread(command, service, "retry", str(poisons[0]))).returncode == 0
    await service.until(watching, SETTLED)
    assert await effects(watching, poisons[:1]) == [("done", 1, 1)]
    again = await asyncio.to_thread(command, service, "retry", str(poisons[0]))
    assert again.returncode != 0
