"""Every verb that a role may be allowed, as `noun.verb`, with a bit that never changes."""

from collections.abc import Iterable
from enum import StrEnum


class Action(StrEnum):
    """What `Actor.require` asks for. A new action also needs its bit below and the roles that have it."""

    ACCESS_LOG_READ = "access_log.read"
    AUTHORISATION_GIVE = "authorisation.give"
    AUTHORISATION_WITHDRAW = "authorisation.withdraw"
    CASE_CLOSE = "case.close"
    CASE_OPEN = "case.open"
    CASE_READ = "case.read"
    CASE_UPDATE = "case.update"
    JOINT_INTERVENTION_ANSWER = "joint_intervention.answer"
    JOINT_INTERVENTION_CLOSE = "joint_intervention.close"
    JOINT_INTERVENTION_PROPOSE = "joint_intervention.propose"
    MEMBER_MANAGE = "member.manage"
    ORGANISATION_MANAGE = "organisation.manage"
    ORGANISATION_READ = "organisation.read"
    PACT_LOAD = "pact.load"
    PACT_READ = "pact.read"


BITS: dict[Action, int] = {
    Action.CASE_OPEN: 0,
    Action.CASE_READ: 1,
    Action.CASE_UPDATE: 2,
    Action.CASE_CLOSE: 3,
    Action.AUTHORISATION_GIVE: 4,
    Action.AUTHORISATION_WITHDRAW: 5,
    Action.JOINT_INTERVENTION_PROPOSE: 6,
    Action.JOINT_INTERVENTION_ANSWER: 7,
    Action.JOINT_INTERVENTION_CLOSE: 8,
    Action.ACCESS_LOG_READ: 9,
    Action.PACT_READ: 10,
    Action.PACT_LOAD: 11,
    Action.MEMBER_MANAGE: 12,
    Action.ORGANISATION_READ: 13,
    Action.ORGANISATION_MANAGE: 14,
}


def action_mask(actions: Iterable[Action]) -> int:
    """Return the union of the bits of these actions."""
    mask = 0
    for action in actions:
        mask |= 1 << BITS[action]
    return mask
