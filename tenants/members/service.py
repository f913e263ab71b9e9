"""Signing in and out, changing organisation, and tokens. Nobody is signed in yet when most of these are called.

Accounts and sessions cannot be read by the serving role: everything goes through functions of the database.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from authz.roles import MASKS
from infra.clock import new_id, now
from infra.database import Connection, transaction
from infra.errors import NotFound, Refused, Unauthenticated
from tenants.members.challenges import Proven, challenge_of, read_challenge
from tenants.members.passwords import is_right, renewed, room
from tenants.members.second_factor import has_second_factor, use_code
from tenants.members.secrets import Kind, hash_of, new_secret
from tenants.members.throttles import Throttles, count_attempt, forget_failures

COOKIE_LIFE = timedelta(hours=12)
TOKEN_DAYS = 30
MOST_TOKEN_DAYS = 90
LONGEST_EMAIL = 254
LONGEST_PASSWORD = 1024

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
    proven, throttles = await prove(attempt)
    async with transaction() as connection:
        if attempt.code is None and await has_second_factor(connection, proven.account_id):
            return CodeNeeded(challenge_of(proven))
        memberships = await memberships_of(connection, proven.account_id)
    if attempt.organisation is None and len(memberships) > 1:
        return memberships
    chosen = choose(memberships, attempt.organisation, attempt.territory)
    return await _open(proven, attempt.code, throttles, chosen, attempt.replaces)


async def prove(attempt: SignIn) -> tuple[Proven, Throttles]:
    """Return whose password this is; what comes after may be refused, the success stays counted as one.

    With a second factor it stays counted until `hold` has seen a right code: else the password would pay for any
    number of guessed codes. Raises `TooManyAttempts`, or `Unauthenticated`, which is the same for a wrong password
    and for no account.
    """
    email = written(attempt.email)
    throttles = Throttles.of(email, attempt.network_address, attempt.device)
    is_short = len(attempt.password) <= LONGEST_PASSWORD
    password = attempt.password if is_short else ""
    with room():
        await count_attempt(throttles)
        async with transaction() as connection:
            account = await connection.fetchrow("SELECT * FROM account_for_sign_in($1)", email)
        right = await is_right(password, account["password_hash"] if account and is_short else None)
    if not right or account is None:
        raise Unauthenticated("sign_in.wrong")
    password_hash = await _with_todays_hash(account["account_id"], password, account["password_hash"])
    proven = Proven(account["account_id"], email, password_hash)
    async with transaction() as connection:
        if not await has_second_factor(connection, proven.account_id):
            await forget_failures(connection, throttles)
    return proven, throttles


async def sign_in_with_code(
    challenge: str,
    code: str,
    network_address: str,
    *,
    replaces: bytes | None = None,
    device: str = "",
    member_id: UUID | None = None,
) -> tuple[Opened, Sequence[Membership]]:
    """Open a session for whoever gave the password before, and return the organisations to choose from besides.

    It is for the membership that is named, if it is one of theirs, or else for the first.
    Raises `TooManyAttempts`, `Unauthenticated` or `Refused`.
    """
    found = read_challenge(challenge)
    if found is None:
        raise Unauthenticated("sign_in.too_late")
    throttles = Throttles.of(found.email, network_address, device)
    await count_attempt(throttles)
    async with transaction() as connection:
        account = await connection.fetchrow("SELECT * FROM account_for_sign_in($1)", found.email)
        proven = Proven(account["account_id"], found.email, account["password_hash"]) if account else None
        if proven is None or not found.is_of(proven):
            raise Unauthenticated("sign_in.too_late")
        memberships = await memberships_of(connection, proven.account_id)
    if not memberships:
        raise Refused("sign_in.no_organisation")
    return await _open(proven, code, throttles, preferred(memberships, member_id), replaces), memberships


async def _open(
    proven: Proven, code: str | None, throttles: Throttles, chosen: Membership, replaces: bytes | None
) -> Opened:
    async with transaction() as connection:
        await hold(connection, proven, code, throttles)
        if replaces is not None:
            await connection.execute("SELECT close_session($1)", replaces)
        return await open_session(connection, proven.account_id, chosen, "cookie", now() + COOKIE_LIFE)


async def hold(connection: Connection, proven: Proven, code: str | None, throttles: Throttles) -> None:
    """Demand the code of whoever has a second factor, and hold the account as it is to the end of the transaction.

    Raises `Unauthenticated`, also if the password was changed meanwhile.
    """
    if not await connection.fetchval("SELECT hold_account($1, $2)", proven.account_id, proven.password_hash):
        raise Unauthenticated("sign_in.wrong")
    if await has_second_factor(connection, proven.account_id):
        if not code or not await use_code(connection, proven.account_id, code):
            raise Unauthenticated("sign_in.wrong_code")
        await forget_failures(connection, throttles)


async def _with_todays_hash(account_id: UUID, password: str, password_hash: str) -> str:
    """Return the hash that a right password has now: a new one, if the old was made with other parameters."""
    new = await renewed(password, password_hash)
    if new is None:
        return password_hash
    async with transaction() as connection:
        await connection.execute("SELECT renew_password_hash($1, $2, $3)", account_id, password_hash, new)
    return new


async def sign_out(token_hash: bytes) -> bool:
    """End the session for good, everywhere; tell whether there was one."""
    async with transaction() as connection:
        return bool(await connection.fetchval("SELECT close_session($1)", token_hash))


async def switch_organisation(
    connection: Connection,
    account_id: UUID,
    session_id: UUID,
    token_hash: bytes,
    organisation: str,
    territory: str | None = None,
) -> Opened:
    """End this session and open one for another organisation, which ends when this would have. Raises `Refused`.

    A session's id carries the instant of the sign-in, and hands it on: no number of changes makes a session longer.
    """
    chosen = choose(await memberships_of(connection, account_id), organisation, territory)
    # Held first, so that whoever ends all sessions at this moment ends the new one, or this one before it.
    await connection.execute("SELECT hold_account($1, NULL)", account_id)
    if not await connection.fetchval("SELECT close_session($1)", token_hash):
        raise Unauthenticated
    signed_in_at = datetime.fromtimestamp((session_id.int >> 80) / 1000, UTC)
    identifier = UUID(int=session_id.int >> 80 << 80 | new_id().int & (1 << 80) - 1)
    return await open_session(connection, account_id, chosen, "cookie", signed_in_at + COOKIE_LIFE, identifier)


async def issue_token(
    connection: Connection, email: str, organisation: str, *, days: int = TOKEN_DAYS, territory: str | None = None
) -> Opened:
    """Make a bearer token for a member; for operators. Raises `NotFound` or `Refused`."""
    account = await connection.fetchrow("SELECT * FROM account_for_sign_in($1)", written(email))
    if account is None:
        raise NotFound
    chosen = choose(await memberships_of(connection, account["account_id"]), organisation, territory)
    life = timedelta(days=min(max(days, 1), MOST_TOKEN_DAYS))
    return await open_session(connection, account["account_id"], chosen, "bearer", now() + life)


async def memberships_of(connection: Connection, account_id: UUID) -> list[Membership]:
    """Return the organisations that an account may act for today, in all territories."""
    rows = await connection.fetch("SELECT * FROM memberships_of($1)", account_id)
    return [Membership(**row) for row in rows]


async def open_session(
    connection: Connection,
    account_id: UUID,
    chosen: Membership,
    kind: Kind,
    expires_at: datetime,
    identifier: UUID | None = None,
) -> Opened:
    """Store a new session with a secret that nobody has seen before."""
    secret = new_secret(kind)
    is_open = await connection.fetchval(
        "SELECT open_session($1, $2, $3, $4, $5, $6, $7)",
        *(identifier or new_id(), hash_of(secret), kind, account_id),
        *(chosen.member_id, chosen.territory_id, expires_at),
    )
    if not is_open:
        raise Refused("sign_in.not_a_member")
    return Opened(secret, expires_at, chosen)


def choose(memberships: Sequence[Membership], organisation: str | None, territory: str | None) -> Membership:
    """Return the membership that is meant; without a name, the only one. Raises `Refused`."""
    if not memberships:
        raise Refused("sign_in.no_organisation")
    for membership in memberships:
        if organisation in (None, membership.organisation_slug) and territory in (None, membership.territory_slug):
            return membership
    raise Refused("sign_in.not_a_member")


def preferred(memberships: Sequence[Membership], member_id: UUID | None) -> Membership:
    """Return the membership with this id, or else the first: there has to be one."""
    return next((one for one in memberships if one.member_id == member_id), memberships[0])


def written(email: str) -> str:
    """Return the address as accounts have it; one that no account can have becomes empty."""
    email = email.strip().lower()
    return "" if len(email) > LONGEST_EMAIL or "\x00" in email else email
