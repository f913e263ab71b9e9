"""arq's worker: what it runs, and the beat by which others know that it lives."""

from typing import Any

from arq import cron
from arq.worker import Worker

from infra.clock import now
from infra.queue import HEARTBEAT, read, redis_settings, written

SECONDS_ALIVE = 90


async def heartbeat(context: dict[str, Any]) -> None:
    """Say that the worker lives; the word fades by itself."""
    await context["redis"].set(HEARTBEAT, now().isoformat(), ex=SECONDS_ALIVE)


# arq's type asks for arguments that it never gives.
BEAT = cron(heartbeat, second={0, 30}, run_at_startup=True, timeout=10, keep_result=0)  # type: ignore[arg-type]


def make_worker(redis_url: str) -> Worker:
    """Return the worker, not yet running."""
    return Worker(
        functions=[],
        cron_jobs=[BEAT],
        redis_settings=redis_settings(redis_url),
        job_serializer=written,
        job_deserializer=read,
        job_timeout=60,
        max_jobs=4,
        handle_signals=True,
    )
