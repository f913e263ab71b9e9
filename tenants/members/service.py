"""Signing in and out, changing organisation, and tokens. Nobody is signed in yet when most of these are called.

Accounts and sessions cannot be read by the serving role: everything goes through functions of the database.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from authz.roles import MASKS
from infra.clock import new_id, now
from infra.database import Connection, transaction
from infra.errors import NotFound, Refused, Unauthenticated
from tenants.members.agents import agent_of
from tenants.members.challenges import Proven, challenge_of, read_challenge
from tenants.members.noting import SignInEvent, note
from tenants.members.passwords import INSIDE, KNOWN, STRANGERS, Places, is_outdated, new_recipe
from tenants.members.second_factor import use_code
from tenants.members.secrets import hash_of, new_secret
from tenants.members.throttles import Attempt, attempt_of, count_attempt, forget_failures, know_device, take_back

TOKEN_DAYS = 30
MOST_TOKEN_DAYS = 90
LONGEST_EMAIL = 254
LONGEST_PASSWORD = 1024

RECIPE = "SELECT password_recipe($1)"
PROVE = "SELECT * FROM prove_password($1, $2)"
OPEN = "SELECT open_session($1, $2, $3, $4, $5, $6, $7, $8, $9)"
ISSUE = """
INSERT INTO session (id, token_hash, kind, account_id, territory_id, member_id, created_at, last_seen_at, expires_at)
VALUES ($1, $2, 'bearer', $3, $4, $5, $6, $6, $7)
"""
UPSERT_ROLE_MASK = """
INSERT INTO role_mask (role, read_mask, write_mask, actions) VALUES ($1, $2, $3, $4)
ON CONFLICT (role) DO UPDATE
   SET read_mask = EXCLUDED.read_mask, write_mask = EXCLUDED.write_mask, actions = EXCLUDED.actions
