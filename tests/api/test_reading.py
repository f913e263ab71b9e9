"""Both read paths answer every question alike, to the letter; the hand-written ones also as it was expected."""

import json
from collections import Counter
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, seed
from hypothesis import settings as given_settings
from hypothesis import strategies as st

from tests.api.differential import PEOPLE, Known, Reading, Token, documents, learn
from tests.api.test_main_job import Job, open_and_write
from tests.conftest import THOROUGH, Ask, setting

ASKED = 320 if THOROUGH else 100
"""Generated questions; those that ask too much do not count."""
PEOPLE_ASKING = ("anna", "giulia", "piero", "nora", "rosa", "coordinatrice")


@pytest.fixture(scope="session")
async def reading(client: httpx.AsyncClient, token: Token) -> Reading:
    return Reading(client, token)


@pytest.fixture(scope="session")
async def known(reading: Reading) -> dict[str, Known]:
    """What each has seen; who sees no case asks about Anna's."""
    seen = {who: await learn(reading, who) for who in PEOPLE_ASKING if who != "coordinatrice"}
    return {**seen, "coordinatrice": seen["anna"]}


NAMED = """
query Named($id: ID!, $first: Int, $yes: Boolean!, $no: Boolean!, $after: String) {
  mine: case(id: $id) { ...Whole }
  again: node(id: $id) { __typename id ...OfNode }
  cases(first: $first) { ...Page }
}
fragment OfNode on Node { id ... on Case { ...Whole number @include(if: $yes) } ... on Organisation { slug } }
fragment Page on CaseConnection {
  __typename totalCount
  edges { __typename cursor node { ...Whole } }
  pageInfo { __typename hasNextPage hasPreviousPage startCursor endCursor }
}
fragment Whole on Case {
  __typename id number
  person { __typename identity { __typename givenName name: givenName } contacts @skip(if: $yes) { phone } }
  work @include(if: $no) { profile }
  economic @include(if: $yes) { iseeValue incomeBand }
  jointInterventions(first: $first, after: $after) {
    __typename nodes { __typename id case { id number } partners { organisation { slug } status } }
    pageInfo { endCursor }
  }
}"""
MERGED = """
query Merged($id: ID!) {
  case(id: $id) {
    person { identity { givenName } }
    person { identity { familyName } reference }
    ... { person { identity { bornOn givenName } } }
    ... on Case { person { contacts { phone } } }
    jointInterventions(first: 1) { nodes { id } }
    jointInterventions(first: 1) { nodes { status } totalCount }
    all: jointInterventions(first: 5) { nodes { id } }
    none: jointInterventions(first: 0) { nodes { id } edges { cursor } pageInfo { hasNextPage } }
  }
}"""
ALIASES = """
query Aliases($id: ID!) {
  b: case(id: $id) { zz: number a: status number c: openedOn d: id aa: holder { x: slug y: slug z: __typename } }
  a: case(id: $id) { id }
  __typename
  t: __typename
}"""
NOTHING = """
query Nothing($id: ID!, $no: Boolean!, $yes: Boolean!) {
  case(id: $id) @skip(if: $no) {
    id @include(if: $no)
    person @skip(if: $yes) { reference }
    work { profile @include(if: $no) }
    needs { id @skip(if: $yes) }
  }
  viewer @include(if: $no) { email }
  other: viewer @skip(if: $yes) @include(if: $yes) { email }
  pact @include(if: $yes) { version @skip(if: $no) }
}"""
ROOTS = """
query Roots($id: ID!) {
  viewer { email displayName language role actions organisation { slug successor { slug } } territory { slug isDemo } }
  organisations(first: 3, filter: {kind: CARITAS}) { nodes { slug name kind isLead validFrom validUntil } totalCount }
  pact {
    version title preamble digest inForceFrom parties { role }
    clauses { number title gives receives shares { purposes read } }
  }
  case(id: $id) { disclosure { field state reason clause { number title } until } viewerCan { update writeFields } }
  jointInterventions(first: 4) {
    nodes { id status purpose message fields proposedAt closedAt holder { slug } viewerCan { answer close } }
  }
}"""
DEEP = """
query Deep($id: ID!) {
  case(id: $id) {
    jointInterventions(first: 2) { nodes { case { jointInterventions(first: 2) { nodes { case {
      jointInterventions(first: 1) { nodes { case { id number } } } } } } } } }
  }
}"""
LISTS = """
query Lists($id: ID!) {
  case(id: $id) {
    needs { id macro item note recordedOn }
    authorisations { id basis purposes kinds fields until organisations { slug } }
    legalStatus { citizenship disadvantage } health { conditions disability addictions mental } justice { measures }
    jointInterventions(first: 1, after: null) { nodes { id } pageInfo { startCursor endCursor hasPreviousPage } }
  }
}"""
TWO = "query One($id: ID!) { case(id: $id) { id } } query Other($id: ID!) { case(id: $id) { number } viewer { email } }"
QUESTIONS = {
    "fragments": NAMED,
    "the same field twice": MERGED,
    "aliases": ALIASES,
    "skipped": NOTHING,
    "several roots": ROOTS,
    "deep": DEEP,
    "lists, empty and null": LISTS,
}


