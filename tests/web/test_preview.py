"""The preview is the truth: what it says before is what the partner finds after accepting, field by field."""

from datetime import date
from typing import Any

import pytest

from infra.clock import today
from tests.api.test_main_job import ACCEPT, CONSENT, OPEN, PROPOSE
from tests.conftest import CAST, Ask
from web.ask import document
from web.pages.authorisations import SENSITIVE, USUAL
from web.preview import preview

DISCLOSED = "query($id: ID!) { case(id: $id) { disclosure { field state reason clause { number } until } } }"
FOR = [
    ("giulia", "TRAINEESHIP"),
    ("giulia", "HIRE"),
    ("giulia", "TABLE_DISCUSSION"),
    ("rosa", "LISTENING"),
    ("luca", "HEALTH_SOCIAL_PATHWAY"),
    ("marta", "MATERIAL_AID"),
    ("marta", "HOUSING"),
]
CONSENTED = [
    [*USUAL, *SENSITIVE],
    ["identity", "contacts", "work"],
    ["identity.initials", "needs.macro", "health.conditions"],
]


@pytest.mark.parametrize("consented", CONSENTED, ids=len)
@pytest.mark.parametrize(("who", "purpose"), FOR)
async def test_what_is_previewed_is_what_is_seen(ask: Ask, who: str, purpose: str, consented: list[str]) -> None:
    person = {"givenName": "Amina", "familyName": "Prova", "bornOn": "1990-05-07"}
    case = (await done(ask, "anna", OPEN, {"input": {"person": person}}))["case"]["id"]
    partner, offered = CAST[who][1], [*USUAL, "health.conditions"]
    consent = {"caseId": case, "basis": "CONSENT", "purposes": [purpose], "organisations": [partner]}
    consent |= {"fields": consented, "until": today().replace(year=today().year + 1, day=1).isoformat()}
    await done(ask, "anna", CONSENT, {"input": consent})
    proposal = {"caseId": case, "purpose": purpose, "partners": [partner], "fields": offered}
    body = await ask("anna", document("proposal"), {"id": case})
    known, pact = body["data"]["case"], body["data"]["pact"]
    (organisation,) = [party["organisation"] for party in pact["parties"] if party["organisation"]["slug"] == partner]
    told = preview(pact, known["authorisations"], organisation, purpose, offered, today())

    work = (await done(ask, "anna", PROPOSE, {"input": proposal}))["jointIntervention"]["id"]
    await done(ask, who, ACCEPT, {"id": work})
    seen = await ask(who, DISCLOSED, {"id": case})
    if not any(one.visible for one in told):
        assert seen["errors"][0]["extensions"]["code"] == "NOT_FOUND"
        return
    expected = {one.field: (one.reason.value, one.clause, one.until) for one in told}
    found = {
        entry["field"]: (entry["reason"], (entry["clause"] or {}).get("number"), as_day(entry["until"]))
        for entry in seen["data"]["case"]["disclosure"]
    }
    assert found == {field: expected[field] for field in found}


async def done(ask: Ask, who: str, mutation: str, variables: Any) -> Any:
    """Return the payload of a mutation that has to succeed."""
    body = await ask(who, mutation, variables)
    (payload,) = body["data"].values()
    assert payload["problems"] == [], body
    return payload


def as_day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
