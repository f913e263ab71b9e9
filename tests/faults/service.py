"""A database and a web process of the tests' own, as processes that can be killed and started again."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import httpx

from infra.database import as_role, connection_facts
from infra.embedded import Server, start_postgres
from infra.migrate import migrate
from tests.processes import Process, command

SECRET = "secret of the tests of faults"


@dataclass
class Service:
    """The running parts, which a test may kill."""

    data: Path
    port: int
    database: Server = field(init=False)
    web: Process = field(init=False)

    @property
    def url(self) -> str:
        """The address of the web process."""
        return f"http://127.0.0.1:{self.port}"

    def start_database(self) -> None:
        """Start it as any start does: what a killed one left is recovered."""
        self.database = start_postgres(self.data)

    def start_web(self) -> None:
        """Start it; whether it answers yet is for the clients to find out."""
        variables = {"WIN_DATABASE_URL": self.database.url, "WIN_SECRET_KEY": SECRET, "WIN_PORT": str(self.port)}
        environment = {**os.environ, **variables, "WIN_DATA": str(self.data)}
        self.web = Process(command, "serve", environment=environment, output=self.data.with_name("web.log"))

    async def kill_database(self) -> None:
        """End PostgreSQL's first process as the kernel does when memory runs out, and start it again."""
        os.kill(self.database.pid, signal.SIGKILL)
        while self.database.is_alive():  # noqa: ASYNC110 (a process, not a task)
            await asyncio.sleep(0.01)
        await asyncio.to_thread(self.start_database)

    async def kill_web(self) -> None:
        """The same for the process that serves."""
        self.web.kill()
        await asyncio.to_thread(self.web.wait)
        self.start_web()

    async def owner(self) -> asyncpg.Connection:
        """Connect as the owner of the tables."""
        return await asyncpg.connect(**connection_facts(as_role(self.database.url, "win_owner", SECRET)))

    async def ready(self) -> None:
        """Wait until the web process says that it is."""
        async with httpx.AsyncClient() as client:
            while True:
                try:
                    if (await client.get(f"{self.url}/readyz")).status_code == 200:
                        return
                except httpx.TransportError:
                    pass
                assert self.web.poll() is None, self.data.with_name("web.log").read_text()
                await asyncio.sleep(0.05)


@asynccontextmanager
async def running(data: Path, port: int) -> AsyncIterator[Service]:
    """Start both, with the demonstration in the database; nothing of them is left afterwards."""
    from tenants.demo.load import ensure

    service = Service(data, port)
    service.start_database()
    try:
        await migrate(service.database.url, SECRET)
        owner = await service.owner()
        await ensure(owner)
        await owner.close()
        service.start_web()
        try:
            await service.ready()
            yield service
        finally:
            service.web.terminate()
            await asyncio.to_thread(service.web.wait)
    finally:
        service.database.stop()