def used(document: str, case: str) -> dict[str, Any]:
    """Return the values of those variables that the document has."""
    values = {"id": case, "first": 2, "yes": True, "no": False, "after": None}
    return {name: value for name, value in values.items() if f"${name}:" in document}


@pytest.mark.parametrize("who", PEOPLE_ASKING[:4])
@pytest.mark.parametrize("name", QUESTIONS)
async def test_written_questions(reading: Reading, known: dict[str, Known], who: str, name: str) -> None:
    document = QUESTIONS[name]
    for case in known[who].case_ids[:4]:
        answer = await reading.both(who, document, used(document, case))
        assert "errors" not in answer, answer


async def test_response_keys_stand_in_the_order_of_the_document(reading: Reading, known: dict[str, Known]) -> None:
    case = known["anna"].case_ids[0]
    data = (await reading.both("anna", ALIASES, {"id": case}))["data"]
    assert list(data) == ["b", "a", "__typename", "t"]
    assert list(data["b"]) == ["zz", "a", "number", "c", "d", "aa"]
    assert data["b"]["aa"] == {"x": "caritas-empoli", "y": "caritas-empoli", "z": "Organisation"}


async def test_merged_fields_are_one(reading: Reading, known: dict[str, Known]) -> None:
    case = (await reading.both("anna", MERGED, {"id": known["anna"].case_ids[0]}))["data"]["case"]
    assert list(case["person"]) == ["identity", "reference", "contacts"]
    assert list(case["person"]["identity"]) == ["givenName", "familyName", "bornOn"]
    assert case["none"] == {"nodes": [], "edges": [], "pageInfo": {"hasNextPage": case["all"]["nodes"] != []}}


async def test_skipped_is_absent_and_an_object_may_be_left_empty(reading: Reading, known: dict[str, Known]) -> None:
    variables = {"id": known["anna"].case_ids[0], "no": False, "yes": True}
    data = (await reading.both("anna", NOTHING, variables))["data"]
    assert list(data) == ["case", "pact"]
    assert list(data["case"]) == ["work", "needs"]
    assert data["case"]["work"] == {}
    assert all(need == {} for need in data["case"]["needs"])


async def test_a_kept_statement_is_not_taken_for_other_variables(reading: Reading, known: dict[str, Known]) -> None:
    """One document: the variables of directives and of lower arguments decide what the statement looks like."""
    document = """
      query ($id: ID!, $show: Boolean!, $n: Int) {
        case(id: $id) { id number @include(if: $show) jointInterventions(first: $n) { nodes { id } } }
      }"""
    for case in known["giulia"].case_ids[:3]:
        for show in (True, False, True):
            for count in (0, 1, None, 0):
                variables = {"id": case, "show": show, "n": count}
                found = (await reading.both("giulia", document, variables))["data"]["case"]
                assert found["id"] == case
                assert ("number" in found) is show
                assert len(found["jointInterventions"]["nodes"]) <= (1 if count is None else count)


async def test_one_of_two_operations(reading: Reading, known: dict[str, Known]) -> None:
    case = known["anna"].case_ids[0]
    one = await reading.both("anna", TWO, {"id": case}, "One")
    other = await reading.both("anna", TWO, {"id": case}, "Other")
    assert one == {"data": {"case": {"id": case}}}
    assert list(other["data"]) == ["case", "viewer"]
    neither = await reading.both("anna", TWO, {"id": case})
    assert neither["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


async def test_an_object_of_more_than_fifty_keys(reading: Reading, known: dict[str, Known]) -> None:
    """PostgreSQL's functions take a hundred arguments, two for each key."""
    aliased = " ".join(f"k{number}: number" for number in range(30))
    plain = """
      id number status openedOn closedOn version isOwn holder { slug } person { reference } legalStatus { citizenship }
      economic { debts } work { profile } education { level } housing { situation } health { mental }
      justice { measures } needs { macro } jointInterventions { totalCount } authorisations { id }
      disclosure { field } viewerCan { update } __typename"""
    for who in ("anna", "giulia"):
        query = f"query ($id: ID!) {{ case(id: $id) {{ {aliased} {plain} }} }}"
        answer = await reading.both(who, query, {"id": known[who].case_ids[0]})
        assert len(answer["data"]["case"]) == 52


async def test_null_and_empty_are_told_apart(reading: Reading, known: dict[str, Known]) -> None:
    query = "query ($id: ID!) { case(id: $id) { isOwn needs { macro } authorisations { id } health { mental } } }"
    shown: Counter[str] = Counter()
    for who in ("anna", "piero", "giulia"):
        for case in known[who].case_ids:
            found = (await reading.both(who, query, {"id": case}))["data"]["case"]
            shown["needs withheld"] += found["needs"] is None
            shown["needs empty"] += found["needs"] == []
            shown["health withheld"] += found["health"] is None
            shown["health empty"] += found["health"] == {"mental": None}
            if not found["isOwn"]:
                assert found["authorisations"] == []
    assert min(shown["needs withheld"], shown["health withheld"], shown["health empty"]) > 0, shown


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        *[("first", value) for value in (-1, 101, 2**31 - 1)],
        *[("after", value) for value in ("", "x", "bm90aGluZw==", "MjAyNi0xMS0wNw==", "é", "\x00", "====")],
        ("after", "MjAyNi0xMS0wN3wwMWEyMDhlMC1hOWMzLTcxYTQtYWRmZS1jZTdiMmM2Y2FiNDZ8MQ=="),
    ],
)
@pytest.mark.parametrize(
    "query",
    [
        "query ($first: Int, $after: String) { cases(first: $first, after: $after) { totalCount } }",
        "query ($first: Int, $after: String) { cases(first: 1) { nodes { jointInterventions(first: $first, "
        "after: $after) { totalCount } } } }",
        "query ($first: Int, $after: String) { organisations(first: $first, after: $after) { totalCount } }",
    ],
    ids=["root", "nested", "organisations"],
)
async def test_a_page_that_cannot_be_is_a_bad_request(reading: Reading, query: str, argument: str, value: Any) -> None:
    answer = await reading.both("giulia", query, {argument: value})
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_REQUEST"]


