"""`win token`, `win reset-password`, `win unlock`: what operators do for a member, with the database that they have."""

import json
from typing import Annotated

import typer

from infra.database import OWNER, Connection
from infra.entry import work_as
from infra.errors import NotFound, Refused, SetupError
from infra.settings import public_address
from tenants.members.secrets import hash_of, new_link
from tenants.members.service import MOST_TOKEN_DAYS, TOKEN_DAYS, Opened, issue_token, written

LOSE = "SELECT lose_factor(a.id, now(), 'factor_unlocked') FROM account a WHERE a.email = $1"
LINK = "SELECT add_reset($1, $2)"


def token(
    email: Annotated[str, typer.Argument(help="E-mail address of the member.")],
    organisation: Annotated[str, typer.Option(help="Slug of the organisation that the token acts for.")],
    days: Annotated[int, typer.Option(min=1, max=MOST_TOKEN_DAYS, help="How long the token is valid.")] = TOKEN_DAYS,
    as_json: Annotated[bool, typer.Option("--json", help="Print the token with its facts, as JSON.")] = False,
) -> None:
    """Print a bearer token for a member."""
    opened = work_as(OWNER, lambda owner: issued(owner, email, organisation, days))
    facts = {
        "token": opened.secret,
        "expiresAt": opened.expires_at.isoformat(),
        "email": written(email),
        "organisation": opened.membership.organisation_slug,
    }
    typer.echo(json.dumps(facts) if as_json else opened.secret)


def unlock(email: Annotated[str, typer.Argument(help="E-mail address of the account.")]) -> None:
    """Take two-step verification off an account whose codes are lost."""
    work_as(OWNER, lambda owner: unlocked(owner, email))
    typer.echo(f"{written(email)} signs in with the password alone now.")


def reset_password(email: Annotated[str, typer.Argument(help="E-mail address of the account.")]) -> None:
    """Print a link by which a person chooses a new password, once and within 30 minutes."""
    link = work_as(OWNER, lambda owner: linked(owner, email))
    typer.echo(f"{public_address()}/reset/{link}")


async def linked(owner: Connection, email: str) -> str:
    """Make a link for a new password, and return its secret. Raises `SetupError` if there is no such account."""
    link = new_link()
    if not await owner.fetchval(LINK, written(email), hash_of(link)):
        raise SetupError(f"There is no account with the address {email}.")
    return link


async def issued(owner: Connection, email: str, organisation: str, days: int) -> Opened:
    """Make the token. Raises `SetupError`."""
    try:
        async with owner.transaction():
            return await issue_token(owner, email, organisation, days=days)
    except (NotFound, Refused):
        raise SetupError(f"{email} is not an active member of {organisation}.") from None


async def unlocked(owner: Connection, email: str) -> None:
    """End the second factor of an account, and all its sign-ins. Raises `SetupError` if there is none."""
    if not await owner.fetchval(LOSE, written(email)):
        raise SetupError(f"{email} has no two-step verification.")
