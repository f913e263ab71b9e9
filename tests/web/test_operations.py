"""The operations of the pages: every one is valid, affordable, and answers or refuses every role on purpose."""

from typing import Any

import pytest

from api.documents import demand_affordable, prepare
from tests.conftest import CAST
from tests.conftest import Ask as Asking
from web.ask import document, operations
from web.groups import GROUPS

REFUSALS = {"NOT_FOUND", "FORBIDDEN"}
ABSENT = "case_01890000-0000-7000-8000-000000000000"
INCLUDED: dict[str, Any] = {**{group.include: True for group in GROUPS.values()}, "needs": True}
OF_CASE = {"id": ABSENT}
ONE = {
    "case": OF_CASE,
    "case_group": {**OF_CASE, **INCLUDED},
    "consent": OF_CASE,
    "case_status": OF_CASE,
    "proposal": OF_CASE,
    "access_log": OF_CASE,
    "authorisation": {"id": ABSENT.replace("case", "authorisation")},
    "joint_intervention": {"id": ABSENT.replace("case", "joint")},
    "attachable": {"id": ABSENT.replace("case", "joint")},
    "sharing_if_attached": {
        "work": ABSENT.replace("case", "joint-intervention"),
        "authorisation": ABSENT.replace("case", "authorisation"),
    },
    "sharing_if_proposed": {"case": ABSENT, "purpose": "HIRE", "partners": [], "fields": []},
    "today": {"cases": True},
    "notifications": {"first": 1},
    "member": {"id": ABSENT.replace("case", "member")},
}
WORK = {"jointInterventionId": ABSENT.replace("case", "joint"), "reason": "x"}
CHANGES = {
    "open_case": {"person": {}},
    "change_case_status": {"caseId": ABSENT, "status": "SUSPENDED"},
    "give_authorisation": {"caseId": ABSENT, "basis": "CONSENT", "purposes": [], "fields": [], "until": "2030-01-01"},
    "withdraw_authorisation": {"authorisationId": ABSENT.replace("case", "authorisation"), "reason": "x"},
    "propose_joint_intervention": {"caseId": ABSENT, "purpose": "HIRE", "partners": [], "fields": []},
    "attach_authorisation": {
        "jointInterventionId": WORK["jointInterventionId"],
        "authorisationId": ABSENT.replace("case", "authorisation"),
    },
    "accept_joint_intervention": {"jointInterventionId": WORK["jointInterventionId"]},
    "decline_joint_intervention": {**WORK, "reason": "OTHER"},
    "close_joint_intervention": {**WORK, "reason": "OTHER"},
    "change_password": {"currentPassword": "", "newPassword": ""},
    "start_second_factor": {"currentPassword": ""},
    "confirm_second_factor": {"code": ""},
    "end_second_factor": {"currentPassword": "", "code": ""},
    "end_session": {"sessionId": ABSENT.replace("case", "session")},
    "set_language": {"language": "xx"},
    "invite_member": {"email": "", "displayName": "", "role": "VOLUNTEER"},
    "withdraw_invitation": {"invitationId": ABSENT.replace("case", "invitation")},
    "change_member_role": {"memberId": ABSENT.replace("case", "member"), "role": "OPERATOR"},
    "remove_member": {"memberId": ABSENT.replace("case", "member")},
    "send_password_reset": {"memberId": ABSENT.replace("case", "member")},
    "ask_factor_reset": {"memberId": ABSENT.replace("case", "member")},
    "confirm_factor_reset": {"requestId": ABSENT.replace("case", "factorreset")},
    "mark_notifications_read": {"notificationIds": [ABSENT.replace("case", "notification")]},
    "mark_proposal_read": {"jointInterventionId": WORK["jointInterventionId"]},
    "set_news_by_mail": {"wanted": True},
}


def variables(operation: str) -> dict[str, Any]:
    """Return what an operation is asked with: of nothing that is there, so that nothing changes."""
    if operation.startswith("update_"):
        return {"input": {"caseId": ABSENT, "expectedVersion": 1}}
    if operation in CHANGES:
        return {"input": CHANGES[operation]}
    return ONE.get(operation, {})


@pytest.mark.parametrize("operation", operations())
def test_every_operation_is_valid_and_affordable(operation: str) -> None:
    assert prepare(document(operation)).errors == ()
    demand_affordable(document(operation), None, variables(operation))


@pytest.mark.parametrize("operation", operations())
async def test_every_operation_is_answered_or_refused_on_purpose(ask: Asking, operation: str) -> None:
    for who in CAST:
        body = await ask(who, document(operation), variables(operation))
        codes = {error["extensions"]["code"] for error in body.get("errors", ())}
        assert codes <= REFUSALS, (who, body)
        if not codes and operation in CHANGES:
            (payload,) = body["data"].values()
            assert payload["problems"] != [], "nothing is there, so nothing can have been done"
