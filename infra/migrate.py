"""Roles, then migrations, then what upper floors keep beside them: all of a database, made or brought up to date."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from importlib.metadata import entry_points
from typing import Any, cast

import asyncpg
from tortoise.apps import Apps
from tortoise.context import TortoiseContext, require_context
from tortoise.migrations.autodetector import MigrationAutodetector
from tortoise.migrations.executor import MigrationExecutor
from tortoise.migrations.operations import AlterModelOptions
from tortoise.transactions import in_transaction

from infra.database import OWNER, SERVING_ROLE, STEWARD, as_role, connection_facts, orm_config, role_password
from infra.errors import SetupError
from infra.history import faults_of_history, known, mark

ROLES = (OWNER, SERVING_ROLE, STEWARD)
OLDEST = 15
LOCK = 0x57494E  # any number, the same for everybody: it serialises migrations of one database

LOCK_TIMEOUT = "10s"
"""For so long a migration waits for a table: whoever asks for it meanwhile waits behind the migration."""
IN_TURN = "SELECT set_config('lock_timeout', '0', true), pg_advisory_xact_lock($1)"
NOT_FOR_LONG = f"SELECT set_config('lock_timeout', '{LOCK_TIMEOUT}', true)"
OUTDATED = """
SELECT count(pg_terminate_backend(pid, 2000)) FROM pg_stat_activity
 WHERE datname = current_database() AND usename = current_user AND state = 'idle' AND pid <> pg_backend_pid()
"""

HOOKS = "win.after_migrate"

UNSAFE_ROLES = """
SELECT rolname FROM pg_roles
 WHERE rolname = ANY ($1::text[]) AND (rolsuper OR rolbypassrls OR rolcreaterole)
"""
OPEN_TABLES = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND c.relname <> 'tortoise_migrations'
   AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
"""
KEYS_WITHOUT_TENANT = """
SELECT t.relname FROM pg_class t
  JOIN pg_namespace n ON n.oid = t.relnamespace AND n.nspname = 'public'
  JOIN pg_attribute a ON a.attrelid = t.oid AND a.attname = 'territory_id'
  JOIN pg_constraint k ON k.conrelid = t.oid AND k.contype = 'p'
 WHERE t.relkind = 'r' AND k.conkey[1] <> a.attnum AND t.relname <> 'session'
"""
OWNED_BY_SERVING = "SELECT relname FROM pg_class WHERE relowner = 'win_app'::regrole"


async def migrate(database_url: str, secret: str) -> list[str]:
    """Bring the database up to date and return the names of the migrations applied now.

    All of it happens in one transaction under an advisory lock: an interrupted run leaves nothing behind, and two
    starts at once apply everything once. Raises `SetupError`.
    """
    await make_roles(database_url, secret)
    try:
        applied = await apply_missing(database_url, secret)
    except asyncpg.LockNotAvailableError:
        raise SetupError(
            f"A migration waited {LOCK_TIMEOUT} for a table that somebody uses, and nothing was changed; stop the web "
            "processes and the workers, end what else uses the database, and run ./win db migrate again."
        ) from None
    if applied:
        for role in (SERVING_ROLE, STEWARD):
            await let_go_of(database_url, role, secret)
    return applied


async def apply_missing(database_url: str, secret: str) -> list[str]:
    """Apply the migrations that are missing, as the owner, and return their names."""
    applied: list[str] = []
    async with owner_context(database_url, secret), in_transaction("default") as client:
        await client.execute_query(IN_TURN, [LOCK])
        await client.execute_query(NOT_FOR_LONG)

        def note(event: str, _app: str, name: str) -> None:
            if event == "apply_done":
                applied.append(name)

        executor = MigrationExecutor(client, orm_config(database_url)["apps"])
        # Asking for a table that is not there yet would end the transaction.
        await executor.recorder.ensure_schema(executor._schema_editor(atomic=False))
        ours = known(executor)
        for fault in await faults_of_history(client._connection, ours):
            raise SetupError(fault)
        await executor.migrate(progress=note)
        await mark(client._connection, ours, applied)
        for hook in after_migrate():
            await hook(client._connection)
    return applied


async def let_go_of(database_url: str, role: str, secret: str) -> None:
    """End the connections of a role that do nothing just now: what they have prepared may give something else now.

    Whoever holds them in a pool opens others. One that is busy is told at its next statement. Each end is waited for,
    2 s at most.
    """
    connection = await asyncpg.connect(**connection_facts(as_role(database_url, role, secret)), timeout=10)
    try:
        await connection.execute(OUTDATED)
    finally:
        await connection.close()


