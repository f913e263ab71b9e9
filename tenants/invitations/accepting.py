"""Following the link of an invitation: whoever has it, and it alone, becomes a member and is signed in.

A link that was used, withdrawn or never made is the same: nothing is found by it.
"""

from dataclasses import dataclass
from uuid import UUID

import asyncpg

from infra.clock import new_id
from infra.database import Connection, transaction
from infra.errors import NotFound
from tenants.account.weakness import strong
from tenants.checks import Findings, personal_name
from tenants.members.challenges import Proven
from tenants.members.passwords import INSIDE
from tenants.members.secrets import hash_of
from tenants.members.service import Opened, Place, SignIn, hold, open_session, prove, proved_memberships
from tenants.members.throttles import know_device, network_of

FIND = "SELECT * FROM invitation_of_link($1)"
ACCEPT = "SELECT member_id FROM accept_invitation($1, $2, $3, $4, $5, $6)"


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
    agent: str = ""


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
        proven, _, counted = await prove(attempt, places=INSIDE)
        async with transaction() as connection:
            await hold(connection, proven, given.code, counted)
            return await _take(connection, link, given, proven)
    findings = Findings()
    name = findings.require(personal_name(200), given.display_name, "display_name")
    about = (found.email, found.display_name, given.display_name)
    password = findings.require(strong(*about), given.password, "password")
    findings.settle()
    password_hash, proof = await INSIDE.hashed(password)
    try:
        async with transaction() as connection:
            proven = Proven(new_id(), found.email, proof)
            opened = await _take(connection, link, given, proven, name, password_hash)
            await know_device(connection, proven.account_id, proof, given.device)
            return opened
    except asyncpg.UniqueViolationError:
        raise AccountAppeared from None


class AccountAppeared(Exception):
    """Somebody with this address has an account since a moment ago: they sign in with it."""


async def _take(connection: Connection, link: str, given: Acceptance, proven: Proven, *new: str) -> Opened:
    """Use the link up and open the session, both or neither."""
    name, password_hash = new or (None, None)
    who = (proven.account_id, proven.proof)
    member_id = await connection.fetchval(ACCEPT, hash_of(link), *who, name, password_hash, given.language)
    mine = [one for one in await proved_memberships(connection, proven) if one.member_id == member_id]
    if member_id is None or not mine:
        raise NotFound
    place = Place(network_of(given.network_address), given.agent, given.replaces)
    return await open_session(connection, proven, mine[0], place)
