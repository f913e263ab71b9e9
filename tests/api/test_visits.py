"""What the holder is told of whoever read a case or asked for it in vain, and a partner of what is hidden."""

from typing import Any

import pytest

from tests.api.test_main_job import ACCEPT, Job, consent_and_propose, open_and_write
from tests.conftest import Ask

LINES = """query ($id: ID!) { accessLog(caseId: $id) { totalCount nodes {
  id kind at lastAt requests readerName readerRole organisation { slug } fields purpose purposes clause { number }
} } }"""


async def test_the_holder_is_told_of_visits_and_of_who_made_them(ask: Ask, token: Any) -> None:
    job = Job(ask)
    await open_and_write(job)
    await consent_and_propose(job)
    await ask("giulia", ACCEPT, {"id": job.joint_intervention})
    for field in ("identity { givenName }", "contacts { phone }", "identity { bornOn }"):
        await ask("giulia", f"query ($id: ID!) {{ case(id: $id) {{ person {{ {field} }} }} }}", {"id": job.case})
    await ask("giulia", "{ cases(first: 3) { nodes { work { profile } } } }")
    told = (await ask("anna", LINES, {"id": job.case}))["data"]["accessLog"]
    assert told["totalCount"] == len(told["nodes"]) == 2
    listed, opened = told["nodes"]
    assert (listed["kind"], listed["requests"], listed["fields"]) == ("LISTED", 1, ["work.profile"])
    assert (opened["kind"], opened["requests"]) == ("OPENED", 3)
    assert opened["fields"] == ["identity.name", "identity.birth", "contacts.phone"]
    assert opened["at"] < opened["lastAt"] < listed["at"] == listed["lastAt"]
    for line in (listed, opened):
        assert (line["readerName"], line["readerRole"]) == ("Giulia Fontechiara", "CASE_MANAGER")
        assert (line["organisation"]["slug"], line["purpose"], line["clause"]["number"]) == (
            *("cooperativa-il-ponte", "TRAINEESHIP", 5),
        )
        assert line["purposes"] == ["TRAINEESHIP"]
    node = "query ($id: ID!) { node(id: $id) { ... on AccessLogEntry { kind requests } } }"
    assert (await ask("anna", node, {"id": opened["id"]}))["data"]["node"] == {"kind": "OPENED", "requests": 3}


async def test_to_read_the_words_of_a_proposal_is_to_read_of_the_case(ask: Ask) -> None:
    """What tells something of a case is logged in whatever table it lies, and not shown to whoever has no ground."""
    job = Job(ask)
    await open_and_write(job)
    await consent_and_propose(job)
    words = "query ($id: ID!) { node(id: $id) { ... on JointIntervention { message } } }"
    before = await ask("giulia", words, {"id": job.joint_intervention})
    assert before["data"]["node"] == {"message": None}
    assert (await ask("anna", LINES, {"id": job.case}))["data"]["accessLog"]["nodes"] == []
    await ask("giulia", ACCEPT, {"id": job.joint_intervention})
    await ask("giulia", words, {"id": job.joint_intervention})
    (line,) = (await ask("anna", LINES, {"id": job.case}))["data"]["accessLog"]["nodes"]
    assert (line["kind"], line["requests"], line["readerName"]) == ("OPENED", 1, "Giulia Fontechiara")


ABSENT = "01900000-0000-7000-8000-000000000000"
IN_VAIN = {
    "case": "query ($id: ID!) { case(id: $id) { number } }",
    "node": "query ($id: ID!) { node(id: $id) { id } }",
    "nodes": "query ($id: ID!) { nodes(ids: [$id]) { id } }",
    "its log": "query ($id: ID!) { accessLog(caseId: $id) { totalCount } }",
    "a change": "mutation ($id: ID!) { updateWork(input: {caseId: $id, expectedVersion: 1}) { problems { code } } }",
}


@pytest.mark.parametrize("way", IN_VAIN)
async def test_who_asks_in_vain_is_told_nothing_and_the_holder_is_told_of_them(ask: Ask, way: str) -> None:
    job = Job(ask)
    await open_and_write(job)
    answers = []
    for id_ in (f"case_{ABSENT}", job.case, job.case):
        body = await ask("rosa", IN_VAIN[way], {"id": id_})
        for error in body.get("errors", []):
            error["extensions"].pop("requestId")
        answers.append(body)
    assert answers[0] == answers[1] == answers[2]
    (line,) = (await ask("anna", LINES, {"id": job.case}))["data"]["accessLog"]["nodes"]
    assert (line["kind"], line["fields"], line["purpose"], line["clause"]) == ("REFUSED", [], None, None)
    assert (line["organisation"]["slug"], line["requests"]) == ("caritas-fucecchio", 1)
    assert line["readerName"].startswith("Rosa")


