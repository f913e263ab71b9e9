"""The verbs of invitations: somebody is asked to become a member, the question is taken back, or it is accepted.

Whether an address has an account is never told to whoever invites: it makes no difference to what is done here.
"""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from authz.actions import Action
from authz.actor import Actor
from infra.database import after_commit, connection
from infra.errors import NotFound, ProblemCode, Refused
from infra.queue import ring
from tenants.checks import Findings, personal_name
from tenants.members.addresses import address
from tenants.members.roles import role_given_by

LIFE = timedelta(days=7)
MOST_A_DAY = 50
"""How many an organisation sends in a day, those taken back included: nobody's mailbox is filled by it."""

INVITE = "SELECT * FROM invite_member($1, $2, $3, $4, $5)"
IS_THERE = "SELECT EXISTS (SELECT FROM managed_invitations() i WHERE i.id = $1 AND i.is_pending)"
WITHDRAW = "SELECT withdraw_invitation($1)"

REFUSALS: Mapping[str, tuple[ProblemCode, str]] = {
    "member": (ProblemCode.WRONG_STATE, "problem.already_member"),
    "pending": (ProblemCode.WRONG_STATE, "problem.already_invited"),
    "many": (ProblemCode.TOO_MANY, "problem.too_many_invitations"),
}


async def invite_member(actor: Actor, email: str, display_name: str, role: str) -> UUID:
    """Ask somebody to become a member; the worker makes the link when it sends it."""
    actor.require(Action.MEMBER_MANAGE)
    findings = Findings()
    given = (
        findings.require(address, email, "email"),
        findings.require(personal_name(200), display_name, "display_name"),
        findings.require(role_given_by(actor), role, "role"),
    )
    findings.settle()
    made = await connection().fetchrow(INVITE, *given, LIFE, MOST_A_DAY)
    if made["refused"] == "forbidden":
        raise Refused(action=Action.MEMBER_MANAGE.value)
    if made["refused"] is not None:
        code, text = REFUSALS[made["refused"]]
        findings.add(code, "email", text=text)
        findings.settle()
    after_commit(ring)
    invitation_id: UUID = made["invitation_id"]
    return invitation_id


async def withdraw_invitation(actor: Actor, invitation_id: UUID) -> UUID:
    """Take it back: the link leads nowhere from now on. Raises `NotFound` for one that is no longer open."""
    if not await connection().fetchval(IS_THERE, invitation_id):
        raise NotFound
    actor.require(Action.MEMBER_MANAGE)
    if not await connection().fetchval(WITHDRAW, invitation_id):
        raise NotFound
    return invitation_id
