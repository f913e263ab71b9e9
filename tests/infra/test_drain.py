"""A web process that is told to stop: who is in gets an answer, nobody new gets in, and it does end."""

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import asyncpg
import httpx
import pytest

from infra.database import as_role, connection_facts
from tests.api.test_main_job import OPEN, WORK
from tests.conftest import CAST, Ask
from tests.processes import Process, command

PATIENCE = 60.0
LOCK = "SELECT FROM case_file WHERE id = $1 FOR UPDATE"
IS_WAITED_FOR = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid)))"
ENDLESS = b"POST /graphql HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer %s\r\n"
ENDLESS += b"content-type: application/json\r\ncontent-length: 1000\r\n\r\n{"

Token = Callable[[str, str], Awaitable[str]]
Start = Callable[..., Awaitable["Web"]]


class Web:
    """A web process, and what it says."""

    def __init__(self, port: int, log: Path, environment: dict[str, str]) -> None:
        self.port, self.log = port, log
        self.url = f"http://127.0.0.1:{port}"
        self.process = Process(command, "serve", environment=environment, output=log)

    async def until(self, happened: Callable[[], Awaitable[bool]]) -> None:
        """Wait until it is so; if it never is, show what the process said."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not await happened():  # noqa: ASYNC110 (a process, not a task)
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise AssertionError(self.log.read_text("utf-8")[-2_000:]) from None

    async def is_ready(self) -> bool:
        assert self.process.poll() is None, self.log.read_text("utf-8")
        try:
            async with httpx.AsyncClient() as client:
                return (await client.get(f"{self.url}/readyz")).status_code == 200
        except httpx.TransportError:
            return False

    async def lets_nobody_in(self) -> bool:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except ConnectionRefusedError:
            return True
        writer.close()
        return False

    async def ended(self) -> int:
        """Return its exit code."""
        return await asyncio.wait_for(asyncio.to_thread(self.process.wait), PATIENCE)


@pytest.fixture
async def web(database_url: str, secret: str, tmp_path: Path) -> AsyncIterator[Start]:
    """Starts web processes at the database of the tests; none is left."""
    started: list[Web] = []

    async def start(**variables: str) -> Web:
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            port: int = listener.getsockname()[1]
        given = {"WIN_DATABASE_URL": database_url, "WIN_SECRET_KEY": secret, "WIN_PORT": str(port), **variables}
        started.append(Web(port, tmp_path / f"{port}.log", {**os.environ, **given, "WIN_DATA": str(tmp_path)}))
        await started[-1].until(started[-1].is_ready)
        return started[-1]

    yield start
    for one in started:
        one.process.kill()
        one.process.wait()


@pytest.fixture
async def case(ask: Ask) -> str:
    person = {"givenName": "Prova", "familyName": "Fermata", "bornOn": "1990-05-07"}
    identifier: str = (await ask("anna", OPEN, {"input": {"person": person}}))["data"]["openCase"]["case"]["id"]
    return identifier


@asynccontextmanager
async def held(case: str, database_url: str, secret: str) -> AsyncIterator[asyncpg.Connection]:
    """Hold the row of a case, as somebody does who writes it at the same time."""
    holding = await asyncpg.connect(**connection_facts(as_role(database_url, "win_owner", secret)))
    try:
        async with holding.transaction():
            territory = await holding.fetchval("SELECT id FROM territory WHERE slug = 'empolese-valdelsa'")
            await holding.execute("SELECT set_config('win.territory_id', $1, true)", str(territory))
            await holding.execute(LOCK, UUID(case.partition("_")[2]))
            yield holding
    finally:
        await holding.close()


async def write(web: Web, bearer: str, case: str) -> httpx.Response:
    change = {"caseId": case, "expectedVersion": 1, "profile": "fino alla fine"}
    async with httpx.AsyncClient(timeout=PATIENCE, headers={"Authorization": f"Bearer {bearer}"}) as client:
        return await client.post(f"{web.url}/graphql", json={"query": WORK, "variables": {"input": change}})


@pytest.mark.parametrize("order", [signal.SIGTERM, signal.SIGHUP])
async def test_a_request_under_way_is_answered_in_full(
    web: Start, token: Token, case: str, database_url: str, secret: str, order: signal.Signals
) -> None:
    serving, bearer = await web(), await token(*CAST["anna"])
    idle_reader, idle_writer = await asyncio.open_connection("127.0.0.1", serving.port)
    async with held(case, database_url, secret) as holding:
        writing = asyncio.create_task(write(serving, bearer, case))

        async def waits() -> bool:
            assert not writing.done(), writing.result().text
            return bool(await holding.fetchval(IS_WAITED_FOR))

        await serving.until(waits)
        serving.process.send_signal(order)
        await serving.until(serving.lets_nobody_in)
        assert await asyncio.wait_for(idle_reader.read(), PATIENCE) == b""
        assert (serving.process.poll(), writing.done()) == (None, False)
    response = await writing
    payload = response.json()["data"]["updateWork"]
    assert (payload["problems"], payload["case"]["version"]) == ([], 2)
    assert response.headers["connection"] == "close"
    assert await serving.ended() == 0
    idle_writer.close()
    assert "Traceback" not in serving.log.read_text("utf-8")


async def opened(serving: Web, bearer: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Begin a request that never ends: its body does not come. Return when the process is waiting for it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", serving.port)
    writer.write(ENDLESS % bearer.encode())
    await writer.drain()

    async def runs() -> bool:
        async with httpx.AsyncClient() as client:
            # The scrape is one of those that run.
            return "win_http_requests_running 2.0" in (await client.get(f"{serving.url}/metrics")).text

    await serving.until(runs)
    return reader, writer


async def test_a_request_without_end_is_told_so_when_the_time_is_over(web: Start, token: Token) -> None:
    serving = await web(WIN_DRAIN_SECONDS="1")
    reader, writer = await opened(serving, await token(*CAST["anna"]))
    serving.process.terminate()
    told = await asyncio.wait_for(reader.read(), PATIENCE)
    assert told.startswith(b"HTTP/1.1 503 ")
    assert b'"code":"UNAVAILABLE"' in told
    assert await serving.ended() == 0
    writer.close()


async def test_a_second_order_to_stop_waits_for_nobody(web: Start, token: Token) -> None:
    serving = await web(WIN_DRAIN_SECONDS="600")
    _, writer = await opened(serving, await token(*CAST["anna"]))
    serving.process.terminate()
    await serving.until(serving.lets_nobody_in)
    assert serving.process.poll() is None
    serving.process.terminate()
    assert await serving.ended() == 0
    writer.close()


async def test_whom_nobody_asks_stops_at_once(web: Start) -> None:
    serving = await web(WIN_DRAIN_SECONDS="600")
    serving.process.terminate()
    assert await serving.ended() == 0
