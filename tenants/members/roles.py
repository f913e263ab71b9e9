"""Who may make whom what: roles that a member may give and take, and what would be a rise."""

from authz.actions import Action, action_mask
from authz.actor import Actor
from authz.roles import MASKS, Role
from infra.errors import ProblemCode
from tenants.checks import Check, Wrong, one_of

OVERSEEING = (Role.TERRITORY_COORDINATOR, Role.AUDITOR)
"""They are given and taken by the coordinator of the territory, for the body that leads it."""


def given_by(role: Role, *, is_lead: bool) -> tuple[Role, ...]:
    """Return the roles that somebody in this role, of the lead body or not, may give and take."""
    if not manages(role):
        return ()
    oversees = role is Role.TERRITORY_COORDINATOR and is_lead
    return tuple(one for one in Role if oversees or one not in OVERSEEING)


def role_given_by(actor: Actor) -> Check:
    """Return the check of a role that the actor may give."""
    known = one_of(Role)

    def check(value: object) -> str:
        role: str = known(value)
        if role not in given_by(actor.role, is_lead=actor.is_lead):
            raise Wrong(ProblemCode.UNKNOWN_ITEM, "problem.role_not_yours")
        return role

    return check


def manages(role: str) -> bool:
    """Tell whether this role manages members."""
    return bool(MASKS[Role(role)].actions & action_mask([Action.MEMBER_MANAGE]))


def is_rise(before: str, after: str) -> bool:
    """Tell whether the later role reads, writes or does anything that the earlier one does not."""
    old, new = MASKS[Role(before)], MASKS[Role(after)]
    return bool(new.read & ~old.read | new.write & ~old.write | new.actions & ~old.actions)
