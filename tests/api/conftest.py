"""Browsers, and somebody to sign in with them."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from tests.api.people import Browser, Someone, browsers, someone


@pytest.fixture
async def browser(database: str) -> AsyncIterator[Browser]:
    async for give in browsers():
        yield give


@pytest.fixture
async def person(owner: asyncpg.Connection) -> Someone:
    await owner.execute("DELETE FROM sign_in_throttle")  # no test waits for the guesses of another one
    return await someone(owner, "caritas-empoli")
