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

ROLES = (OWNER, SERVING_ROLE, STEWARD)
OLDEST = 15
LOCK = 0x57494E  # any number, the same for everybody: it serialises migrations of one database

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
    applied: list[str] = []
    async with owner_context(database_url, secret), in_transaction("default") as client:
        await client.execute_query("SELECT pg_advisory_xact_lock($1)", [LOCK])

        def note(event: str, _app: str, name: str) -> None:
            if event == "apply_done":
                applied.append(name)

        executor = MigrationExecutor(client, orm_config(database_url)["apps"])
        # Asking for a table that is not there yet would end the transaction.
        await executor.recorder.ensure_schema(executor._schema_editor(atomic=False))
        await executor.migrate(progress=note)
        for hook in after_migrate():
            await hook(client._connection)
    return applied


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
        steps = await MigrationExecutor(client, config).plan()
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
