"""What programs look for: their own name of a case, what changed since, authorisations; and nothing hidden by it."""

import asyncio
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from authz.fields import FIELD
from tests.api.test_main_job import HEALTH, OPEN, WITHDRAW, WORK, Job, accept, consent_and_propose, open_and_write
from tests.conftest import CAST, Ask, setting

SET = """
mutation Set($case: ID!, $reference: String) {
  setExternalReference(input: {caseId: $case, externalReference: $reference}) {
    case { id externalReference version updatedAt } problems { code path message }
  }
}"""
FIND = """
query Find($filter: CaseFilter) {
  cases(first: 50, filter: $filter) { totalCount nodes { id isOwn externalReference updatedAt } }
}"""
ONE = "query One($id: ID!) { case(id: $id) { externalReference updatedAt version } }"
GIVEN = """
query Given($filter: AuthorisationFilter, $first: Int, $after: String) {
  authorisations(first: $first, after: $after, filter: $filter) {
    totalCount nodes { id inForce purposes case { id } } pageInfo { hasNextPage endCursor }
  }
}"""
CODES = "{ cases(first: 100) { nodes { id isOwn person { identity { identityCode } } } } }"
BY_CODE = "query ($code: String) { cases(filter: {identityCode: $code}) { totalCount } }"
ENTER = "SELECT set_config('win.territory_id', id::text, true) FROM territory WHERE slug = 'empolese-valdelsa'"
SEARCHED = """
SELECT l.case_id, l.fields_mask FROM access_log l JOIN organisation o ON o.id = l.organisation_id
 WHERE o.slug = $1 AND l.kind = 'searched' AND l.request_id = (
       SELECT request_id FROM access_log x WHERE x.organisation_id = o.id ORDER BY x.at DESC LIMIT 1)
"""


@pytest.fixture
async def job(ask: Ask) -> Job:
    job = Job(ask)
    await open_and_write(job)
    await consent_and_propose(job)
    await accept(job)
    return job


async def found(ask: Ask, who: str, **filters: Any) -> list[str]:
    """Return the ids that a filter finds, which both ways to read agree on."""
    answers = []
    for path in ("compiled", "reference"):
        async with setting("WIN_READ_PATH", path):
            body = await ask(who, FIND, {"filter": filters})
        assert "errors" not in body, body
        answers.append(body["data"]["cases"])
    assert answers[0] == answers[1]
    assert answers[0]["totalCount"] == len(answers[0]["nodes"])
    return [case["id"] for case in answers[0]["nodes"]]


async def one(ask: Ask, who: str, case: str) -> dict[str, Any]:
    read: dict[str, Any] = (await ask(who, ONE, {"id": case}))["data"]["case"]
    return read


async def test_the_holder_alone_has_an_external_reference(job: Job) -> None:
    """A partner that sees the case neither reads it nor finds by it nor sets it, and may use the same for its own."""
    ask, reference = job.ask, f"CRM/{uuid4()} à"
    before = await one(ask, "giulia", job.case)
    kept = await job.do("anna", SET, {"case": job.case, "reference": f"  {reference}\u200b "}, "setExternalReference")
    assert kept["case"]["externalReference"] == reference
    assert await one(ask, "giulia", job.case) == {**before, "externalReference": None}
    for text in (reference, f" {reference}\ufeff"):
        assert await found(ask, "anna", externalReference=text) == [job.case]
        assert await found(ask, "giulia", externalReference=text) == []
    for other in (reference.lower(), reference[:-1], reference + "x", "a" * 200, "a\x00"):
        assert await found(ask, "anna", externalReference=other) == []
    refused = await ask("giulia", SET, {"case": job.case, "reference": "x"})
    assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    hidden = await ask("rosa", SET, {"case": job.case, "reference": reference})
    assert hidden["errors"][0]["extensions"]["code"] == "NOT_FOUND"
    person = {"familyName": "Prova"}
    theirs = await job.do("giulia", OPEN, {"input": {"person": person, "externalReference": reference}}, "openCase")
    assert await found(ask, "giulia", externalReference=reference) == [theirs["case"]["id"]]
    gone = await job.do("anna", SET, {"case": job.case, "reference": " "}, "setExternalReference")
    assert gone["case"]["externalReference"] is None
    assert await found(ask, "anna", externalReference=reference) == []


