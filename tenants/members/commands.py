"""`win token`: a bearer token for a member, for scripts. It needs access to the database, as only an operator has."""

import asyncio
import json
from typing import Annotated

import asyncpg
import typer

from infra.database import as_role, connection_facts
from infra.embedded import parts
from infra.errors import NotFound, Refused, SetupError
from infra.migrate import OWNER
from infra.settings import Settings
from tenants.members.service import MOST_TOKEN_DAYS, TOKEN_DAYS, Opened, issue_token


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


async def issued(settings: Settings, email: str, organisation: str, days: int) -> Opened:
    """Make the token as the owner of the database. Raises `SetupError`."""
    if settings.database_url is None or settings.secret_key is None:
        raise SetupError("There is no database to make a token in.")
    url = as_role(settings.database_url, OWNER, settings.secret_key.get_secret_value())
    try:
        connection = await asyncpg.connect(**connection_facts(url), timeout=10)
    except (OSError, asyncpg.PostgresError, TimeoutError):
        raise SetupError("The database cannot be entered as its owner; run ./win db migrate first.") from None
    try:
        async with connection.transaction():
            return await issue_token(connection, email, organisation, days=days)
    except (NotFound, Refused):
        raise SetupError(f"{email} is not an active member of {organisation}.") from None
    except asyncpg.UndefinedFunctionError:
        raise SetupError("The database is not prepared; run ./win db migrate first.") from None
    finally:
        await connection.close()
