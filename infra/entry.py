"""How a command enters the database: as one of our roles, for one piece of work."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

import asyncpg

from infra.database import Connection, as_role, connection_facts
from infra.embedded import parts, secret_key
from infra.errors import SetupError
from infra.settings import Settings

PATIENCE = 10
NOT_LET_IN = (asyncpg.InvalidCatalogNameError, asyncpg.InvalidAuthorizationSpecificationError)
NOT_PREPARED = (asyncpg.UndefinedTableError, asyncpg.UndefinedColumnError, asyncpg.UndefinedFunctionError)

Answer = TypeVar("Answer")


def work_as(role: str, work: Callable[[Connection], Awaitable[Answer]]) -> Answer:
    """Do this on a connection of the role's, which begins no transaction by itself. Raises `SetupError`."""

    async def run(given: Settings) -> Answer:
        async with entered(given, role) as connection:
            return await work(connection)

    with parts() as given:
        return asyncio.run(run(given))


@asynccontextmanager
async def entered(given: Settings, role: str) -> AsyncIterator[Connection]:
    """Give a connection of the role's. Raises `SetupError` if it is not let in, or finds no tables of ours."""
    url = as_role(given.database_url or "", role, secret_key(given).get_secret_value())
    try:
        connection = await asyncpg.connect(**connection_facts(url), timeout=PATIENCE)
    except NOT_LET_IN as error:
        raise SetupError(
            f"The database does not let {role} in ({type(error).__name__}): see WIN_DATABASE_URL and "
            "WIN_SECRET_KEY, then run ./win db migrate."
        ) from None
    except (OSError, asyncpg.PostgresError, ValueError, TimeoutError) as error:
        raise SetupError(
            f"WIN_DATABASE_URL does not lead to a database that answers ({type(error).__name__})."
        ) from None
    try:
        yield connection
    except NOT_PREPARED:
        raise SetupError("The database is not prepared for WIN; run ./win db migrate first.") from None
    except asyncpg.PostgresConnectionError as error:
        raise SetupError(f"The database went away in the middle of the work ({type(error).__name__}).") from None
    finally:
        await connection.close()


async def demand_entry(given: Settings, role: str) -> None:
    """See that the database lets the role in. Raises `SetupError`."""
    async with entered(given, role):
        pass
