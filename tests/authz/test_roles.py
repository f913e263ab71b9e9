"""What each role may do and see, written out."""

from uuid import uuid4

import pytest

from authz.actions import BITS, Action, action_mask
from authz.actor import Actor
from authz.fields import ALL_FIELDS, FIELDS, JUDICIAL, SENSITIVE, Sensitivity
from authz.kinds import OrganisationKind
from authz.roles import MASKS, Role
from infra.errors import Refused

ANYBODY = {"case.open", "case.read", "case.update", "organisation.read", "pact.read"}
WORKING = {*ANYBODY, "access_log.read"}
FOLLOWING = {
    *WORKING,
    "authorisation.give",
    "authorisation.withdraw",
    "case.close",
    "joint_intervention.answer",
    "joint_intervention.close",
    "joint_intervention.propose",
}
MAY = {
    Role.VOLUNTEER: ANYBODY,
    Role.OPERATOR: WORKING,
    Role.CASE_MANAGER: FOLLOWING,
    Role.COORDINATOR: {*FOLLOWING, "member.manage"},
    Role.TERRITORY_COORDINATOR: {
        "member.manage",
        "organisation.manage",
        "organisation.read",
        "pact.load",
        "pact.read",
    },
    Role.AUDITOR: {"access_log.read", "organisation.read", "pact.read"},
}


def actor(role: Role) -> Actor:
    ids = [uuid4() for _ in range(4)]
    return Actor(*ids, "caritas-empoli", OrganisationKind.CARITAS, is_lead=False, role=role, language="it")


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("action", Action)
def test_role_may_do_its_verbs_and_no_other(role: Role, action: Action) -> None:
    member = actor(role)
    if action in MAY[role]:
        member.require(action)
        assert member.may(action)
        return
    assert not member.may(action)
    with pytest.raises(Refused) as refusal:
        member.require(action)
    assert refusal.value.extensions() == {"code": "FORBIDDEN", "action": str(action)}


def test_field_masks_of_roles() -> None:
    common = sum(field.mask for field in FIELDS if field.sensitivity is Sensitivity.COMMON)
    assert {role: (MASKS[role].read, MASKS[role].write) for role in Role} == {
        Role.VOLUNTEER: (ALL_FIELDS & ~SENSITIVE, common),
        Role.OPERATOR: (ALL_FIELDS & ~JUDICIAL, ALL_FIELDS & ~SENSITIVE),
        Role.CASE_MANAGER: (ALL_FIELDS, ALL_FIELDS),
        Role.COORDINATOR: (ALL_FIELDS, ALL_FIELDS),
        Role.TERRITORY_COORDINATOR: (0, 0),
        Role.AUDITOR: (0, 0),
    }


def test_every_action_has_a_bit_of_its_own() -> None:
    assert set(BITS) == set(Action)
    assert len(set(BITS.values())) == len(Action)
    assert action_mask([]) == 0
