"""A database of its own beside the other tests', and plain connections as each of its roles."""

import os
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol

import asyncpg
import pytest

from infra.database import Context, as_role, connection_facts, enter_context
from tests.conftest import fingerprint, named
from tests.database.world import World, build


@pytest.fixture(scope="session")
async def world_url(database_url: str, server_url: str, worker: str) -> AsyncIterator[str]:
    """The demo territories again; to ask for the other database first makes sure that the template is there."""
    admin = await asyncpg.connect(**connection_facts(server_url))
    name = f"win_world_{worker}_{os.getpid()}"
    await admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "win_template_{fingerprint()}"')
    yield named(server_url, name)
    await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    await admin.close()


@pytest.fixture(scope="session")
async def world(world_url: str, secret: str) -> AsyncIterator[World]:
    """The two territories of these tests; nothing that a test does to them is kept."""
    owner = await asyncpg.connect(**connection_facts(as_role(world_url, "win_owner", secret)))
    yield await build(owner)
    await owner.close()


@pytest.fixture(scope="session")
async def serving(world: World, world_url: str, secret: str) -> AsyncIterator[asyncpg.Connection]:
    """A plain connection as the serving role: no pool, no program."""
    connection = await asyncpg.connect(**connection_facts(as_role(world_url, "win_app", secret)))
    yield connection
    await connection.close()


@pytest.fixture(scope="session")
async def steward(world: World, world_url: str, secret: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(**connection_facts(as_role(world_url, "win_steward", secret)))
    yield connection
    await connection.close()


class As(Protocol):
    def __call__(self, context: Context | None) -> AbstractAsyncContextManager[asyncpg.Connection]: ...


@pytest.fixture(scope="session")
def acting(serving: asyncpg.Connection) -> As:
    """Run SQL as the serving role for whoever the context says, and undo it."""

    @asynccontextmanager
    async def acting_as(context: Context | None) -> AsyncIterator[asyncpg.Connection]:
        transaction = serving.transaction()
        await transaction.start()
        try:
            if context is not None:
                await enter_context(serving, context)
            yield serving
        finally:
            await transaction.rollback()

    return acting_as


async def outcome(connection: asyncpg.Connection, statement: str, *values: object) -> str:
    """Return what a statement answers, or how it is refused, in a form that two answers can be compared by."""
    savepoint = connection.transaction()
    await savepoint.start()
    try:
        rows = await connection.fetch(statement, *values)
    except asyncpg.PostgresError as error:
        return f"{type(error).__name__}: {error}"
    else:
        return repr([tuple(row) for row in rows])
    finally:
        await savepoint.rollback()
