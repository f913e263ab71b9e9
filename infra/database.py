"""The connection pool, and the one transaction in which an operation runs."""

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import Context as Variables
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar
from urllib.parse import parse_qsl, quote, unquote, urlsplit, urlunsplit
from uuid import UUID

import asyncpg
from tortoise import Tortoise
from tortoise.backends.asyncpg.client import TransactionWrapper
from tortoise.connection import get_connections

from infra.errors import Unavailable
from infra.prepared import FrugalConnection

SERVING_ROLE = "win_app"
OWNER = "win_owner"
STEWARD = "win_steward"
SET_CONTEXT = """
SELECT set_config('win.territory_id', $1, true), set_config('win.organisation_id', $2, true),
       set_config('win.account_id', $3, true), set_config('win.field_mask', $4, true),
       set_config('win.write_mask', $5, true), set_config('win.actions', $6, true)
"""

# Statements are made so that one plan serves every value; planning each anew took longer than running it.
# No request holds a connection for long: what cannot be answered soon is answered with "try again".
SERVER_SETTINGS = {
    "jit": "off",
    "plan_cache_mode": "force_generic_plan",
    "timezone": "UTC",
    "statement_timeout": "10s",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "15s",
}

SECONDS_FOR_A_CONNECTION = 2.0
"""For so long a request waits for a connection, until one of the pool is free and speaks."""

MOST_APART = 2
"""Each holds two connections for a moment; of the smallest pool one is left for whoever needs only one."""

OUTDATED = asyncpg.InvalidCachedStatementError
"""What a prepared statement raises, once, when a migration has changed what it gives."""

Done = TypeVar("Done")
Connection: TypeAlias = "asyncpg.Connection[Any]"
_running: ContextVar[Connection] = ContextVar("running transaction")
_afterwards: ContextVar[list[Callable[[], None]]] = ContextVar("what follows the commit")
_apart = 0


@dataclass(frozen=True)
class Context:
    """Whose rows exist in a transaction: who acts, for whom, and the fields and verbs of their role."""

    territory_id: UUID
    organisation_id: UUID | None = None
    account_id: UUID | None = None
    field_mask: int = 0
    write_mask: int = 0
    actions: int = 0


def role_password(secret: str, role: str) -> str:
    """Return the password of a database role, derived so that no second secret has to be kept."""
    return hmac.new(secret.encode(), f"database role {role}".encode(), hashlib.sha256).hexdigest()


def as_role(url: str, role: str, secret: str) -> str:
    """Return the address of the same database for another role."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    netloc = f"{role}:{quote(role_password(secret, role))}@{host}"
    return urlunsplit(parts._replace(netloc=netloc))


def connection_facts(url: str) -> dict[str, Any]:
    """Return a libpq address as asyncpg's arguments; `?host=` names the folder of a Unix socket."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    return {
        "host": query.get("host") or parts.hostname or "localhost",
        "port": int(query.get("port") or parts.port or 5432),
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "database": unquote(parts.path.lstrip("/")),
        **({"ssl": query["sslmode"]} if "sslmode" in query else {}),
    }


def orm_config(url: str, *, max_size: int = 10) -> dict[str, Any]:
    """Return Tortoise's configuration for one pool on this address."""
    kept = {"connection_class": FrugalConnection, "max_cached_statement_lifetime": 0, "reset": leave_as_it_is}
    pool = {"minsize": 1, "maxsize": max_size, "timeout": 5, "command_timeout": 15, **kept}
    return {
        "connections": {
            "default": {
                "engine": "tortoise.backends.asyncpg",
                "credentials": {**connection_facts(url), **pool, "server_settings": SERVER_SETTINGS},
            }
        },
        "apps": {
            "tenants": {
                "models": ["tenants.models"],
                "default_connection": "default",
                "migrations": "tenants.migrations",
            }
        },
        "use_tz": True,
        "timezone": "UTC",
    }


async def leave_as_it_is(connection: Connection) -> None:
    """Spare the round trip that resets a session: nothing is ever set for longer than a transaction."""
    if connection.is_in_transaction():
        await connection.reset()