@pytest.mark.parametrize("who", PEOPLE)
async def test_everybody_reads_the_pact_in_their_language(reading: Reading, who: str) -> None:
    answer = await reading.both(who, "{ viewer { language } pact { clauses { number title } } }")
    titles = {clause["number"]: clause["title"] for clause in answer["data"]["pact"]["clauses"]}
    expected = {"it": "Inserimento lavorativo", "en": "Work placement"}[answer["data"]["viewer"]["language"]]
    assert titles[5] == expected


PAYLOAD = """
mutation Payload($open: OpenCaseInput!, $work: UpdateWorkInput!, $yes: Boolean!) {
  first: openCase(input: $open) { __typename case { ...Whole } problems { code path message } }
  second: updateWork(input: $work) {
    case { id ...Whole } again: case { version @skip(if: $yes) number } problems { code }
  }
  third: openCase(input: {person: {givenName: "x"}}) { case { id } problems { __typename code } }
}
fragment Whole on Case {
  __typename status person { reference identity { familyName name: familyName bornOn } contacts { phone } }
  work @include(if: $yes) { profile history } needs { macro } health { mental }
  disclosure { field state clause { number } }
  jointInterventions { totalCount edges { cursor node { status } } pageInfo { hasNextPage endCursor } }
}"""


async def test_payloads_are_read_by_the_same_paths(ask: Ask) -> None:
    """The repeated request is answered with what the first one did, read anew by the other path."""
    job = Job(ask)
    await open_and_write(job)
    work = {"caseId": job.case, "expectedVersion": 5, "profile": "autista", "history": None}
    person = {"givenName": "Ada", "familyName": "Prova", "bornOn": "1990-05-07"}
    variables = {"open": {"person": person}, "work": work, "yes": True}
    answers = []
    for path in ("compiled", "reference", "compiled"):
        async with setting("WIN_READ_PATH", path):
            answers.append(await ask("anna", PAYLOAD, variables, **{"Idempotency-Key": job.case}))
    assert "errors" not in answers[0], answers[0]
    assert answers[0]["data"]["second"]["case"]["work"] == {"profile": "autista", "history": None}
    assert json.dumps(answers[0]) == json.dumps(answers[1]) == json.dumps(answers[2])


async def test_generated_questions(reading: Reading, known: dict[str, Known]) -> None:
    """Whatever can be asked: both paths agree, and nothing unforeseen happens."""
    questions = []

    @seed(2014)
    @given_settings(
        max_examples=ASKED, deadline=None, database=None, suppress_health_check=list(HealthCheck), derandomize=False
    )
    @given(st.data())
    def draw(data: st.DataObject) -> None:
        who = data.draw(st.sampled_from(PEOPLE_ASKING[:5]))
        questions.append((who, *data.draw(documents(known[who]))))

    draw()
    codes: Counter[str] = Counter()
    for who, document, variables in questions:
        answer = await reading.both(who, document, variables)
        codes.update({error["extensions"]["code"] for error in answer.get("errors", ())} or {"answered"})
    assert set(codes) <= {"answered", "NOT_FOUND", "BAD_REQUEST", "FORBIDDEN", "LIMIT_EXCEEDED"}, codes
    assert len(questions) - codes["LIMIT_EXCEEDED"] >= ASKED * 0.9, codes
    assert codes["answered"] > ASKED * 0.4, codes
