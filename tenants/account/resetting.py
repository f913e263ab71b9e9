"""A forgotten password: a link by mail, which works once, and the verbs of who helps a colleague.

Whether an address has an account is told to nobody: what is asked is written down for any, and looked at by the worker
that sends the mail. Whoever helps never sees the link, nor learns what becomes of it.
"""

from dataclasses import dataclass
from uuid import UUID

from authz.actions import Action
from authz.actor import Actor
from infra.database import apart, connection, transaction
from infra.errors import NotFound, ProblemCode, Refused
from tenants.account.weakness import strong
from tenants.checks import Findings
from tenants.members.lookup import is_colleague
from tenants.members.noting import SignInEvent, note
from tenants.members.passwords import INSIDE
from tenants.members.secrets import hash_of
from tenants.members.service import written
from tenants.members.throttles import count_link, know_device, network_of

ASK = "SELECT ask_password_reset($1, $2)"
SEND = "SELECT send_password_reset($1)"
FIND = "SELECT * FROM reset_of_link($1)"
RESET = "SELECT reset_password($1, $2)"
IS_MEMBER = "SELECT email FROM managed_members() m WHERE m.id = $1 AND m.is_current"
ASK_FACTOR = "SELECT * FROM ask_factor_reset($1)"
CONFIRM_FACTOR = "SELECT * FROM confirm_factor_reset($1)"
WHY_NOT = {
    "asked": "problem.factor_reset_asked",
    "off": "problem.factor_reset_off",
    "own": "problem.factor_reset_own",
}


@dataclass(frozen=True)
class Forgotten:
    """Whose password a link sets anew."""

    email: str
    display_name: str


async def ask_link(email: str, network_address: str, language: str) -> None:
    """Have a link sent, if there is somebody with this address. Raises `TooManyAttempts`."""
    address = written(email)
    await count_link(address, network_address)
    async with transaction() as opened:
        await opened.execute(ASK, address, language)
    note(SignInEvent.LINK_ASKED, address, network_of(network_address))


async def find(link: str) -> Forgotten:
    """Return whose password the link sets anew; looking uses nothing up. Raises `NotFound`."""
    async with transaction() as opened:
        found = await opened.fetchrow(FIND, hash_of(link))
    if found is None:
        raise NotFound
    return Forgotten(**found)


async def reset(link: str, password: str, device: str) -> None:
    """Set a new password and end every session; a second factor is asked as before, at the next sign-in.

    The browser is known from now on: whoever guesses at the address keeps its person out no more.
    Raises `NotFound`, also for the second of two at once, or `Invalid`.
    """
    whose = await find(link)
    findings = Findings()
    chosen = findings.require(strong(whose.email, whose.display_name), password, "new_password")
    findings.settle()
    new_hash, proof = await INSIDE.hashed(chosen)
    async with transaction() as opened:
        account_id = await opened.fetchval(RESET, hash_of(link), new_hash)
        if account_id is None:
            raise NotFound
        await know_device(opened, account_id, proof, device)
    note(SignInEvent.PASSWORD_RESET, whose.email)


async def send_password_reset(actor: Actor, member_id: UUID) -> UUID:
    """Have a link sent to a member of mine. Raises `NotFound`, `Refused` or `TooManyAttempts`."""
    email = await _demand_member(actor, member_id)
    await apart(lambda: count_link(email, None))
    if not await connection().fetchval(SEND, member_id):
        raise NotFound
    note(SignInEvent.LINK_ASKED, email, by_a_colleague=True)
    return member_id


async def ask_factor_reset(actor: Actor, member_id: UUID) -> UUID:
    """Say that a member of mine has lost the second factor; it ends when somebody else confirms that."""
    email = await _demand_member(actor, member_id)
    made = await connection().fetchrow(ASK_FACTOR, member_id)
    findings = Findings()
    if made["refused"] in WHY_NOT:
        findings.add(ProblemCode.WRONG_STATE, "member_id", text=WHY_NOT[made["refused"]])
    findings.settle()
    if made["refused"] is not None:
        raise NotFound
    note(SignInEvent.FACTOR_RESET_ASKED, email)
    return member_id


async def confirm_factor_reset(actor: Actor, request_id: UUID) -> UUID:
    """End the second factor that somebody else says is lost. Raises `NotFound`, `Refused` or `Invalid`."""
    listed = "SELECT EXISTS (SELECT FROM factor_resets() q WHERE q.id = $1)"
    if not await connection().fetchval(listed, request_id):
        raise NotFound
    actor.require(Action.MEMBER_MANAGE)
    ended = await connection().fetchrow(CONFIRM_FACTOR, request_id)
    if ended["refused"] == "same":
        findings = Findings()
        findings.add(ProblemCode.WRONG_STATE, "request_id", text="problem.factor_reset_same")
        findings.settle()
    if ended["refused"] is not None:
        raise NotFound
    note(SignInEvent.FACTOR_ENDED, ended["email"])
    return actor.member_id


async def _demand_member(actor: Actor, member_id: UUID) -> str:
    """Return the address of a member of the actor's organisation, whom the actor may help."""
    if not await is_colleague(member_id):
        raise NotFound
    actor.require(Action.MEMBER_MANAGE)
    email: str | None = await connection().fetchval(IS_MEMBER, member_id)
    if email is None:
        raise Refused(action=Action.MEMBER_MANAGE.value)
    return email
