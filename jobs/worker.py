"""arq's worker: what it runs, and the beat by which others know that it lives."""

import signal
from collections.abc import Mapping
from functools import partial
from typing import Any

from arq import cron, func
from arq.worker import Worker

from infra.clock import now
from infra.database import STEWARD, as_role, close_pool, open_pool
from infra.embedded import secret_key
from infra.errors import SetupError
from infra.queue import HEARTBEAT, OUTBOX, RELAY, read, redis_settings, written
from infra.settings import settings
from jobs.counting import count
from jobs.forgetting import forget
from jobs.job import Job
from jobs.letters import post
from jobs.news import gather
from jobs.outbox import JOBS, Pace, relay
from jobs.sealing import seal
from jobs.suspending import suspend

SECONDS_ALIVE = 90
AT_ONCE = 4
SWEEP = set(range(0, 60, 2))
TENS = set(range(0, 60, 10))
LONGEST_LOOK = 60
SECONDS_TO_FINISH = 25
"""So long a worker that is told to stop waits for what it has begun: longer than any job may take."""


async def heartbeat(context: dict[str, Any]) -> None:
    """Say that the worker lives; the word fades by itself."""
    await context["redis"].set(HEARTBEAT, now().isoformat(), ex=SECONDS_ALIVE)


async def tell_how_much_waits(context: dict[str, Any]) -> None:
    """Leave a count of the outbox where web processes find it: they see no event but their caller's."""
    await context["redis"].set(OUTBOX, written(await count()), ex=SECONDS_ALIVE)


async def open_database(_context: dict[str, Any]) -> None:
    """Hold the worker's connections, as the steward: it sees the one territory that it names."""
    given = settings()
    if given.database_url is None:
        raise SetupError("WIN_DATABASE_URL is not set; ./win worker finds or starts a database by itself.")
    url = as_role(given.database_url, STEWARD, secret_key(given).get_secret_value())
    await open_pool(url, max_size=AT_ONCE + 2)


async def close_database(_context: dict[str, Any]) -> None:
    """Let them go."""
    await close_pool()


# arq's types ask for arguments that it never gives.
BEAT = cron(heartbeat, second={0, 30}, run_at_startup=True, timeout=10, keep_result=0)  # type: ignore[arg-type]
COUNT = cron(tell_how_much_waits, second={0, 30}, run_at_startup=True, timeout=10, keep_result=0)  # type: ignore[arg-type]
LOOK = cron(relay, second=SWEEP, run_at_startup=True, timeout=LONGEST_LOOK, keep_result=0)  # type: ignore[arg-type]

LETTERS = cron(post, second=SWEEP, run_at_startup=True, timeout=LONGEST_LOOK, keep_result=0)  # type: ignore[arg-type]
NEWS = cron(gather, minute=TENS, run_at_startup=True, timeout=LONGEST_LOOK, keep_result=0)  # type: ignore[arg-type]
SUSPENDS = cron(suspend, minute=TENS, run_at_startup=True, timeout=LONGEST_LOOK, keep_result=0)  # type: ignore[arg-type]
FORGETS = cron(forget, hour=3, minute=41, timeout=LONGEST_LOOK, keep_result=0)  # type: ignore[arg-type]
SEALS = cron(seal, minute=17, run_at_startup=True, timeout=LONGEST_LOOK, keep_result=0)  # type: ignore[arg-type]


def make_worker(redis_url: str, *, jobs: Mapping[str, Job] = JOBS, pace: Pace | None = None) -> Worker:
    """Return the worker, not yet running."""
    context: dict[str, Any] = {"jobs": jobs, "pace": pace or Pace()}
    worker = Worker(
        functions=[
            func(relay, name=RELAY, timeout=LONGEST_LOOK, keep_result=0),  # type: ignore[arg-type]
        ],
        cron_jobs=[BEAT, COUNT, LOOK, LETTERS, NEWS, SUSPENDS, SEALS, FORGETS],
        redis_settings=redis_settings(redis_url),
        job_serializer=written,
        job_deserializer=read,
        job_timeout=LONGEST_LOOK,
        job_completion_wait=SECONDS_TO_FINISH,
        max_jobs=AT_ONCE,
        handle_signals=True,
        on_startup=open_database,  # type: ignore[arg-type]
        on_shutdown=close_database,  # type: ignore[arg-type]
        ctx=context,
    )
    context["is_stopping"] = lambda: not worker.allow_pick_jobs
    # arq knows of two orders to stop; the third, when a terminal is closed, means the same.
    worker.loop.add_signal_handler(signal.SIGHUP, partial(worker.handle_sig_wait_for_completion, signal.SIGHUP))
    return worker
