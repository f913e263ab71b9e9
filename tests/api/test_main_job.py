"""The main job: a Caritas opens a case, a cooperative sees what the pact lets it see, and loses it with the consent."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

from infra.clock import today
from tests.conftest import Ask

OPEN = """
mutation Open($input: OpenCaseInput!) {
  openCase(input: $input) { case { id number version } problems { code path message } }
}"""
CONTACTS = """
mutation Contacts($input: UpdateContactsInput!) {
  updateContacts(input: $input) { case { version } problems { code path message } }
}"""
WORK = """
mutation Work($input: UpdateWorkInput!) {
  updateWork(input: $input) { case { version work { profile } } problems { code path message } }
}"""
ECONOMIC = """
mutation Economic($input: UpdateEconomicInput!) {
  updateEconomic(input: $input) { case { version } problems { code path message } }
}"""
HEALTH = """
mutation Health($input: UpdateHealthInput!) {
  updateHealth(input: $input) { case { version } problems { code path message } }
}"""
CONSENT = """
mutation Consent($input: GiveAuthorisationInput!) {
  giveAuthorisation(input: $input) { authorisation { id until } problems { code path message } }
}"""
PROPOSE = """
mutation Propose($input: ProposeJointInterventionInput!) {
  proposeJointIntervention(input: $input) { jointIntervention { id status } problems { code path message } }
}"""
ACCEPT = """
mutation Accept($id: ID!) {
  acceptJointIntervention(input: {jointInterventionId: $id}) {
    jointIntervention { status } problems { code path message }
  }
}"""
READ = """
query Read($id: ID!) {
  case(id: $id) {
    number status holder { slug }
    person { identity { givenName familyName bornOn } contacts { phone } }
    work { profile }
    economic { iseeValue }
    health { conditions }
    disclosure { field state reason clause { number title } until }
  }
}"""
WITHDRAW = """
mutation Withdraw($id: ID!, $reason: String!) {
  withdrawAuthorisation(input: {authorisationId: $id, reason: $reason}) {
    authorisation { withdrawnAt } problems { code path message }
  }
}"""
MINE = """
query Mine {
  cases(first: 25, orderBy: OPENED_ON_DESC) {
    edges { node { id number holder { slug } } } pageInfo { hasNextPage endCursor } totalCount
  }
}"""
LOG = """
query Log($id: ID!) {
  accessLog(caseId: $id) { nodes { organisation { slug } fields purpose clause { number title } } }
}"""


@dataclass
class Job:
    """What one run of the job has come to so far."""

    ask: Ask
    case: str = ""
    number: str = ""
    joint_intervention: str = ""
    authorisation: str = ""
    until: date = field(default_factory=lambda: today().replace(year=today().year + 1, day=1))

    async def do(self, who: str, mutation: str, variables: Any, name: str) -> dict[str, Any]:
        """Run one mutation that has to succeed, and return its payload."""
        body = await self.ask(who, mutation, variables)
        assert "errors" not in body, body
        payload: dict[str, Any] = body["data"][name]
        assert payload["problems"] == []
        return payload


async def open_and_write(job: Job) -> None:
    """Step 1: anna opens a case and writes it."""
    person = {
        "givenName": "Amina",
        "familyName": "Prova",
        "bornOn": "1990-05-07",
        "sex": "F",
        "identityCode": None,
    }
    opened = await job.do("anna", OPEN, {"input": {"person": person, "municipality": "048014"}}, "openCase")
    assert opened["case"]["version"] == 1
    job.case, job.number = opened["case"]["id"], opened["case"]["number"]
    at = {"caseId": job.case}
    contacts = {**at, "expectedVersion": 1, "phone": "055 123456", "email": None, "address": "Via Roma 1"}
    assert (await job.do("anna", CONTACTS, {"input": contacts}, "updateContacts"))["case"] == {"version": 2}
    work = {**at, "expectedVersion": 2, "profile": "magazziniera, patente B, mattina", "history": None}
    assert (await job.do("anna", WORK, {"input": work}, "updateWork"))["case"] == {
        "version": 3,
        "work": {"profile": "magazziniera, patente B, mattina"},
    }
    economic = {**at, "expectedVersion": 3, "iseeValue": "4210.55"}
    assert (await job.do("anna", ECONOMIC, {"input": economic}, "updateEconomic"))["case"] == {"version": 4}
    health = {**at, "expectedVersion": 4, "conditions": "asma"}
    assert (await job.do("anna", HEALTH, {"input": health}, "updateHealth"))["case"] == {"version": 5}


async def consent_and_propose(job: Job) -> None:
    """Step 2: anna records the consent and proposes the joint intervention."""
    consent = {
        "caseId": job.case,
        "basis": "CONSENT",
        "purposes": ["TRAINEESHIP"],
        "kinds": ["SOCIAL_COOPERATIVE_B"],
        "fields": ["identity", "contacts", "work", "education", "plan", "interventions"],
        "until": job.until.isoformat(),
    }
    given = (await job.do("anna", CONSENT, {"input": consent}, "giveAuthorisation"))["authorisation"]
    assert given["until"] == job.until.isoformat()
    job.authorisation = given["id"]
    proposal = {
        "caseId": job.case,
        "purpose": "TRAINEESHIP",
        "partners": ["cooperativa-il-ponte"],
        "fields": ["identity", "contacts", "work", "economic"],
        "message": "Tirocinio in magazzino?",
    }
    proposed = (await job.do("anna", PROPOSE, {"input": proposal}, "proposeJointIntervention"))["jointIntervention"]
    assert proposed["status"] == "PROPOSED"
    job.joint_intervention = proposed["id"]


async def accept(job: Job) -> None:
    """Step 3: giulia accepts."""
    accepted = await job.do("giulia", ACCEPT, {"id": job.joint_intervention}, "acceptJointIntervention")
    assert accepted["jointIntervention"] == {"status": "ACCEPTED"}


async def refusal(ask: Ask, who: str, case: str) -> dict[str, Any]:
    """Return the answer to a read that finds nothing, without what differs between any two requests."""
    body = await ask(who, READ, {"id": case})
    assert len(body["errors"]) == 1
    del body["errors"][0]["extensions"]["requestId"]
    return body


@pytest.fixture
async def job(ask: Ask) -> Job:
    """The job up to the acceptance."""
    job = Job(ask)
    await open_and_write(job)
    await consent_and_propose(job)
    return job


async def test_before_she_accepts_the_case_looks_absent(job: Job) -> None:
    nobodys = "case_01900000-0000-7000-8000-000000000000"
    hidden = await refusal(job.ask, "giulia", job.case)
    assert hidden["data"] == {"case": None}
    assert hidden["errors"][0]["extensions"]["code"] == "NOT_FOUND"
    assert hidden == await refusal(job.ask, "giulia", nobodys)
    assert hidden == await refusal(job.ask, "rosa", job.case)


async def test_she_sees_what_clause_consent_and_offer_allow_and_why(job: Job) -> None:
    await accept(job)
    case = (await job.ask("giulia", READ, {"id": job.case}))["data"]["case"]
    disclosure = {item["field"]: item for item in case.pop("disclosure")}
    assert case == {
        "number": job.number,
        "status": "LISTENING",
        "holder": {"slug": "caritas-empoli"},
        "person": {
            "identity": {"givenName": "Amina", "familyName": "Prova", "bornOn": "1990-05-07"},
            "contacts": {"phone": "+39055123456"},
        },
        "work": {"profile": "magazziniera, patente B, mattina"},
        "economic": None,
        "health": None,
    }
    clause = {"number": 5, "title": "Inserimento lavorativo"}
    for name in ("economic.isee_value", "health.conditions"):
        assert disclosure[name] == {
            "field": name,
            "state": "WITHHELD",
            "reason": "NOT_IN_PACT",
            "clause": None,
            "until": None,
        }
    work = disclosure["work.profile"]
    assert (work["state"], work["reason"], work["clause"]) == ("VALUE", "SHARED", clause)
    assert work["until"] <= job.until.isoformat()
    assert disclosure["work.history"]["state"] == "EMPTY"
    assert disclosure["education.level"] == {
        "field": "education.level",
        "state": "WITHHELD",
        "reason": "NOT_OFFERED",
        "clause": None,
        "until": None,
    }


async def test_the_holder_sees_the_read_in_the_access_log(job: Job) -> None:
    await accept(job)
    await job.ask("giulia", READ, {"id": job.case})
    entries = (await job.ask("anna", LOG, {"id": job.case}))["data"]["accessLog"]["nodes"]
    assert entries == [
        {
            "organisation": {"slug": "cooperativa-il-ponte"},
            "fields": ["identity.name", "identity.birth", "contacts.phone", "work.profile"],
            "purpose": "TRAINEESHIP",
            "clause": {"number": 5, "title": "Inserimento lavorativo"},
        }
    ]


async def test_a_volunteer_of_the_holder_does_not_see_health(job: Job) -> None:
    case = (await job.ask("piero", READ, {"id": job.case}))["data"]["case"]
    assert case["health"] is None
    assert case["economic"] == {"iseeValue": "4210.55"}
    reasons = {item["field"]: item["reason"] for item in case["disclosure"] if item["state"] == "WITHHELD"}
    assert reasons["health.conditions"] == "ROLE"


async def test_withdrawal_takes_the_case_away_at_once(job: Job) -> None:
    await accept(job)
    before = (await job.ask("giulia", MINE))["data"]["cases"]
    assert job.case in [edge["node"]["id"] for edge in before["edges"]]
    withdrawn = await job.do(
        "anna", WITHDRAW, {"id": job.authorisation, "reason": "Non vuole più"}, "withdrawAuthorisation"
    )
    assert withdrawn["authorisation"]["withdrawnAt"] is not None
    assert (await refusal(job.ask, "giulia", job.case))["errors"][0]["extensions"]["code"] == "NOT_FOUND"
    after = (await job.ask("giulia", MINE))["data"]["cases"]
    assert job.case not in [edge["node"]["id"] for edge in after["edges"]]
    assert after["totalCount"] == before["totalCount"] - 1
