"""Visitors of the pages: each has a browser, cookies and a network address of its own."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from itertools import count
from typing import Any

import httpx
import pytest

from tests.conftest import Served
from tests.web.browser import Desk, desks
from tests.web.visitors import ORIGIN, Visitor

Visit = Callable[..., Awaitable[Visitor]]


@pytest.fixture(scope="session")
async def visit(database: str) -> AsyncIterator[Visit]:
    """Gives a visitor, signed in as one of the cast if named; the same name is the same visitor."""
    from web.app import build

    app, numbers = build(), count(1)
    known: dict[tuple[str, str], Visitor] = {}
    async with AsyncExitStack() as stack:

        async def visiting(who: str = "", language: str = "it") -> Visitor:
            if who and (who, language) in known:
                return known[who, language]
            address = f"203.0.113.{next(numbers) % 250}"
            transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=(address, 40000))
            client = httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers={"Accept": "text/html"})
            await stack.enter_async_context(client)
            visitor = Visitor(client)
            if language != "it":
                client.cookies.set("__Host-win-language", language)
            if who:
                await visitor.sign_in(who)
                assert visitor.status == 200, visitor.page.text
                known[who, language] = visitor
            return visitor

        yield visiting


@pytest.fixture(scope="session")
async def windows(served: Served) -> AsyncIterator[Any]:
    """One browser for all tests."""
    async with desks(served.origin) as give:
        yield give


@pytest.fixture
async def desk(windows: Any) -> AsyncIterator[Any]:
    """Gives windows, each with cookies of its own; none is left open."""
    given: list[Desk] = []

    async def giving(*widths: int, scripts: bool = True) -> Desk:
        given.append(await windows(*widths, scripts=scripts))
        return given[-1]

    yield giving
    for one in given:
        await one.page.context.close()
