"""The verbs of one's own account. The database takes the account from the credential, never from an argument."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from authz.actor import Actor
from infra.clock import now
from infra.database import apart, connection
from infra.errors import Invalid, NotFound, Problem, ProblemCode, Unauthenticated
from tenants.account.weakness import strong
from tenants.checks import Findings, one_of
from tenants.members import codes
from tenants.members.passwords import hashed, is_right, room
from tenants.members.second_factor import has_second_factor, use_code
from tenants.members.secrets import hash_of, new_secret
from tenants.members.service import LONGEST_PASSWORD
from tenants.members.throttles import Throttles, count_attempt, forget_failures, remember_place

LANGUAGES = ("it", "en")


@dataclass(frozen=True)
class Present:
    """The session that a change is asked in: whose it is, and from where."""

    session_id: UUID
    account_id: UUID
    email: str
    display_name: str
    network_address: str
    device: str = ""
    """The mark of the browser: guesses of others do not keep its person from changing a password that they guess."""

    @property
    def throttles(self) -> Throttles:
        """Return where a guess counts: as one at sign-in from there does."""
        return Throttles.of(self.email, self.network_address, self.device)


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
    old = await _demand_password(present, current)
    secret = new_secret("cookie")
    expires_at = await connection().fetchval(
        "SELECT change_password($1, $2, $3, $4)", present.session_id, old, await hashed(new), hash_of(secret)
    )
    if expires_at is None:  # somebody was first, and has ended this session too
        raise Unauthenticated
    if await has_second_factor(connection(), present.account_id):
        await remember_place(connection(), present.throttles)  # no password makes up for guessed codes
    else:
        await _forget_failures(present)
    return Renewed(secret, expires_at)


async def start_second_factor(present: Present, current: str) -> str:
    """Begin an enrolment, or begin it anew, and return its secret as people type it.

    Raises `Invalid` or `TooManyAttempts`. The password is asked, since whoever finds a browser open must not be able
    to shut its owner out.
    """
    await _demand_password(present, current)
    await _forget_failures(present)
    salt = codes.new_salt()
    if not await connection().fetchval("SELECT start_second_factor($1)", salt):
        raise Invalid([Problem(ProblemCode.WRONG_STATE, ("current_password",), "problem.second_factor_is_on")])
    return codes.as_text(codes.secret_of(present.account_id, salt))


async def confirm_second_factor(present: Present, code: str) -> list[str]:
    """Ask codes from now on, end every other session, and return the recovery codes, which nobody sees again.

    Raises `Invalid` or `TooManyAttempts`.
    """
    await _count(present)
    held = await connection().fetchrow("SELECT salt, is_on FROM second_factor_of($1)", present.account_id)
    if held is None or held["is_on"]:
        text = "problem.second_factor_is_on" if held else "problem.second_factor_not_begun"
        raise Invalid([Problem(ProblemCode.WRONG_STATE, ("code",), text)])
    typed = codes.as_typed(code)
    secret = codes.secret_of(present.account_id, held["salt"])
    step = codes.matching_step(secret, typed, now()) if codes.is_by_time(typed) else None
    if step is None:
        raise Invalid([Problem(ProblemCode.WRONG_CODE, ("code",))])
    recovery = codes.new_recovery_codes()
    hashes = [codes.recovery_hash(present.account_id, one) for one in recovery]
    statement = "SELECT confirm_second_factor($1, $2, $3, $4)"
    if not await connection().fetchval(statement, present.session_id, held["salt"], step, hashes):
        raise Invalid([Problem(ProblemCode.WRONG_CODE, ("code",))])
    await _forget_failures(present)
    return recovery


async def end_second_factor(present: Present, current: str, code: str) -> None:
    """Ask no code any more. Raises `Invalid` or `TooManyAttempts`."""
    await _demand_password(present, current)
    if not await use_code(connection(), present.account_id, code):
        raise Invalid([Problem(ProblemCode.WRONG_CODE, ("code",))])
    await connection().execute("SELECT end_second_factor()")
    await _forget_failures(present)


async def _demand_password(present: Present, password: str) -> str:
    """Return the hash of the present password if this is it; a wrong one counts like one at sign-in."""
    if not password:
        raise Invalid([Problem(ProblemCode.REQUIRED, ("current_password",))])
    with room():
        await _count(present)
        account = await connection().fetchrow("SELECT * FROM account_for_sign_in($1)", present.email)
        stored: str | None = account["password_hash"] if account and len(password) <= LONGEST_PASSWORD else None
        right = await is_right(password if stored else "", stored)
    if not right or stored is None:
        raise Invalid([Problem(ProblemCode.WRONG_PASSWORD, ("current_password",))])
    return stored


async def _count(present: Present) -> None:
    """Count a guess; it stays counted even if the rest of the operation fails, and is taken back."""
    await apart(lambda: count_attempt(present.throttles))


async def _forget_failures(present: Present) -> None:
    await forget_failures(connection(), present.throttles)


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
