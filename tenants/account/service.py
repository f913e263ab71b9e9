"""The verbs of one's own account. The database takes the account from the credential, never from an argument."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from authz.actor import Actor
from infra.database import apart, connection
from infra.errors import Invalid, NotFound, Problem, ProblemCode, Unauthenticated
from tenants.account.weakness import strong
from tenants.checks import Findings, one_of
from tenants.members.passwords import hashed, is_right
from tenants.members.secrets import hash_of, new_secret
from tenants.members.service import LONGEST_PASSWORD
from tenants.members.throttles import Throttles, count_attempt, forget_failures

LANGUAGES = ("it", "en")


@dataclass(frozen=True)
class Present:
    """The session that a change is asked in: whose it is, and from where."""

    session_id: UUID
    email: str
    display_name: str
    network_address: str


@dataclass(frozen=True)
class Renewed:
    """The present session under a new secret, which exists here and with the caller, and nowhere else."""

    secret: str
    expires_at: datetime


async def change_password(present: Present, current: str, new: str) -> Renewed:
    """Set a new password, end every other session, and go on in this one under a new secret.

    Raises `Invalid`, or `TooManyAttempts` where passwords were guessed.
    """
    found = Findings()
    found.require(lambda value: value or None, current, "current_password")
    found.require(strong(present.email, present.display_name), new, "new_password")
    if current and current == new:
        found.add(ProblemCode.TOO_OBVIOUS, "new_password", text="problem.password_the_same")
    found.settle()  # before the present password is looked at: what cannot be used anyway is no attempt
    old = await confirm_password(present, current, "current_password")
    secret = new_secret("cookie")
    expires_at = await connection().fetchval(
        "SELECT change_password($1, $2, $3, $4)", present.session_id, old, await hashed(new), hash_of(secret)
    )
    if expires_at is None:  # somebody was first, and has ended this session too
        raise Unauthenticated
    return Renewed(secret, expires_at)


async def confirm_password(present: Present, password: str, path: str) -> str:
    """Return the hash of the present password if this is it; a wrong one counts like one at sign-in.

    Raises `Invalid` or `TooManyAttempts`.
    """
    throttles = Throttles.of(present.email, present.network_address)
    # What a guess costs is kept even if the rest of the operation fails, and is taken back.
    await apart(lambda: count_attempt(throttles))
    account = await connection().fetchrow("SELECT * FROM account_for_sign_in($1)", present.email)
    stored: str | None = account["password_hash"] if account and len(password) <= LONGEST_PASSWORD else None
    if not await is_right(password if stored else "", stored) or stored is None:
        raise Invalid([Problem(ProblemCode.WRONG_PASSWORD, (path,))])
    await forget_failures(connection(), throttles)
    return stored


async def end_session(_actor: Actor, session_id: UUID) -> None:
    """End one of my open sessions. Raises `NotFound`, for anybody else's as for one that is not there."""
    if not await connection().fetchval("SELECT end_session($1)", session_id):
        raise NotFound


async def end_other_sessions(_actor: Actor, kept: UUID) -> None:
    """End every session and token of mine but this one."""
    await connection().execute("SELECT end_other_sessions($1)", kept)


async def set_language(_actor: Actor, language: str) -> str:
    """Be spoken to in this language from now on. Raises `Invalid`."""
    found = Findings()
    chosen: str = found.require(one_of(LANGUAGES), language, "language")
    found.settle()
    await connection().execute("SELECT set_language($1)", chosen)
    return chosen
