"""What each role may read, write and do; the verbs are Casbin's decisions, made once when this module is imported."""

from dataclasses import dataclass

from authz.actions import Action, action_mask
from authz.enforcer import build_enforcer, model_text
from authz.fields import ALL_FIELDS, COMMON, JUDICIAL, SENSITIVE
from infra.explained import Explained


class Role(Explained):
    """What a member is in their organisation; the last two oversee a territory and see no case."""

    VOLUNTEER = "volunteer", "Sees no special or judicial field, and writes common ones."
    OPERATOR = "operator", "Sees all but judicial fields, and writes what is not special."
    CASE_MANAGER = "case_manager", "Sees and writes all; gives authorisations and works with others."
    COORDINATOR = "coordinator", "The same, and manages the members of the organisation."
    TERRITORY_COORDINATOR = (
        "territory_coordinator",
        "Keeps organisations, pact and members of the lead body; sees no case.",
    )
    AUDITOR = "auditor", "Looks at the pact and at logs; sees no case."


@dataclass(frozen=True)
class RoleMasks:
    """Fields that a role may read and write, and verbs that it may do, as bits."""

    read: int
    write: int
    actions: int


FOLLOWS: dict[Role, Role] = {
    Role.OPERATOR: Role.VOLUNTEER,
    Role.CASE_MANAGER: Role.OPERATOR,
    Role.COORDINATOR: Role.CASE_MANAGER,
}
"""A role may do whatever the role that it follows may."""

LINES: dict[Role, tuple[Action, ...]] = {
    Role.VOLUNTEER: (
        Action.CASE_OPEN,
        Action.CASE_READ,
        Action.CASE_UPDATE,
        Action.ORGANISATION_READ,
        Action.PACT_READ,
    ),
    Role.OPERATOR: (Action.ACCESS_LOG_READ,),
    Role.CASE_MANAGER: (
        Action.AUTHORISATION_GIVE,
        Action.AUTHORISATION_WITHDRAW,
        Action.CASE_CLOSE,
        Action.JOINT_INTERVENTION_ANSWER,
        Action.JOINT_INTERVENTION_CLOSE,
        Action.JOINT_INTERVENTION_PROPOSE,
    ),
    Role.COORDINATOR: (Action.MEMBER_MANAGE,),
    Role.TERRITORY_COORDINATOR: (
        Action.MEMBER_MANAGE,
        Action.ORGANISATION_MANAGE,
        Action.ORGANISATION_READ,
        Action.PACT_LOAD,
        Action.PACT_READ,
    ),
    Role.AUDITOR: (Action.ACCESS_LOG_READ, Action.ORGANISATION_READ, Action.PACT_READ),
}

FIELD_MASKS: dict[Role, tuple[int, int]] = {
    Role.VOLUNTEER: (ALL_FIELDS & ~SENSITIVE, COMMON),
    Role.OPERATOR: (ALL_FIELDS & ~JUDICIAL, ALL_FIELDS & ~SENSITIVE),
    Role.CASE_MANAGER: (ALL_FIELDS, ALL_FIELDS),
    Role.COORDINATOR: (ALL_FIELDS, ALL_FIELDS),
    Role.TERRITORY_COORDINATOR: (0, 0),
    Role.AUDITOR: (0, 0),
}
"""Readable and writable fields; a mask of zero hides cases altogether."""


def _decide() -> dict[Role, RoleMasks]:
    enforcer = build_enforcer(
        model_text("roles.conf"),
        rules=[(role, action, "allow") for role, actions in LINES.items() for action in actions],
        links=list(FOLLOWS.items()),
    )
    return {
        role: RoleMasks(
            *FIELD_MASKS[role],
            actions=action_mask(action for action in Action if enforcer.enforce(str(role), str(action))),
        )
        for role in Role
    }


MASKS: dict[Role, RoleMasks] = _decide()