async def open_pool(url: str, *, max_size: int = 10) -> None:
    """Open this process's pool; verbs reach it through Tortoise, reads through `transaction`."""
    await Tortoise.init(config=orm_config(url, max_size=max_size), _enable_global_fallback=True)


@dataclass(frozen=True)
class PoolState:
    """How many connections the pool has, how many of them do something, and how many it may have."""

    opened: int
    used: int
    most: int


def pool_state() -> PoolState | None:
    """Return how far the pool is used; nothing before it has been opened."""
    pool: asyncpg.Pool[Any] | None = Tortoise.get_connection("default")._pool if Tortoise.is_inited() else None
    if pool is None:
        return None
    return PoolState(pool.get_size(), pool.get_size() - pool.get_idle_size(), pool.get_max_size())


async def close_pool() -> None:
    """Close the pool and forget it."""
    await Tortoise.close_connections()


@asynccontextmanager
async def transaction(context: Context | None = None) -> AsyncIterator[Connection]:
    """Run one transaction; Tortoise models inside it use the same connection.

    Without a context no row of any tenant exists in it. Context is transaction-local, so nothing of it
    outlives the block, whoever gets the connection next. Raises `Unavailable` if no connection is free for too long.
    """
    following: list[Callable[[], None]] = []
    async with _begun() as bound:
        tokens = _running.set(bound), _afterwards.set(following)
        try:
            if context is not None:
                await enter_context(bound, context)
            yield bound
        finally:
            _running.reset(tokens[0])
            _afterwards.reset(tokens[1])
    for action in following:
        action()


@asynccontextmanager
async def _begun() -> AsyncIterator[Connection]:
    """Hold a connection between BEGIN and COMMIT; wherever it breaks, its place in the pool is free again.

    Tortoise's own way to begin keeps the place of a connection that dies at BEGIN for good.
    """
    client: Any = get_connections().get("default")
    if isinstance(client, TransactionWrapper):
        async with client._connection.transaction():
            yield client._connection
        return
    bound = await _acquired(client)
    try:
        wrapper = TransactionWrapper(client)
        wrapper._connection = bound
        token = get_connections().set("default", wrapper)
        try:
            async with bound.transaction():
                yield bound
        finally:
            get_connections().reset(token)
    finally:
        await client._pool.release(bound)


async def _acquired(client: Any) -> Any:
    """Take a connection out of the pool, which is made when it is first needed. Raises `Unavailable`."""
    try:
        async with asyncio.timeout(SECONDS_FOR_A_CONNECTION):
            async with client._pool_init_lock:
                if client._pool is None:
                    await client.create_connection(with_db=True)
            return await client._pool.acquire()
    except TimeoutError:
        raise Unavailable from None


async def enter_context(bound: Connection, context: Context) -> None:
    """Say, for the rest of this transaction, whose rows exist."""
    await bound.execute(
        SET_CONTEXT,
        str(context.territory_id),
        str(context.organisation_id or ""),
        str(context.account_id or ""),
        str(context.field_mask),
        str(context.write_mask),
        str(context.actions),
    )


async def again(work: Callable[[], Awaitable[Done]]) -> Done:
    """Do this, which is one transaction; and once more if a migration has outdated one of its statements.

    The driver has by then forgotten every statement that it had prepared, so the second time none is outdated.
    """
    try:
        return await work()
    except OUTDATED:
        return await work()


async def apart(work: Callable[[], Awaitable[Done]]) -> Done:
    """Do this on another connection than the running transaction's: it stays done, whatever becomes of that one.

    Raises `Unavailable` if so many do so that all connections could come to wait for each other.
    """
    global _apart
    if _apart >= MOST_APART:
        raise Unavailable
    _apart += 1
    try:

        async def alone() -> Done:
            return await work()

        return await asyncio.create_task(alone(), context=Variables())
    finally:
        _apart -= 1


def connection() -> Connection:
    """Return the connection of the running transaction; a `LookupError` outside of one."""
    return _running.get()


def after_commit(action: Callable[[], None]) -> None:
    """Do this once the running transaction has been committed, and never if it is rolled back; it must not fail."""
    following = _afterwards.get()
    if action not in following:
        following.append(action)