def after_migrate() -> list[Callable[[asyncpg.Connection], Awaitable[None]]]:
    """Return what upper floors do after every migration, as win_owner in the same transaction."""
    return [point.load() for point in sorted(entry_points(group=HOOKS), key=lambda point: point.name)]


@asynccontextmanager
async def owner_context(database_url: str, secret: str) -> AsyncIterator[None]:
    """Give the block a Tortoise of its own, connected as the owner, whatever pool the process has besides."""
    config = orm_config(as_role(database_url, OWNER, secret), max_size=1)
    credentials = config["connections"]["default"]["credentials"]
    credentials["command_timeout"], credentials["server_settings"] = None, {"timezone": "UTC"}
    async with TortoiseContext() as context:
        await context.init(config=config)
        yield


async def make_roles(database_url: str, secret: str) -> None:
    """Make the three database roles with their derived passwords, where they cannot sign in already."""
    try:
        admin = await asyncpg.connect(**connection_facts(database_url), timeout=10)
    except (OSError, asyncpg.PostgresError, ValueError, TimeoutError) as error:
        raise SetupError(f"WIN_DATABASE_URL does not lead to a database: {one_line(error)}.") from None
    try:
        major = admin.get_server_version().major
        if major < OLDEST:
            raise SetupError(f"This PostgreSQL is version {major}; WIN needs {OLDEST} or newer.")
        for role in ROLES:
            if not await can_sign_in(database_url, role, secret):
                await make_role(admin, role, role_password(secret, role))
        await admin.execute(f"GRANT USAGE, CREATE ON SCHEMA public TO {OWNER}")
        await admin.execute(f"GRANT USAGE ON SCHEMA public TO {SERVING_ROLE}, {STEWARD}")
        await admin.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        # Whoever can make no object of their own can make none that is mistaken for ours.
        database = '"' + str(await admin.fetchval("SELECT current_database()")).replace('"', '""') + '"'
        await admin.execute(f"REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC")
        await admin.execute(f"GRANT TEMPORARY ON DATABASE {database} TO {OWNER}")
    except asyncpg.InsufficientPrivilegeError as error:
        raise SetupError(f"The user of WIN_DATABASE_URL may not prepare the database: {one_line(error)}.") from None
    finally:
        await admin.close()


async def make_role(admin: asyncpg.Connection, role: str, password: str) -> None:
    """Make one role or give it its password; a password is hexadecimal, so it needs no quoting."""
    try:
        await admin.execute(f"CREATE ROLE {role} LOGIN NOBYPASSRLS PASSWORD '{password}'")
    except (asyncpg.DuplicateObjectError, asyncpg.UniqueViolationError):
        await admin.execute(f"ALTER ROLE {role} LOGIN PASSWORD '{password}'")


async def can_sign_in(database_url: str, role: str, secret: str) -> bool:
    """Try it: other databases of the same server may have made the role already."""
    try:
        connection = await asyncpg.connect(**connection_facts(as_role(database_url, role, secret)), timeout=10)
    except (OSError, asyncpg.PostgresError):
        return False
    await connection.close()
    return True


async def drift(database_url: str, secret: str) -> list[str]:
    """Return one sentence for everything in which models, migrations and database disagree."""
    faults = []
    async with owner_context(database_url, secret), in_transaction("default") as client:
        config = orm_config(database_url)["apps"]
        executor = MigrationExecutor(client, config)
        faults += await faults_of_history(client._connection, known(executor))
        steps = await executor.plan()
        faults += [f"The migration {step.migration.name} is not applied; run ./win db migrate." for step in steps]
        faults += await undeclared_changes(config)
        for query, arguments, sentence in CHECKS:
            rows = await client.execute_query_dict(query, arguments)
            faults += [sentence.format(*row.values()) for row in rows]
    return faults


CHECKS: tuple[tuple[str, list[Any], str], ...] = (
    (UNSAFE_ROLES, [list(ROLES)], "The database role {} could walk around row security."),
    (OPEN_TABLES, [], "The table {} is without forced row security."),
    (KEYS_WITHOUT_TENANT, [], "The key of the table {} does not begin with its territory."),
    (OWNED_BY_SERVING, [], "The serving role owns {}."),
)


async def undeclared_changes(config: dict[str, Any]) -> list[str]:
    """Return what the models say and no migration does; a changed description of a table changes nothing."""
    apps = require_context().apps
    writers = await MigrationAutodetector(cast("Apps", apps), config).changes()
    return [
        f"The models differ from the migrations: {operation.describe()}."
        for writer in writers
        for operation in writer.operations
        if not isinstance(operation, AlterModelOptions)
    ]


def one_line(error: BaseException) -> str:
    """Return an error's first line, without the full stop."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