async def test_an_external_reference_is_used_once(job: Job) -> None:
    """It is told which case has it, with all that is wrong besides; of two at once one is first."""
    ask, reference = job.ask, str(uuid4())
    await job.do("anna", SET, {"case": job.case, "reference": reference}, "setExternalReference")
    await job.do("anna", SET, {"case": job.case, "reference": reference}, "setExternalReference")
    wrong = {"person": {"bornOn": "2990-01-01"}, "externalReference": reference}
    problems = (await ask("anna", OPEN, {"input": wrong}))["data"]["openCase"]["problems"]
    assert {(problem["code"], *problem["path"]) for problem in problems} == {
        ("IN_THE_FUTURE", "person", "bornOn"),
        ("TAKEN", "externalReference"),
    }
    assert job.number in problems[-1]["message"]
    long = (await ask("anna", SET, {"case": job.case, "reference": "x" * 101}))["data"]["setExternalReference"]
    assert [problem["code"] for problem in long["problems"]] == ["TOO_LONG"]
    assert (await one(ask, "anna", job.case))["externalReference"] == reference
    new = {"input": {"person": {"familyName": "Prova"}, "externalReference": str(uuid4())}}
    both = await asyncio.gather(*(ask("anna", OPEN, new) for _ in range(4)))
    outcomes = [answer["data"]["openCase"] for answer in both]
    assert sorted([problem["code"] for problem in outcome["problems"]] for outcome in outcomes) == [[]] + 3 * [
        ["TAKEN"]
    ]
    assert len(await found(ask, "anna", externalReference=new["input"]["externalReference"])) == 1


async def test_updated_at_tells_of_what_the_reader_may_know(job: Job) -> None:
    """Of a change of health the partner learns nothing, neither by its time nor by a filter."""
    ask, case = job.ask, job.case
    opened = await one(ask, "giulia", case)
    health = {"caseId": case, "expectedVersion": (await one(ask, "anna", case))["version"], "conditions": "altro"}
    await job.do("anna", HEALTH, {"input": health}, "updateHealth")
    own = await one(ask, "anna", case)
    assert await one(ask, "giulia", case) == opened
    assert own["updatedAt"] > opened["updatedAt"]
    assert case in await found(ask, "anna", updatedSince=own["updatedAt"])
    assert case not in await found(ask, "giulia", updatedSince=own["updatedAt"])
    assert case in await found(ask, "giulia", updatedSince=opened["updatedAt"])
    work = {"caseId": case, "expectedVersion": own["version"], "profile": "cuoca"}
    await job.do("anna", WORK, {"input": work}, "updateWork")
    seen = await one(ask, "giulia", case)
    assert seen["updatedAt"] == (await one(ask, "anna", case))["updatedAt"] > own["updatedAt"]
    assert case in await found(ask, "giulia", updatedSince=seen["updatedAt"])
    new = await job.do("anna", OPEN, {"input": {"person": {"familyName": "Prova"}}}, "openCase")
    assert await found(ask, "anna", updatedSince=(await one(ask, "anna", new["case"]["id"]))["updatedAt"]) == [
        new["case"]["id"]
    ]


async def test_the_holder_alone_lists_authorisations(job: Job) -> None:
    ask, of_case = job.ask, {"caseId": job.case}

    async def given(who: str, **filters: Any) -> Any:
        body = await ask(who, GIVEN, {"first": 100, "filter": filters})
        assert "errors" not in body, body
        return body["data"]["authorisations"]["nodes"]

    expected = {"id": job.authorisation, "purposes": ["TRAINEESHIP"], "case": {"id": job.case}}
    assert await given("anna", **of_case, inForce=True, purpose="TRAINEESHIP") == [{**expected, "inForce": True}]
    assert await given("anna", **of_case, inForce=False) == await given("anna", **of_case, purpose="HOUSING") == []
    assert await given("giulia", **of_case) == []
    assert job.authorisation not in [row["id"] for row in await given("giulia")]
    refused = await ask("coordinatrice", GIVEN)
    assert (refused["data"], refused["errors"][0]["extensions"]["code"]) == ({"authorisations": None}, "FORBIDDEN")
    await job.do("anna", WITHDRAW, {"id": job.authorisation, "reason": "prova"}, "withdrawAuthorisation")
    assert await given("anna", **of_case, inForce=False) == [{**expected, "inForce": False}]
    whole = await given("anna")
    assert [row["id"] for row in whole] == sorted((row["id"] for row in whole), reverse=True)
    page = (await ask("anna", GIVEN, {"first": 1}))["data"]["authorisations"]
    following = (await ask("anna", GIVEN, {"first": 1, "after": page["pageInfo"]["endCursor"]}))["data"][
        "authorisations"
    ]
    assert [*page["nodes"], *following["nodes"]] == whole[:2]


async def test_a_search_by_identity_code_is_in_the_log(ask: Ask, owner: asyncpg.Connection) -> None:
    """One entry a match among cases of others, though nothing but a number was answered."""
    asked = 0
    for who, (_, organisation) in CAST.items():
        cases = ((await ask(who, CODES))["data"]["cases"] or {"nodes": []})["nodes"]
        coded = [(case, (case["person"]["identity"] or {}).get("identityCode")) for case in cases if not case["isOwn"]]
        for case, code in [(case, code) for case, code in coded if code][:1]:
            assert (await ask(who, BY_CODE, {"code": code}))["data"]["cases"]["totalCount"] >= 1
            async with owner.transaction():
                await owner.execute(ENTER)
                entries = await owner.fetch(SEARCHED, organisation)
            assert [f"case_{entry['case_id']}" for entry in entries].count(case["id"]) == 1
            assert all(entry["fields_mask"] & FIELD["identity.identity_code"].mask for entry in entries)
            asked += 1
    assert asked
