"""Changing and ending memberships: one change of an organisation at a time, and never its last coordinator."""

from dataclasses import dataclass
from uuid import UUID

from authz.actions import Action
from authz.actor import Actor
from infra.database import connection
from infra.errors import NotFound, ProblemCode, Refused
from tenants.checks import Findings
from tenants.members.roles import given_by, is_rise, manages, role_given_by

CLAIM = "SELECT * FROM claim_member($1)"
SET_ROLE = "SELECT set_member_role($1, $2)"
END = "SELECT end_membership($1)"


@dataclass(frozen=True)
class Claimed:
    """A member whom nobody else changes until the transaction ends."""

    role: str
    manages: bool
    """Whether whoever asks still manages members, now that everybody before them is done."""
    is_last: bool


async def change_member_role(actor: Actor, member_id: UUID, role: str) -> UUID:
    """Make a member of mine something else, from their next request on."""
    held = await _claim(member_id)
    actor.require(Action.MEMBER_MANAGE)
    _demand_power(actor, held)
    findings = Findings()
    given = findings.require(role_given_by(actor), role, "role")
    if given is not None:
        if member_id == actor.member_id and is_rise(held.role, given):
            findings.add(ProblemCode.WRONG_STATE, "role", text="problem.own_role")
        if held.is_last and not manages(given):
            findings.add(ProblemCode.WRONG_STATE, "role", text="problem.last_coordinator")
    findings.settle()
    await _done(SET_ROLE, member_id, given)
    return member_id


async def remove_member(actor: Actor, member_id: UUID) -> UUID:
    """End a membership: whoever is signed in by it is out at once."""
    held = await _claim(member_id)
    actor.require(Action.MEMBER_MANAGE)
    _demand_power(actor, held)
    findings = Findings()
    if held.is_last:
        findings.add(ProblemCode.WRONG_STATE, "member_id", text="problem.last_coordinator")
    findings.settle()
    await _done(END, member_id)
    return member_id


async def _claim(member_id: UUID) -> Claimed:
    found = await connection().fetchrow(CLAIM, member_id)
    if found is None:
        raise NotFound
    return Claimed(**found)


def _demand_power(actor: Actor, held: Claimed) -> None:
    """Go on only if the actor may take away what the member is."""
    if not held.manages or held.role not in given_by(actor.role, is_lead=actor.is_lead):
        raise Refused(action=Action.MEMBER_MANAGE.value)


async def _done(statement: str, *values: object) -> None:
    """Have the database do it; what it refuses was decided otherwise meanwhile."""
    if not await connection().fetchval(statement, *values):
        raise Refused(action=Action.MEMBER_MANAGE.value)
