"""Every verb that a role may be allowed, as `noun.verb`, with a bit that never changes."""

from collections.abc import Iterable

from infra.explained import Explained


class Action(Explained):
    """What `Actor.require` asks for. A new action also needs its bit below and the roles that have it."""

    ACCESS_LOG_READ = "access_log.read", "See who read a case of my organisation."
    AUTHORISATION_GIVE = "authorisation.give", "Record a person's consent, or a public task."
    AUTHORISATION_WITHDRAW = "authorisation.withdraw", "Take one back; what was shared by it is seen no more."
    CASE_CLOSE = "case.close", "Close a case of my organisation."
    CASE_OPEN = "case.open", "Open a case, which my organisation then holds."
    CASE_READ = "case.read", "See cases, each as far as pact, consent and offer allow."
    CASE_UPDATE = "case.update", "Write what of a case I may write."
    JOINT_INTERVENTION_ANSWER = "joint_intervention.answer", "Accept or decline joint work for my organisation."
    JOINT_INTERVENTION_CLOSE = "joint_intervention.close", "End joint work on a case of my organisation."
    JOINT_INTERVENTION_PROPOSE = "joint_intervention.propose", "Invite others to work on a case of my organisation."
    MEMBER_MANAGE = "member.manage", "Invite, change and remove members of my organisation."
    ORGANISATION_MANAGE = "organisation.manage", "Keep the list of organisations of the territory."
    ORGANISATION_READ = "organisation.read", "See the organisations of the territory."
    PACT_LOAD = "pact.load", "Load a version of the pact."
    PACT_READ = "pact.read", "See its versions, clauses and parties."


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
