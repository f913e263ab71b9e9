"""A database whose administrator is no superuser, as where it is hosted: may make roles and databases, no more."""

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from infra.database import as_role, connection_facts
from infra.embedded import Server, start_postgres
from infra.migrate import ROLES, drift, migrate


@pytest.fixture
def server(data: Path, fresh: Callable[[Path], None]) -> Iterator[Server]:
    """A server of the test's own: roles and their passwords are the whole server's."""
    fresh(data)
    server = start_postgres(data, durable=False)
    yield server
    server.stop()


async def hosted(server: Server) -> str:
    """Make the administrator and a database of theirs; return the address."""
    admin = await asyncpg.connect(**connection_facts(server.url))
    await admin.execute("CREATE ROLE keeper LOGIN CREATEROLE CREATEDB PASSWORD 'kept'")
    await admin.execute("CREATE DATABASE hosted OWNER keeper")
    await admin.close()
    parts = urlsplit(server.url)
    return urlunsplit(parts._replace(netloc=f"keeper:kept@{parts.netloc.rpartition('@')[2]}", path="/hosted"))


async def test_the_secret_may_change(server: Server) -> None:
    url = await hosted(server)
    assert await migrate(url, "the first secret") != []
    assert await migrate(url, "the second secret") == []
    assert await drift(url, "the second secret") == []
    for role in ROLES:
        connection = await asyncpg.connect(**connection_facts(as_role(url, role, "the second secret")))
        await connection.close()
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(**connection_facts(as_role(url, role, "the first secret")))