"""


@dataclass(frozen=True)
class Membership:
    """One organisation that an account may act for today."""

    territory_id: UUID
    territory_slug: str
    territory_name: str
    member_id: UUID
    organisation_id: UUID
    organisation_slug: str
    organisation_name: str
    role: str


Chooser = Callable[[Sequence[Membership]], Membership]


@dataclass(frozen=True)
class Place:
    """Where a session is opened, and the one that it takes the place of."""

    network: str
    agent: str = ""
    """What the browser says that it is."""
    replaces: bytes | None = None


@dataclass(frozen=True)
class SignIn:
    """An attempt: what was typed, from where, and the session that a success replaces."""

    email: str
    password: str
    network_address: str
    organisation: str | None = None
    territory: str | None = None
    replaces: bytes | None = None
    code: str | None = None
    device: str = ""
    """The mark of the browser, if it can be known again."""
    agent: str = ""


@dataclass(frozen=True)
class CodeNeeded:
    """The password was right, and opens nothing without a code; who gave it is told by the challenge."""

    challenge: str


@dataclass(frozen=True)
class Opened:
    """A session just opened; the secret exists here and with the caller, and nowhere else."""

    secret: str
    expires_at: datetime
    membership: Membership


async def sync_role_masks(connection: Connection) -> None:
    """Copy the roles to where the database reads them; a role that is no more is taken away."""
    await connection.execute("DELETE FROM role_mask WHERE role <> ALL ($1::text[])", [str(role) for role in MASKS])
    await connection.executemany(
        UPSERT_ROLE_MASK, [(str(role), masks.read, masks.write, masks.actions) for role, masks in MASKS.items()]
    )


async def sign_in(attempt: SignIn) -> Opened | CodeNeeded | Sequence[Membership]:
    """Open a session; or ask a code first, or return the organisations to choose from if none of several was named.

    Raises `TooManyAttempts`, `Unauthenticated`, which is the same for a wrong password and for no account, or
    `Refused` for somebody who is in no such organisation.
    """
    proven, has_factor, counted = await prove(attempt)
    async with transaction() as connection:
        memberships = await proved_memberships(connection, proven)
        asks_code = has_factor and attempt.code is None
        is_undecided = attempt.organisation is None and len(memberships) > 1
        if asks_code or (is_undecided and not has_factor):
            # No failure; nor does it forget any: else the password would pay for any number of guessed codes.
            await take_back(connection, counted)
    if asks_code:
        note(SignInEvent.CODE_ASKED, proven.email, counted.network, known_browser=counted.is_known)
        return CodeNeeded(challenge_of(proven))
    if is_undecided:
        return memberships
    chosen = choose(memberships, attempt.organisation, attempt.territory)
    place = Place(counted.network, attempt.agent, attempt.replaces)
    return await _open(proven, attempt.code, counted, chosen, place)


async def prove(attempt: SignIn, *, places: Places | None = None) -> tuple[Proven, bool, Attempt]:
    """Return whose password this is, whether a code is asked too, and the attempt, which is counted until `hold`.

    Raises `TooManyAttempts`, `Unavailable`, or `Unauthenticated`, which is the same for a wrong password and for no
    account.
    """
    email, password = written(attempt.email), attempt.password
    counted = await attempt_of(email, attempt.network_address, attempt.device)
    places = places or (KNOWN if counted.is_known else STRANGERS)
    with places.room(counted.network):
        await count_attempt(counted)
        async with transaction() as connection:
            recipe = await connection.fetchval(RECIPE, email) or new_recipe()
        is_short = len(password) <= LONGEST_PASSWORD
        proof = await places.proof(password if is_short else "", recipe)
    async with transaction() as connection:
        found = await connection.fetchrow(PROVE, email, proof) if is_short else None
    if found is None:
        note(SignInEvent.WRONG_PASSWORD, email, counted.network, known_browser=counted.is_known)
        raise Unauthenticated("sign_in.wrong")
    proof = await _at_todays_price(found["account_id"], password, recipe, proof)
    return Proven(found["account_id"], email, proof), found["has_factor"], counted


async def sign_in_with_code(
    challenge: str,
    code: str,
    network_address: str,
    *,
    replaces: bytes | None = None,
    device: str = "",
    agent: str = "",
    preferring: Chooser | None = None,
) -> tuple[Opened, Sequence[Membership]]:
    """Open a session for whoever gave the password before, and return the organisations to choose from besides.

    Raises `TooManyAttempts`, `Unauthenticated` or `Refused`.
    """
    proven = read_challenge(challenge)
    if proven is None:
        raise Unauthenticated("sign_in.too_late")
    attempt = await attempt_of(proven.email, network_address, device)
    await count_attempt(attempt)
    async with transaction() as connection:
        if await connection.fetchrow(PROVE, proven.email, proven.proof) is None:
            raise Unauthenticated("sign_in.too_late")
        memberships = await proved_memberships(connection, proven)
    if not memberships:
        raise Refused("sign_in.no_organisation")
    chosen = preferring(memberships) if preferring else memberships[0]
    return await _open(proven, code, attempt, chosen, Place(attempt.network, agent, replaces)), memberships


async def _open(proven: Proven, code: str | None, attempt: Attempt, chosen: Membership, place: Place) -> Opened:
    async with transaction() as connection:
        await hold(connection, proven, code, attempt)
        return await open_session(connection, proven, chosen, place)


async def hold(connection: Connection, proven: Proven, code: str | None, attempt: Attempt) -> None:
    """Demand the code of whoever has a second factor, and hold the account as it is to the end of the transaction.

    The attempt is a success now. Raises `Unauthenticated`, also if the password was changed meanwhile.
    """
    if not await connection.fetchval("SELECT hold_account($1, $2)", proven.account_id, proven.proof):
        raise Unauthenticated("sign_in.wrong")
    found = await connection.fetchrow(PROVE, proven.email, proven.proof)
    if found["has_factor"] and not (code and await use_code(connection, proven.account_id, proven.proof, code)):
        note(SignInEvent.WRONG_CODE, proven.email, attempt.network, known_browser=attempt.is_known)
        raise Unauthenticated("sign_in.wrong_code")
    await forget_failures(connection, attempt)
    await know_device(connection, proven.account_id, proven.proof, attempt.device)


async def _at_todays_price(account_id: UUID, password: str, recipe: str, proof: bytes) -> bytes:
    """Return the proof that a right password has now: a new one, if what is stored was made at another price."""
    if not is_outdated(recipe):
        return proof
    new_hash, new_proof = await INSIDE.hashed(password)
    async with transaction() as connection:
        renewed = await connection.fetchval("SELECT renew_password($1, $2, $3)", account_id, proof, new_hash)
    return new_proof if renewed else proof


async def sign_out(token_hash: bytes) -> bool:
    """End the session for good, everywhere; tell whether there was one."""
    async with transaction() as connection:
        return bool(await connection.fetchval("SELECT close_session($1)", token_hash))


async def switch_organisation(
    connection: Connection, token_hash: bytes, organisation: str, territory: str | None = None
) -> Opened:
    """End this session and open one for another organisation, which ends when this would have. Raises `Refused`."""
    chosen = choose(await own_memberships(connection), organisation, territory)
    secret = new_secret("cookie")
    given = (new_id(), hash_of(secret), chosen.member_id, token_hash)
    expires_at = await connection.fetchval("SELECT switch_session($1, $2, $3, $4)", *given)
    if expires_at is None:
        raise Unauthenticated
    return Opened(secret, expires_at, chosen)


async def issue_token(
    connection: Connection, email: str, organisation: str, *, days: int = TOKEN_DAYS, territory: str | None = None
) -> Opened:
    """Make a bearer token for a member, as the operator does, whose connection is the owner's.

    Raises `NotFound` or `Refused`.
    """
    account_id = await connection.fetchval("SELECT id FROM account WHERE email = $1", written(email))
    if account_id is None:
        raise NotFound
    rows = await connection.fetch("SELECT * FROM memberships_of($1)", account_id)
    chosen = choose([Membership(**row) for row in rows], organisation, territory)
    secret, expires_at = new_secret("bearer"), now() + timedelta(days=min(max(days, 1), MOST_TOKEN_DAYS))
    given = (new_id(), hash_of(secret), account_id, chosen.territory_id, chosen.member_id, now(), expires_at)
    await connection.execute(ISSUE, *given)
    return Opened(secret, expires_at, chosen)


async def own_memberships(connection: Connection) -> list[Membership]:
    """Return the organisations that whoever is signed in may act for today, in all territories."""
    return [Membership(**row) for row in await connection.fetch("SELECT * FROM own_memberships()")]


async def proved_memberships(connection: Connection, proven: Proven) -> list[Membership]:
    """Return the organisations that an account may act for today, to whoever has its password."""
    rows = await connection.fetch("SELECT * FROM proved_memberships($1, $2)", proven.account_id, proven.proof)
    return [Membership(**row) for row in rows]


async def open_session(connection: Connection, proven: Proven, chosen: Membership, place: Place) -> Opened:
    """Store a new session with a secret that nobody has seen before; the one that it replaces ends."""
    secret, agent = new_secret("cookie"), await asyncio.to_thread(agent_of, place.agent)
    expires_at = await connection.fetchval(
        OPEN,
        *(new_id(), hash_of(secret), proven.account_id, proven.proof, chosen.member_id, place.replaces),
        *(agent.browser, agent.system, place.network),
    )
    if expires_at is None:
        raise Refused("sign_in.not_a_member")
    note(SignInEvent.OPENED, proven.email, place.network)
    return Opened(secret, expires_at, chosen)


def choose(memberships: Sequence[Membership], organisation: str | None, territory: str | None) -> Membership:
    """Return the membership that is meant; without a name, the only one. Raises `Refused`."""
    if not memberships:
        raise Refused("sign_in.no_organisation")
    for membership in memberships:
        if organisation in (None, membership.organisation_slug) and territory in (None, membership.territory_slug):
            return membership
    raise Refused("sign_in.not_a_member")


def written(email: str) -> str:
    """Return the address as accounts have it; one that no account can have becomes empty."""
    email = email.strip().lower()
    return "" if len(email) > LONGEST_EMAIL or "\x00" in email else email
