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
from tenants.members.noting import SignInEvent, note
from tenants.members.passwords import INSIDE, new_recipe
from tenants.members.second_factor import use_code
from tenants.members.secrets import hash_of, new_secret
from tenants.members.service import LONGEST_PASSWORD, PROVE, RECIPE
from tenants.members.throttles import (
    Attempt,
    attempt_of,
    count_attempt,
    device_key,
    forget_failures,
    know_device,
    take_back,
)

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


@dataclass(frozen=True)
class Renewed:
    """The present session under a new secret, which exists here and with the caller, and nowhere else."""

    secret: str
    expires_at: datetime


@dataclass(frozen=True)
class Proved:
    """That the present password was right, and what the attempt was counted for."""

    proof: bytes
    has_factor: bool
    attempt: Attempt


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
    proved = await _demand_password(present, current)
    secret = new_secret("cookie")
    new_hash, new_proof = await INSIDE.hashed(new)
    expires_at = await connection().fetchval(
        "SELECT change_password($1, $2, $3, $4)", present.session_id, proved.proof, new_hash, hash_of(secret)
    )
    if expires_at is None:  # somebody was first, and has ended this session too
        raise Unauthenticated
    note(SignInEvent.PASSWORD_CHANGED, present.email)
    if proved.has_factor:
        await take_back(connection(), proved.attempt)  # no password makes up for guessed codes
    else:
        await forget_failures(connection(), proved.attempt)
    await know_device(connection(), present.account_id, new_proof, present.device)
    return Renewed(secret, expires_at)


async def start_second_factor(present: Present, current: str) -> str:
    """Begin an enrolment, or begin it anew, and return its secret as people type it.

    Raises `Invalid` or `TooManyAttempts`. The password is asked, since whoever finds a browser open must not be able
    to shut its owner out.
    """
    proved = await _demand_password(present, current)
    await forget_failures(connection(), proved.attempt)
    salt = codes.new_salt()
    if not await connection().fetchval("SELECT start_second_factor($1, $2)", proved.proof, salt):
        raise Invalid([Problem(ProblemCode.WRONG_STATE, ("current_password",), "problem.second_factor_is_on")])
    return codes.as_text(codes.secret_of(present.account_id, salt))


async def confirm_second_factor(present: Present, code: str) -> list[str]:
    """Ask codes from now on, end every other session, and return the recovery codes, which nobody sees again.

    Raises `Invalid` or `TooManyAttempts`.
    """
    attempt = await _counted(present)
    held = await connection().fetchrow("SELECT salt, is_on FROM second_factor_begun()")
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
    given = (present.session_id, held["salt"], step, hashes, device_key(present.device))
    if not await connection().fetchval("SELECT confirm_second_factor($1, $2, $3, $4, $5)", *given):
        raise Invalid([Problem(ProblemCode.WRONG_CODE, ("code",))])
    await forget_failures(connection(), attempt)
    note(SignInEvent.FACTOR_STARTED, present.email)
    return recovery


async def end_second_factor(present: Present, current: str, code: str) -> None:
    """Ask no code any more. Raises `Invalid` or `TooManyAttempts`."""
    proved = await _demand_password(present, current)
    if not await use_code(connection(), present.account_id, proved.proof, code):
        raise Invalid([Problem(ProblemCode.WRONG_CODE, ("code",))])
    await connection().execute("SELECT end_second_factor($1)", proved.proof)
    note(SignInEvent.FACTOR_ENDED, present.email)
    await forget_failures(connection(), proved.attempt)
    await know_device(connection(), present.account_id, proved.proof, present.device)


async def _demand_password(present: Present, password: str) -> Proved:
    """Return the proof of the present password if this is it; a wrong one counts like one at sign-in."""
    if not password:
        raise Invalid([Problem(ProblemCode.REQUIRED, ("current_password",))])
    with INSIDE.room():
        attempt = await _counted(present)
        recipe = await connection().fetchval(RECIPE, present.email) or new_recipe()
        is_short = len(password) <= LONGEST_PASSWORD
        proof = await INSIDE.proof(password if is_short else "", recipe)
        found = await connection().fetchrow(PROVE, present.email, proof) if is_short else None
    if found is None:
        raise Invalid([Problem(ProblemCode.WRONG_PASSWORD, ("current_password",))])
    return Proved(proof, found["has_factor"], attempt)


async def _counted(present: Present) -> Attempt:
    """Count a guess; it stays counted even if the rest of the operation fails, and is taken back."""

    async def count() -> Attempt:
        attempt = await attempt_of(present.email, present.network_address, present.device)
        await count_attempt(attempt)
        return attempt

    return await apart(count)


async def end_session(_actor: Actor, session_id: UUID) -> None:
    """End one of my open sessions. Raises `NotFound`, for anybody else's as for one that is not there."""
    if not await connection().fetchval("SELECT end_session($1)", session_id):
        raise NotFound


async def end_other_sessions(_actor: Actor, kept: UUID) -> None:
    """End every session and token of mine but this one."""
    await connection().execute("SELECT end_other_sessions($1)", kept)


async def set_news_by_mail(_actor: Actor, wanted: bool) -> None:
    """Be told by mail that something waits, once a day at most, or not."""
    await connection().execute("SELECT set_news_by_mail($1)", wanted)


async def set_language(_actor: Actor, language: str) -> str:
    """Be spoken to in this language from now on. Raises `Invalid`."""
    found = Findings()
    chosen: str = found.require(one_of(LANGUAGES), language, "language")
    found.settle()
    await connection().execute("SELECT set_language($1)", chosen)
    return chosen
