"""Clients that hold connections and ask for nothing: each is closed in the end, and nobody else waits for them."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress

import httpx
import pytest

from infra.database import Connection
from tests.conftest import setting
from web.protocol import address_of
from web.serving import DrainingServer, server

HEAD = b"POST /graphql HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer win_x\r\n"
HEAD += b"Content-Type: application/json\r\nContent-Length: 100\r\n"
BEGUN = (HEAD + b"\r\n{", HEAD, b"G", b"", b"\r\n")
"""A body, a head, a line and nothing, each of which does not end; and an empty line."""
ALIVE = 60.0
SECONDS = "0.5"


class Slow:
    """A connection, which sends the beginning of something."""

    def __init__(self, port: int, begun: bytes) -> None:
        self.port, self.begun = port, begun

    async def __aenter__(self) -> "Slow":
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.writer.write(self.begun)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.writer.close()
        with suppress(ConnectionError):
            await self.writer.wait_closed()

    async def told(self) -> bytes:
        """Return all that comes until the connection is closed."""
        with suppress(ConnectionError):
            return await self.reader.read()
        return b""


@pytest.fixture
async def given(database: str) -> AsyncIterator[AsyncExitStack]:
    """Small limits, and this machine is no proxy that is known."""
    async with AsyncExitStack() as stack:
        small = {"WIN_CONNECTIONS": "40", "WIN_CONNECTIONS_PER_ADDRESS": "10", "WIN_REQUEST_SECONDS": SECONDS}
        for name, value in {**small, "WIN_PORT": "0", "FORWARDED_ALLOW_IPS": "192.0.2.1"}.items():
            await stack.enter_async_context(setting(name, value))
        yield stack


@pytest.fixture
async def port(given: AsyncExitStack, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[int]:
    """The real server in this process, with the pool of the tests."""
    from infra.settings import settings
    from web import app

    @app.asynccontextmanager
    async def no_pool(_app: object) -> AsyncIterator[None]:
        yield

    monkeypatch.setattr(app, "pool", no_pool)
    monkeypatch.setattr(DrainingServer, "capture_signals", suppress)
    running = server(settings())
    running.config.host = "127.0.0.1"
    task = asyncio.create_task(running.serve())
    async with asyncio.timeout(ALIVE):
        while not running.started:  # noqa: ASYNC110 (uvicorn has no event for it)
            await asyncio.sleep(0.01)
    yield running.servers[0].sockets[0].getsockname()[1]
    running.should_exit = running.force_exit = True
    await task
    await running.lifespan.shutdown()


@pytest.mark.parametrize("begun", BEGUN)
async def test_what_does_not_end_is_ended(port: int, begun: bytes) -> None:
    async with asyncio.timeout(ALIVE), Slow(port, begun) as slow:
        told = await slow.told()
    if begun.endswith(b"{"):
        head, _, body = told.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 408 ")
        assert json.loads(body)["errors"][0]["extensions"]["code"] == "LIMIT_EXCEEDED"
    else:
        assert told == b""


async def test_between_two_requests_an_empty_line_holds_nothing(port: int) -> None:
    async with asyncio.timeout(ALIVE), Slow(port, b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n") as slow:
        await slow.reader.readuntil(b"ok\n")
        slow.writer.write(b"\r\n")
        assert await slow.told() == b""


async def test_whoever_holds_connections_keeps_nobody_out(port: int) -> None:
    """Ten times as many as an address may have: each closes the one that has waited longest; who asks is answered."""
    async with asyncio.timeout(ALIVE), AsyncExitStack() as stack:
        slow = [await stack.enter_async_context(Slow(port, BEGUN[number % 4])) for number in range(100)]
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=ALIVE) as client:
            for path in ("/livez", "/metrics", "/version"):
                assert (await client.get(path)).status_code == 200, path
            assert (await client.get("/readyz")).json()["parts"]["database"] == "ok"
        for one in slow:
            await one.told()


async def test_while_all_of_them_are_answered_others_come_back_later(port: int, owner: Connection) -> None:
    query = json.dumps({"query": "{ viewer { email } }"}).encode()
    ask = b"Authorization: Bearer win_%b\r\nContent-Length: %d\r\n\r\n" % (b"x" * 43, len(query))
    ask = b"POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" + ask + query
    locked = "SELECT count(*) FROM pg_locks WHERE relation = 'session'::regclass AND NOT granted"
    async with asyncio.timeout(ALIVE), AsyncExitStack() as stack:
        async with owner.transaction():
            await owner.execute("LOCK TABLE session")
            busy = [await stack.enter_async_context(Slow(port, ask)) for _ in range(10)]
            while await owner.fetchval(locked) < 10:  # noqa: ASYNC110 (a database, not a task)
                await asyncio.sleep(0.01)
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=ALIVE) as client:
                refused = await client.get("/version")
                assert (refused.status_code, refused.headers["retry-after"]) == (503, "2")
                assert refused.json()["errors"][0]["extensions"]["code"] == "UNAVAILABLE"
                assert refused.headers["x-frame-options"] == "DENY"
                page = await client.get("/today", headers={"Accept": "text/html", "Accept-Language": "en"})
                assert (page.status_code, page.headers["retry-after"]) == (503, "2")
                assert "WIN does not answer at the moment" in page.text
                assert (await client.get("/livez")).status_code == 200
        for one in busy:
            assert (await one.reader.readline()).startswith(b"HTTP/1.1 ")


async def test_what_is_no_http_is_refused_in_the_shape_of_every_refusal(port: int) -> None:
    async with asyncio.timeout(ALIVE), Slow(port, b"\x16\x03\x01\x00\xa5\x01\r\n\r\n") as strange:
        head, _, body = (await strange.told()).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert json.loads(body)["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


@pytest.mark.parametrize(
    ("client", "proxies", "address"),
    [
        ("192.0.2.7", "127.0.0.1", "192.0.2.7"),
        ("127.0.0.1", "127.0.0.1", None),
        ("10.1.2.3", "127.0.0.1, 10.0.0.0/8", None),
        ("192.0.2.7", "*", None),
        ("2001:db8:1:2:3::4", "not an address", "2001:db8:1:2::/64"),
        ("", "127.0.0.1", None),
    ],
)
def test_whose_connection_it_is(client: str, proxies: str, address: str | None) -> None:
    from web.protocol import known_proxies

    assert address_of((client, 1), known_proxies(proxies)) == address
