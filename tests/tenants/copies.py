"""Databases with the demonstration as it was loaded, for tests that change it or must not meet what others did."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg

from infra.database import Connection, as_role, connection_facts
from tenants.demo.network import work_in
from tenants.demo.rows import FILLED
from tests.conftest import fingerprint, named

TEMPLATE = f"win_template_{fingerprint()}"


@asynccontextmanager
async def copy(of: str, worker: str, use: str) -> AsyncIterator[str]:
    """Make a database with the demonstration as it was loaded, and drop it at the end."""
    name = f"win_demo_{use}_{worker}_{os.getpid()}"
    admin = await asyncpg.connect(**connection_facts(of))
    await admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{TEMPLATE}"')
    yield named(of, name)
    await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    await admin.close()


@asynccontextmanager
async def owning(url: str, secret: str) -> AsyncIterator[Connection]:
    connection = await asyncpg.connect(**connection_facts(as_role(url, "win_owner", secret)))
    yield connection
    await connection.close()


async def territory(connection: Connection, slug: str) -> UUID:
    found: UUID = await connection.fetchval("SELECT id FROM territory WHERE slug = $1", slug)
    return found


async def counts(connection: Connection) -> dict[tuple[str, str], int]:
    """Count the rows of every filled table in every territory."""
    found = {}
    for territory_id, slug in await connection.fetch("SELECT id, slug FROM territory"):
        async with connection.transaction():
            await work_in(connection, territory_id)
            for table in FILLED:
                found[slug, table] = await connection.fetchval(f"SELECT count(*) FROM {table}")
    return found
