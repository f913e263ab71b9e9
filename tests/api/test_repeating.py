"""An operation is done whole or not at all, and once for its key."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.api.test_errors import ABSENT, Post, one, plain, post
from tests.api.test_main_job import OPEN, WITHDRAW, WORK, Job, consent_and_propose, open_and_write
from tests.conftest import Ask

__all__ = ["post"]

PERSON = {"givenName": "Amina", "familyName": "Ripetuta", "bornOn": "1990-05-07", "sex": "F"}
NEW = {"input": {"person": PERSON}}
KEY = "Idempotency-Key"
TAKE_PART = """
mutation Accept($id: ID!) {
  acceptJointIntervention(input: {jointInterventionId: $id}) {
    jointIntervention { status case { number person { identity { givenName } } work { profile } } }
    problems { code }
  }
}"""


def fresh() -> dict[str, str]:
    return {KEY: uuid4().hex}


async def cases_of(ask: Ask, who: str) -> int:
    count: int = (await ask(who, "{ cases(first: 0) { totalCount } }"))["data"]["cases"]["totalCount"]
    return count


def opened(response: httpx.Response) -> str:
    body = response.json()
    assert "errors" not in body, body
    case: str = body["data"]["openCase"]["case"]["id"]
    return case


async def test_the_same_request_is_done_once(post: Post, ask: Ask) -> None:
    before, key = await cases_of(ask, "anna"), fresh()
    first = await post("anna", OPEN, NEW, **key)
    for _ in range(3):
        assert plain(await post("anna", OPEN, NEW, **key)) == plain(first)
    assert await cases_of(ask, "anna") == before + 1


async def test_without_a_key_it_is_done_again(post: Post) -> None:
    assert opened(await post("anna", OPEN, NEW)) != opened(await post("anna", OPEN, NEW))


async def test_another_request_with_the_same_key_is_a_conflict(post: Post, ask: Ask) -> None:
    key = fresh()
    await post("anna", OPEN, NEW, **key)
    before = await cases_of(ask, "anna")
    for query, variables in [(OPEN, {"input": {"person": {**PERSON, "sex": "M"}}}), (OPEN + " ", NEW)]:
        response = await post("anna", query, variables, **key)
        assert (response.status_code, one(response)["extensions"]["code"]) == (409, "IDEMPOTENCY_CONFLICT")
    assert await cases_of(ask, "anna") == before


async def test_a_key_is_its_owners_own(post: Post) -> None:
    key = fresh()
    found = {opened(await post(who, OPEN, NEW, **key)) for who in ("anna", "piero", "rosa", "nora")}
    assert len(found) == 4


@pytest.fixture
async def _every_connection_is_open(post: Post) -> None:
    """Or else the first request would be done before the others have a connection."""
    await asyncio.gather(*(post("anna", "{ organisations(first: 100) { nodes { slug } } }") for _ in range(20)))


@pytest.mark.usefixtures("_every_connection_is_open")
async def test_at_the_same_time_it_is_done_once(post: Post, ask: Ask) -> None:
    for _ in range(3):
        before, key = await cases_of(ask, "anna"), fresh()
        answers = await asyncio.gather(*(post("anna", OPEN, NEW, **key) for _ in range(8)))
        assert len({opened(answer) for answer in answers}) == 1
        assert await cases_of(ask, "anna") == before + 1


async def test_what_failed_is_not_remembered(post: Post, ask: Ask) -> None:
    job, key = Job(ask), fresh()
    await open_and_write(job)
    stale = {"input": {"caseId": job.case, "expectedVersion": 9, "profile": "x"}}
    assert one(await post("anna", WORK, stale, **key))["extensions"]["code"] == "CONFLICT"
    right = {"input": {"caseId": job.case, "expectedVersion": 5, "profile": "x"}}
    assert (await post("anna", WORK, right, **key)).json()["data"]["updateWork"]["case"]["version"] == 6


async def test_problems_are_told_again(post: Post) -> None:
    key, wrong = fresh(), {"input": {"person": {"givenName": "x" * 500}}}
    first = await post("anna", OPEN, wrong, **key)
    assert first.json()["data"]["openCase"]["problems"] != []
    assert plain(await post("anna", OPEN, wrong, **key)) == plain(first)


@pytest.mark.parametrize("key", ["x" * 201, "", "\x7f", "caffè"])
async def test_a_key_that_cannot_be_one(post: Post, ask: Ask, key: str) -> None:
    before = await cases_of(ask, "anna")
    headers: Any = {KEY: key.encode()}
    response = await post("anna", OPEN, NEW, **headers)
    assert one(response)["extensions"]["code"] == "BAD_REQUEST"
    assert await cases_of(ask, "anna") == before


async def test_a_repeated_request_shows_nothing_that_was_withdrawn(post: Post, ask: Ask) -> None:
    job, key = Job(ask), fresh()
    await open_and_write(job)
    await consent_and_propose(job)
    first = await post("giulia", TAKE_PART, {"id": job.joint_intervention}, **key)
    assert "magazziniera" in first.text
    await job.do("anna", WITHDRAW, {"id": job.authorisation, "reason": "Non vuole più"}, "withdrawAuthorisation")
    again = await post("giulia", TAKE_PART, {"id": job.joint_intervention}, **key)
    work = again.json()["data"]["acceptJointIntervention"]
    assert work == {"jointIntervention": {"status": "SUSPENDED", "case": None}, "problems": []}
    assert "magazziniera" not in again.text
    assert job.number not in again.text


SEVERAL = """
mutation Several($new: OpenCaseInput!, $work: UpdateWorkInput!) {
  one: openCase(input: $new) { case { id } problems { code } }
  two: updateWork(input: $work) { case { version } problems { code } }
  three: openCase(input: $new) { case { id } problems { code } }
}"""


@pytest.mark.parametrize("case", ["absent", "stale"])
async def test_one_failing_root_undoes_them_all(post: Post, ask: Ask, case: str) -> None:
    job, key = Job(ask), fresh()
    await open_and_write(job)
    before = await cases_of(ask, "anna")
    id_ = f"case_{ABSENT}" if case == "absent" else job.case
    work = {"caseId": id_, "expectedVersion": 1, "profile": "x"}
    response = await post("anna", SEVERAL, {"new": NEW["input"], "work": work}, **key)
    assert one(response)["path"][0] == "two"
    assert await cases_of(ask, "anna") == before
    right = {"caseId": job.case, "expectedVersion": 5, "profile": "x"}
    done = (await post("anna", SEVERAL, {"new": NEW["input"], "work": right}, **key)).json()["data"]
    assert done["two"]["case"]["version"] == 6
    assert await cases_of(ask, "anna") == before + 2


async def test_problems_of_one_root_do_not_undo_another(post: Post, ask: Ask) -> None:
    job = Job(ask)
    await open_and_write(job)
    before = await cases_of(ask, "anna")
    work = {"caseId": job.case, "expectedVersion": 5, "profile": "x" * 100_000}
    data = (await post("anna", SEVERAL, {"new": NEW["input"], "work": work})).json()["data"]
    assert [problem["code"] for problem in data["two"]["problems"]] == ["TOO_LONG"]
    assert data["two"]["case"] is None
    assert await cases_of(ask, "anna") == before + 2


@pytest.mark.usefixtures("_every_connection_is_open")
async def test_two_writers_at_the_same_time_cannot_both_be_first(post: Post, ask: Ask) -> None:
    job = Job(ask)
    await open_and_write(job)
    change = [{"input": {"caseId": job.case, "expectedVersion": 5, "profile": f"n. {n}"}} for n in range(5)]
    answers = [answer.json() for answer in await asyncio.gather(*(post("anna", WORK, given) for given in change))]
    assert sum("errors" not in answer for answer in answers) == 1
    codes = {error["extensions"]["code"] for answer in answers for error in answer.get("errors", ())}
    assert codes == {"CONFLICT"}
