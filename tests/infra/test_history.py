"""A database that another history made is refused, and a migration waits for nobody for long."""

from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import pytest

from infra import migrate
from infra.database import Connection, as_role, connection_facts
from infra.errors import SetupError
from tests.conftest import fingerprint, named


@pytest.fixture(scope="module")
async def copy(database_url: str, server_url: str) -> AsyncIterator[str]:
    """A database of the module's own."""
    admin = await asyncpg.connect(**connection_facts(server_url))
    name = f"win_test_{uuid4().hex}"
    await admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "win_template_{fingerprint()}"')
    yield named(server_url, name)
    await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    await admin.close()


@pytest.fixture
async def keeper(copy: str, secret: str) -> AsyncIterator[Connection]:
    connection = await asyncpg.connect(**connection_facts(as_role(copy, "win_owner", secret)))
    yield connection
    await connection.close()


LAST = "(SELECT max(name) FROM tortoise_migrations)"
FIRST = "(SELECT min(name) FROM tortoise_migrations)"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (f"UPDATE tortoise_migrations SET fingerprint = 'other' WHERE name = {LAST}", "by another text of"),
        (f"UPDATE tortoise_migrations SET fingerprint = NULL WHERE name = {FIRST}", "by another text of"),
        (f"UPDATE tortoise_migrations SET name = '9999_another' WHERE name = {LAST}", "this version does not know"),
        (f"DELETE FROM tortoise_migrations WHERE name = {FIRST}", "which comes before it"),
    ],
    ids=["edited", "unmarked", "unknown", "missing"],
)
async def test_another_history_is_refused(
    copy: str, secret: str, keeper: Connection, change: str, sentence: str
) -> None:
    assert await migrate.migrate(copy, secret) == []
    kept = await keeper.fetch("SELECT * FROM tortoise_migrations")
    await keeper.execute(change)
    try:
        with pytest.raises(SetupError, match=sentence):
            await migrate.migrate(copy, secret)
        assert [fault for fault in await migrate.drift(copy, secret) if sentence in fault] != []
    finally:
        await keeper.execute("DELETE FROM tortoise_migrations")
        row = "INSERT INTO tortoise_migrations (id, app, name, applied_at, fingerprint) VALUES ($1, $2, $3, $4, $5)"
        await keeper.executemany(row, [tuple(one.values()) for one in kept])
    assert await migrate.migrate(copy, secret) == []
    assert await migrate.drift(copy, secret) == []


async def test_a_migration_does_not_wait_for_a_table_for_long(
    copy: str, secret: str, keeper: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrate, "NOT_FOR_LONG", "SELECT set_config('lock_timeout', '100ms', true)", raising=False)
    async with keeper.transaction():
        await keeper.execute("LOCK TABLE tortoise_migrations")
        with pytest.raises(SetupError, match="nothing was changed; stop the web processes"):
            await migrate.migrate(copy, secret)
    assert await migrate.migrate(copy, secret) == []


async def test_who_serves_lets_go_of_what_is_outdated(copy: str, secret: str) -> None:
    idle = await asyncpg.connect(**connection_facts(as_role(copy, "win_app", secret)))
    busy = await asyncpg.connect(**connection_facts(as_role(copy, "win_app", secret)))
    async with busy.transaction():
        await busy.execute("SELECT 1")
        await migrate.let_go_of(copy, "win_app", secret)
        assert await busy.fetchval("SELECT 1") == 1
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
        await idle.execute("SELECT 1")
    await busy.close()
    await idle.close()
