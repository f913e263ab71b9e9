"""`win token` and `win unlock`: what an operator does for a member, with the database, which only operators have."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import asyncpg
import typer

from infra.database import Connection, as_role, connection_facts
from infra.embedded import parts
from infra.errors import NotFound, Refused, SetupError
from infra.migrate import OWNER
from infra.settings import Settings
from tenants.members.service import MOST_TOKEN_DAYS, TOKEN_DAYS, Opened, issue_token, written

FORGET = """
DELETE FROM second_factor WHERE account_id = (SELECT id FROM account WHERE email = $1) RETURNING account_id
"""


def token(
    email: Annotated[str, typer.Argument(help="E-mail address of the member.")],
    organisation: Annotated[str, typer.Option(help="Slug of the organisation that the token acts for.")],
    days: Annotated[int, typer.Option(min=1, max=MOST_TOKEN_DAYS, help="How long the token is valid.")] = TOKEN_DAYS,
    as_json: Annotated[bool, typer.Option("--json", help="Print the token with its facts, as JSON.")] = False,
) -> None:
    """Print a bearer token for a member."""
    with parts() as settings:
        opened = asyncio.run(issued(settings, email, organisation, days))
    facts = {
        "token": opened.secret,
        "expiresAt": opened.expires_at.isoformat(),
        "email": email.strip().lower(),
        "organisation": opened.membership.organisation_slug,
    }
    typer.echo(json.dumps(facts) if as_json else opened.secret)


def unlock(email: Annotated[str, typer.Argument(help="E-mail address of the account.")]) -> None:
    """Take two-step verification off an account whose codes are lost."""
    with parts() as settings:
        asyncio.run(unlocked(settings, email))
    typer.echo(f"{written(email)} signs in with the password alone now.")


async def issued(settings: Settings, email: str, organisation: str, days: int) -> Opened:
    """Make the token. Raises `SetupError`."""
    async with owning(settings) as connection:
        try:
            return await issue_token(connection, email, organisation, days=days)
        except (NotFound, Refused):
            raise SetupError(f"{email} is not an active member of {organisation}.") from None


async def unlocked(settings: Settings, email: str) -> None:
    """Forget the second factor of an account. Raises `SetupError` if there is none."""
    async with owning(settings) as connection:
        if await connection.fetchval(FORGET, written(email)) is None:
            raise SetupError(f"{email} has no two-step verification.")


@asynccontextmanager
async def owning(settings: Settings) -> AsyncIterator[Connection]:
    """Enter the database as its owner, for one transaction. Raises `SetupError`."""
    if settings.database_url is None or settings.secret_key is None:
        raise SetupError("There is no database to enter.")
    url = as_role(settings.database_url, OWNER, settings.secret_key.get_secret_value())
    try:
        connection = await asyncpg.connect(**connection_facts(url), timeout=10)
    except (OSError, asyncpg.PostgresError, TimeoutError):
        raise SetupError("The database cannot be entered as its owner; run ./win db migrate first.") from None
    try:
        async with connection.transaction():
            yield connection
    except (asyncpg.UndefinedFunctionError, asyncpg.UndefinedTableError):
        raise SetupError("The database is not prepared; run ./win db migrate first.") from None
    finally:
        await connection.close()
