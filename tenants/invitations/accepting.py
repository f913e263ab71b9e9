"""Following the link of an invitation: whoever has it, and it alone, becomes a member and is signed in.

A link that was used, withdrawn or never made is the same: nothing is found by it.
"""

from dataclasses import dataclass
from uuid import UUID

import asyncpg

from infra.clock import new_id, now
from infra.database import Connection, transaction
from infra.errors import NotFound
from tenants.account.weakness import strong
from tenants.checks import Findings, personal_name
from tenants.members import passwords
from tenants.members.secrets import hash_of
from tenants.members.service import COOKIE_LIFE, Opened, SignIn, hold, memberships_of, open_session, prove

FIND = "SELECT * FROM invitation_of_link($1)"
ACCEPT = "SELECT member_id FROM accept_invitation($1, $2, $3, $4, $5)"


@dataclass(frozen=True)
class Linked:
    """What whoever follows a link is told; with an account, they sign in instead of choosing a password."""

    email: str
    display_name: str
    role: str
    organisation: str
    territory: str
    invited_by: str
    account_id: UUID | None


@dataclass(frozen=True)
class Acceptance:
    """What was typed on the page of the link, and from where."""

    display_name: str
    password: str
    language: str
    network_address: str
    replaces: bytes | None = None
    code: str | None = None
    """Of whoever has an account with a second factor."""
    device: str = ""


async def find(link: str) -> Linked:
    """Return the open invitation with this link. Raises `NotFound`."""
    async with transaction() as connection:
        found = await connection.fetchrow(FIND, hash_of(link))
    if found is None:
        raise NotFound
    return Linked(**found)


async def accept(link: str, given: Acceptance) -> Opened:
    """Become a member, with the account that the address has or with a new one, and open a session.

    Raises `NotFound`, also for the second of two at once; `Invalid` for what was typed; what `prove` and `hold` raise.
    Raises `AccountAppeared` if an account was made while a new password was chosen.
    """
    found = await find(link)
    if found.account_id is not None:
        attempt = SignIn(found.email, given.password, given.network_address, code=given.code, device=given.device)
        proven, throttles = await prove(attempt)
        async with transaction() as connection:
            await hold(connection, proven, given.code, throttles)
            return await _take(connection, link, given, proven.account_id)
    findings = Findings()
    name = findings.require(personal_name(200), given.display_name, "display_name")
    about = (found.email, found.display_name, given.display_name)
    password = findings.require(strong(*about), given.password, "password")
    findings.settle()
    password_hash = await passwords.hashed(password)
    try:
        async with transaction() as connection:
            return await _take(connection, link, given, new_id(), name, password_hash)
    except asyncpg.UniqueViolationError:
        raise AccountAppeared from None


class AccountAppeared(Exception):
    """Somebody with this address has an account since a moment ago: they sign in with it."""


async def _take(connection: Connection, link: str, given: Acceptance, account_id: UUID, *new: str) -> Opened:
    """Use the link up and open the session, both or neither."""
    name, password_hash = new or (None, None)
    member_id = await connection.fetchval(ACCEPT, hash_of(link), account_id, name, password_hash, given.language)
    mine = [one for one in await memberships_of(connection, account_id) if one.member_id == member_id]
    if member_id is None or not mine:
        raise NotFound
    if given.replaces is not None:
        await connection.execute("SELECT close_session($1)", given.replaces)
    return await open_session(connection, account_id, mine[0], "cookie", now() + COOKIE_LIFE)
