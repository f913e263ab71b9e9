"""A Redis and a worker of the tests' own, which may be killed and come back."""

import asyncio
import os
import signal
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg

from infra.clock import now
from infra.database import Connection, connection_facts
from infra.embedded import Server, start_redis
from infra.queue import ring
from jobs.outbox import Pace
from tests.jobs.process import run
from tests.processes import Process

# Nobody waits for the clock: what would be due later is due, and a claim of a worker that is gone has lapsed.
NEXT_TRY = """
UPDATE event SET due_at = clock_timestamp()
 WHERE state = 'pending' AND attempts > 0 AND claimed_at IS NULL AND due_at > clock_timestamp() RETURNING id
"""
LAPSED = """
UPDATE event SET claimed_at = claimed_at - $1::interval WHERE claimed_at BETWEEN $2::timestamptz - $1::interval AND $2
"""


@dataclass
class Service:
    """The parts; `database_url` is the administrator's."""

    data: Path
    database_url: str
    redis: Server = field(init=False)
    worker: Process | None = None
    started_at: datetime = field(default_factory=now)

    @property
    def log(self) -> Path:
        """What the workers print."""
        return self.data.with_name("worker.log")

    def start_redis(self) -> None:
        self.redis = start_redis(self.data)

    def start_worker(self) -> None:
        variables = {"WIN_DATABASE_URL": self.database_url, "WIN_REDIS_URL": self.redis.url}
        self.started_at = now()
        self.worker = Process(run, environment={**os.environ, **variables}, output=self.log)

    async def kill_worker(self) -> None:
        """End it as the kernel does when memory runs out."""
        if self.worker is not None:
            self.worker.kill()
            await asyncio.to_thread(self.worker.wait)
            self.worker = None

    async def kill_redis(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.redis.pid, signal.SIGKILL)
        while self.redis.is_alive():  # noqa: ASYNC110 (a process, not a task)
            await asyncio.sleep(0.01)

    def freeze_redis(self) -> None:
        """Let it hang: it takes connections, and answers nothing."""
        os.kill(self.redis.pid, signal.SIGSTOP)

    def thaw_redis(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.redis.pid, signal.SIGCONT)

    async def look_after(self) -> None:
        """Start again whatever has ended, as `win up` does."""
        if not self.redis.is_alive():
            await asyncio.to_thread(self.start_redis)
        if self.worker is None or self.worker.poll() is not None:
            self.start_worker()

    async def until(self, connection: Connection, statement: str, *values: Any) -> None:
        """Look after the parts until the statement says true; if it never does, show what the worker said."""
        administrator = await asyncpg.connect(**connection_facts(self.database_url))
        try:
            async with asyncio.timeout(120):
                while not await connection.fetchval(statement, *values):
                    await self.look_after()
                    await self.let_time_pass(administrator)
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise AssertionError(self.log.read_text("utf-8")[-2_000:]) from None
        finally:
            await administrator.close()

    async def let_time_pass(self, administrator: Connection) -> None:
        """Let the pauses between tries be over, and what workers that are gone had claimed."""
        await administrator.execute(LAPSED, Pace().claim, self.started_at)
        if await administrator.fetch(NEXT_TRY):
            ring()

    async def stop(self) -> None:
        await self.kill_worker()
        await asyncio.to_thread(self.redis.stop)
