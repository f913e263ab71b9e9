"""Redis refuses, or hangs, which is worse: no request fails, none waits for it, and what was to follow follows once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import httpx
import pytest

from infra import queue
from infra.database import Connection
from infra.errors import SetupError
from infra.settings import settings
from tests.api.test_main_job import MINE, Job, consent_and_propose, open_and_write
from tests.conftest import Ask
from tests.jobs.service import Service
from tests.jobs.test_faults import effects
from tests.jobs.test_notifications import told

AN_HOUR = 3600.0
ALIVE = 60.0
"""Nobody is timed by this: it ends a test in which somebody would wait for ever."""

OF_THE_DEMONSTRATION = """
SELECT set_config('win.territory_id', id::text, true) FROM territory WHERE slug = 'empolese-valdelsa'
"""
PROPOSED = "SELECT id FROM event WHERE kind = 'joint_intervention_proposed' AND joint_intervention_id = ANY ($1)"
DONE = "SELECT count(*) = $2 FROM event WHERE state = 'done' AND id = ANY ($1)"


@asynccontextmanager
async def away(service: Service, how: str) -> AsyncIterator[None]:
    """Redis is away for a while."""
    if how == "it refuses":
        await service.kill_redis()
        yield
        return
    service.freeze_redis()
    try:
        yield
    finally:
        service.thaw_redis()


async def proposals(ask: Ask, number: int) -> list[str]:
    """Do what rings, again and again, through the API."""
    jobs = [Job(ask) for _ in range(number)]
    for job in jobs:
        await open_and_write(job)
        await consent_and_propose(job)
    return [job.joint_intervention for job in jobs]


@pytest.mark.parametrize("how", ["it refuses", "it hangs"])
@pytest.mark.parametrize("has_worker", [True, False], ids=["with a worker", "without one"])
async def test_no_request_waits_for_redis(
    ask: Ask, service: Service, owner: Connection, monkeypatch: pytest.MonkeyPatch, how: str, has_worker: bool
) -> None:
    await service.look_after()
    if not has_worker:
        await service.kill_worker()
    # Whoever waited for the bell would wait for an hour.
    monkeypatch.setattr(queue, "WAIT_FOR_THE_BELL", AN_HOUR)
    async with asyncio.timeout(ALIVE), away(service, how):
        works = await proposals(ask, 3)
        assert "errors" not in await ask("giulia", MINE)
        # Requests have been answered, and the bell has not: nobody has waited for it.
        assert queue._ringing or how == "it refuses"
    async with owner.transaction():
        await owner.execute(OF_THE_DEMONSTRATION)
        rows = await owner.fetch(PROPOSED, [UUID(work.partition("_")[2]) for work in works])
        events = [row["id"] for row in rows]
        assert len(events) == 3
        await service.until(owner, DONE, events, 3)
        assert {processed for _, _, processed in await effects(owner, events)} == {1}
    assert [len(await told(ask, "giulia", work)) for work in works] == [1, 1, 1]
    if queue._ringing:
        await asyncio.wait(queue._ringing)


@pytest.mark.parametrize("how", ["it refuses", "it hangs"])
async def test_probes_do_not_hang_with_redis(service: Service, client: httpx.AsyncClient, how: str) -> None:
    await service.look_after()
    async with asyncio.timeout(ALIVE), away(service, how):
        ready = await client.get("/readyz")
        assert (ready.status_code, ready.json()["ready"]) == (200, True)
        assert ready.json()["parts"]["worker"] != "ok"
        metrics = await client.get("/metrics")
        assert metrics.status_code == 200
        assert "win_worker_seen 0.0" in metrics.text
        with pytest.raises(SetupError):
            await queue.demand_redis(settings().redis_url or "")
