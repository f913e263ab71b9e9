"""What a worker counts of the outbox, and how an operator hears of it."""

import asyncio
import json
import re

import asyncpg
import httpx

from infra.clock import new_id
from infra.database import Connection, as_role, connection_facts
from tests.jobs.service import Service
from tests.jobs.test_faults import PUT, SETTLED
from tests.tenants.office import Office

FAILED = "UPDATE event SET state = 'failed' WHERE id = ANY ($1)"
LETTERS = """
INSERT INTO letter (kind, email, language, at, due_at, state)
SELECT 'password_changed', 'x@prova.example', 'it', now(), now() + wait, state
  FROM (VALUES ('failed', interval '0'), ('pending', interval '1 hour'), ('done', interval '0')) given (state, wait)
"""
SERIES = re.compile(
    r'^(win_outbox_events\{state="(\w+)"\}|win_outbox_oldest_seconds|win_worker_seen) (\S+)$', re.MULTILINE
)


async def scrape(client: httpx.AsyncClient) -> dict[str, float]:
    found = SERIES.findall((await client.get("/metrics")).text)
    return {state or name: float(value) for name, state, value in found}


async def test_a_scrape_tells_what_waits_and_what_has_failed(
    office: Office, service: Service, watching: Connection, database_url: str, secret: str, client: httpx.AsyncClient
) -> None:
    case, events = await office.a_case(), [new_id() for _ in range(5)]
    who = (office.anna.organisation_id, office.anna.account_id)
    everybody = await asyncpg.connect(**connection_facts(database_url))
    for territory in await everybody.fetch("SELECT id FROM territory"):
        await everybody.execute("SELECT set_config('win.territory_id', $1, false)", str(territory[0]))
        await everybody.execute("SELECT note_suspended(NULL)")  # so that a worker that starts finds none
    await service.until(everybody, SETTLED)
    before = await everybody.fetchval("SELECT count(*) FROM event WHERE state = 'failed'")
    await everybody.execute("DELETE FROM letter")
    await everybody.execute(LETTERS)
    await service.kill_worker()
    holding = await asyncpg.connect(**connection_facts(as_role(database_url, "win_steward", secret)))
    try:
        await holding.execute("SELECT set_config('win.territory_id', $1, false)", str(office.territory_id))
        async with holding.transaction():
            for event in events:
                await holding.execute(PUT, office.territory_id, event, "echo", *who, case, json.dumps({}))
            await holding.execute(FAILED, events[:3])
        # What somebody holds, the worker leaves alone: it waits for as long as we like.
        async with holding.transaction():
            await holding.execute("SELECT FROM event WHERE id = ANY ($1) FOR UPDATE", events)
            async with asyncio.timeout(60):
                while (told := await scrape(client)).get("failed") != before + 4:
                    await service.look_after()
                    await asyncio.sleep(0.05)
        assert (told["win_worker_seen"], told["failed"], told["waiting"], told["trying"]) == (1, before + 4, 2, 1)
        assert told["win_outbox_oldest_seconds"] > 0
    finally:
        await everybody.execute("DELETE FROM letter")
        await everybody.close()
        await holding.close()
        await watching.execute("DELETE FROM event WHERE id = ANY ($1)", events[:3])