async def test_joint_work_that_is_anothers_is_asked_for_in_vain_too(ask: Ask) -> None:
    job = Job(ask)
    await open_and_write(job)
    await consent_and_propose(job)
    await ask("giulia", IN_VAIN["node"], {"id": job.joint_intervention})
    assert (await ask("anna", LINES, {"id": job.case}))["data"]["accessLog"]["nodes"] == []
    await ask("rosa", IN_VAIN["node"], {"id": job.joint_intervention})
    (line,) = (await ask("anna", LINES, {"id": job.case}))["data"]["accessLog"]["nodes"]
    assert line["kind"] == "REFUSED"


ADDRESS = """query ($id: ID!) { case(id: $id) {
  person { contacts { phone address addressProtected } } viewerCan { writeFields }
  disclosure { field state reason until clause { number } } jointInterventions { nodes { fields } }
} }"""
WRITE = """mutation ($id: ID!, $version: Int!, $address: String, $protected: Boolean!) { updateContacts(input: {
  caseId: $id, expectedVersion: $version, address: $address, addressProtected: $protected
}) { case { version } problems { code } } }"""


async def test_a_protected_address_is_to_a_partner_one_that_nobody_wrote(ask: Ask) -> None:
    """Offered, in the pact and consented to: whatever the partner compares agrees with an address that is not there."""
    answers = {}
    for protected in (False, True):
        job = Job(ask)
        await open_and_write(job)
        await consent_and_propose(job)
        await ask("giulia", ACCEPT, {"id": job.joint_intervention})
        version = (await ask("anna", "query ($id: ID!) { case(id: $id) { version } }", {"id": job.case}))["data"][
            "case"
        ]
        given = {"id": job.case, **version, "address": "Via Roma 1" if protected else None, "protected": protected}
        assert (await ask("anna", WRITE, given))["data"]["updateContacts"]["problems"] == []
        answers[protected] = await ask("giulia", ADDRESS, {"id": job.case})
        (line,) = (await ask("anna", LINES, {"id": job.case}))["data"]["accessLog"]["nodes"]
        assert ("contacts.address" in line["fields"]) == (not protected)
        own = (await ask("anna", ADDRESS, {"id": job.case}))["data"]["case"]
        assert own["person"]["contacts"]["addressProtected"] is protected
        refused = await ask("giulia", WRITE, {**given, "protected": False, "address": "Via Po 2"})
        refused["errors"][0]["extensions"].pop("requestId")
        answers[protected] = (answers[protected], refused)
    assert answers[False] == answers[True]
    case = answers[True][0]["data"]["case"]
    (told,) = [entry for entry in case["disclosure"] if entry["field"] == "contacts.address"]
    assert (told["state"], told["reason"]) == ("EMPTY", "SHARED")
    assert "contacts.address" in case["jointInterventions"]["nodes"][0]["fields"]


async def test_an_address_that_is_written_down_protected_is_no_change_to_a_partner(ask: Ask) -> None:
    job = Job(ask)
    await open_and_write(job)
    await consent_and_propose(job)
    await ask("giulia", ACCEPT, {"id": job.joint_intervention})
    version = "query ($id: ID!) { case(id: $id) { version } }"
    first = (await ask("anna", version, {"id": job.case}))["data"]["case"]
    await ask("anna", WRITE, {"id": job.case, **first, "address": None, "protected": False})
    before = (await ask("giulia", version, {"id": job.case}))["data"]["case"]
    for address in ("Via Roma 1", "Via Po 2", None):
        held = (await ask("anna", version, {"id": job.case}))["data"]["case"]
        given = {"id": job.case, **held, "address": address, "protected": True}
        assert (await ask("anna", WRITE, given))["data"]["updateContacts"]["problems"] == []
        assert (await ask("anna", WRITE, given))["errors"][0]["extensions"]["code"] == "CONFLICT"
        assert (await ask("giulia", version, {"id": job.case}))["data"]["case"] == before
    for protected in (False, True):
        held = (await ask("anna", version, {"id": job.case}))["data"]["case"]
        before = (await ask("giulia", version, {"id": job.case}))["data"]["case"]
        await ask("anna", WRITE, {"id": job.case, **held, "address": "Via Roma 1", "protected": protected})
        assert (await ask("giulia", version, {"id": job.case}))["data"]["case"] != before


async def test_a_second_case_with_the_same_code_is_pointed_out_to_its_own_organisation(ask: Ask) -> None:
    given = '{caseId: $id, expectedVersion: 1, identityCode: "PRVNCL77A01Z330Q"}'
    code = f"mutation ($id: ID!) {{ updateIdentity(input: {given})"
    code += " { case { id possibleDuplicates { id number } } problems { code } } }"
    opened = 'mutation { openCase(input: {person: {familyName: "Prova"}}) { case { id number } } }'
    cases = []
    for who in ("anna", "anna", "rosa"):
        case = (await ask(who, opened))["data"]["openCase"]["case"]
        answer = (await ask(who, code, {"id": case["id"]}))["data"]["updateIdentity"]["case"]
        told = answer["possibleDuplicates"]
        cases.append((case, told))
    (first, none), (_, second), (_, of_rosa) = cases
    assert none == []
    assert second == [first]
    assert of_rosa == []
