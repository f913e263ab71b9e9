"""Every refusal: its shape, its language, and that hidden and absent are the same to the letter."""

import re
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
from graphql import get_named_type

from api.schema import schema
from infra.database import as_role, close_pool, open_pool
from infra.errors import ErrorCode
from infra.messages import MESSAGES
from infra.settings import public_address
from tests.api.differential import PEOPLE, Token
from tests.api.suppositions import ASKED_OF_ANNA, BY_SHORT_CHANGE, BY_SUPPOSITION
from tests.api.test_main_job import HEALTH, OPEN, READ, WORK, Job, accept, consent_and_propose, open_and_write
from tests.api.test_members import ANNAS_MEMBERSHIP, ASKED_BY_ANNA, BY_MEMBER
from tests.conftest import CAST, Ask

ABSENT = "01900000-0000-7000-8000-000000000000"
VIEWER = "{ viewer { email } }"
Post = Callable[..., Awaitable[httpx.Response]]


@pytest.fixture(scope="session")
async def post(client: httpx.AsyncClient, token: Token) -> Post:
    """Send a document as somebody and return the whole response."""

    async def posting(who: str | None, query: Any, variables: Any = None, **headers: str) -> httpx.Response:
        bearer = {"Authorization": f"Bearer {await token(*PEOPLE[who])}"} if who else {}
        return await client.post("/graphql", json={"query": query, "variables": variables}, headers=bearer | headers)

    return posting


@pytest.fixture(scope="module")
async def job(ask: Ask) -> Job:
    """A case of Anna's that Giulia is invited to and sees nothing of."""
    job = Job(ask)
    await open_and_write(job)
    await consent_and_propose(job)
    return job


def plain(response: httpx.Response) -> tuple[int, str]:
    """Return what came, without what differs between any two requests."""
    return response.status_code, re.sub(r'"requestId":"[0-9a-f-]{36}"', '"requestId":""', response.text)


def one(response: httpx.Response) -> dict[str, Any]:
    """Return the only error, having looked at its shape."""
    (error,) = response.json()["errors"]
    assert set(error) <= {"message", "locations", "path", "extensions"}
    extensions = error["extensions"]
    assert {"code", "requestId", "docUrl"} <= set(extensions)
    assert extensions["code"] in ErrorCode.__members__
    assert UUID(extensions["requestId"]).version == 7
    assert extensions["docUrl"] == f"{public_address()}/docs/errors#{extensions['code'].lower().replace('_', '-')}"
    return dict(error)


WITH_ID = {
    "case": ("case", "query ($id: ID!) { case(id: $id) { id number } }"),
    "node": ("case", "query ($id: ID!) { node(id: $id) { id } }"),
    "node of joint work": ("joint-intervention", "query ($id: ID!) { node(id: $id) { id } }"),
    "node of a consent": ("authorisation", "query ($id: ID!) { node(id: $id) { id } }"),
    "node of an organisation": ("organisation", "query ($id: ID!) { node(id: $id) { id } }"),
    "node of a pact": ("pact", "query ($id: ID!) { node(id: $id) { id } }"),
    "accessLog": ("case", "query ($id: ID!) { accessLog(caseId: $id) { totalCount } }"),
}
SETTLED = "{ problems { code } }"
CHANGED = "{ case { id } problems { code } }"
WITH_ID |= {
    name: ("case", f"mutation ($id: ID!) {{ {name}(input: {{caseId: $id, expectedVersion: 1, {given}}}) {CHANGED} }}")
    for name, given in {
        "updateIdentity": 'givenName: "X"',
        "updateContacts": "phone: null",
        "updateLegalStatus": "citizenship: null",
        "updateEconomic": "debts: null",
        "updateWork": "profile: null",
        "updateEducation": "languages: null",
        "updateHousing": "situation: null",
        "updateHealth": "mental: null",
        "updateJustice": "measures: null",
        "updateNeeds": "add: [], remove: []",
    }.items()
}
WITH_ID |= {
    **{
        name: ("case", f"mutation ($id: ID!) {{ {name}(input: {{caseId: $id, {given}}}) {CHANGED} }}")
        for name, given in {
            "changeCaseStatus": "status: CLOSED",
            "setExternalReference": "externalReference: null",
        }.items()
    },
    "markNotificationRead": (
        "notification",
        f"mutation ($id: ID!) {{ markNotificationRead(input: {{notificationId: $id}}) {SETTLED} }}",
    ),
    **(BY_MEMBER | BY_SUPPOSITION | BY_SHORT_CHANGE),
    "endSession": ("session", "mutation ($id: ID!) { endSession(input: {sessionId: $id}) { problems { code } } }"),
    "giveAuthorisation": (
        "case",
        "mutation ($id: ID!) { giveAuthorisation(input: {caseId: $id, basis: CONSENT, purposes: [HIRE], kinds: "
        '[CARITAS], fields: ["work"], until: "2027-01-01"}) { problems { code } } }',
    ),
    "withdrawAuthorisation": (
        "authorisation",
        f'mutation ($id: ID!) {{ withdrawAuthorisation(input: {{authorisationId: $id, reason: "x"}}) {SETTLED} }}',
    ),
    "attachAuthorisation": (
        "joint-intervention",
        "mutation ($id: ID!) { attachAuthorisation(input: {jointInterventionId: $id, authorisationId: "
        f'"authorisation_01900000-0000-7000-8000-000000000000"}}) {SETTLED} }}',
    ),
    "proposeJointIntervention": (
        "case",
        "mutation ($id: ID!) { proposeJointIntervention(input: {caseId: $id, purpose: HIRE, partners: "
        '["cooperativa-il-ponte"], fields: ["work"]}) { problems { code } } }',
    ),
    **{
        f"{verb}JointIntervention": (
            "joint-intervention",
            f"mutation ($id: ID!) {{ {verb}JointIntervention(input: {{jointInterventionId: $id{reason}}}) {SETTLED} }}",
        )
        for verb, reason in {"accept": "", "decline": ", reason: OTHER", "close": ", reason: OTHER"}.items()
    },
}


def test_every_field_that_takes_an_id_is_asked() -> None:
    """A query or mutation to come has to be added above."""
    types = schema._schema.type_map
    taking = {
        name
        for root in ("Query", "Mutation")
        for name, field in types[root].fields.items()
        for argument in field.args.values()
        for given in (field.args if root == "Query" else getattr(get_named_type(argument.type), "fields", {}))
        if given == "id" or given.endswith("Id")
    }
    assert taking == {name.partition(" ")[0] for name in WITH_ID}


TOLD = """
INSERT INTO notification (territory_id, organisation_id, account_id, event_id, kind, case_id, at)
SELECT e.territory_id, e.organisation_id, e.account_id, e.id, e.kind, e.case_id, e.at
  FROM event e WHERE e.joint_intervention_id = $1 RETURNING id
"""


SIGNED_IN = "SELECT s.id FROM session s JOIN account a ON a.id = account_id WHERE email = $1 AND revoked_at IS NULL"


@pytest.fixture(scope="module")
async def hidden(job: Job, owner: asyncpg.Connection) -> dict[str, str]:
    """Ids of rows that are there, and that Rosa must not be able to tell from any others."""
    async with owner.transaction():
        other = await owner.fetchval("SELECT id FROM territory WHERE slug = 'valdarno-demo'")
        await owner.execute("SELECT set_config('win.territory_id', $1, true)", str(other))
        organisation = await owner.fetchval("SELECT id FROM organisation LIMIT 1")
        pact = await owner.fetchval("SELECT id FROM pact_version LIMIT 1")
    async with owner.transaction():
        here = await owner.fetchval("SELECT id FROM territory WHERE slug = 'empolese-valdelsa'")
        await owner.execute("SELECT set_config('win.territory_id', $1, true)", str(here))
        work = UUID(job.joint_intervention.rpartition("_")[2])
        notification = await owner.fetchval(TOLD, work)
        session = await owner.fetchval(SIGNED_IN, CAST["anna"][0])
        member, invitation = await owner.fetchval(ANNAS_MEMBERSHIP), await owner.fetchval(ASKED_BY_ANNA)
        reset = await owner.fetchval(ASKED_OF_ANNA, member)
    return {
        "member": f"member_{member}",
        "invitation": f"invitation_{invitation}",
        "factorreset": f"factorreset_{reset}",
        "notification": f"notification_{notification}",
        "case": job.case,
        "joint-intervention": job.joint_intervention,
        "authorisation": job.authorisation,
        "organisation": f"organisation_{organisation}",
        "pact": f"pact_{pact}",
        "session": f"session_{session}",
    }


def nobodys(prefix: str) -> list[str]:
    """Ids that name nothing: absent, another noun's, and not ids at all."""
    other = "authorisation" if prefix != "authorisation" else "case"
    return [
        f"{prefix}_{ABSENT}",
        f"{other}_{ABSENT}",
        *(f"{prefix}_{text}" for text in ("", "x", ABSENT.upper().replace("0", "A"), f"{{{ABSENT}}}", ABSENT[:-1])),
        *("", "_", prefix, ABSENT, f" {prefix}_{ABSENT}", f"need_{ABSENT}", "x" * 3000, "\u00e8", "1"),
    ]


@pytest.mark.parametrize("name", WITH_ID)
async def test_hidden_and_absent_are_the_same_to_the_letter(post: Post, hidden: dict[str, str], name: str) -> None:
    prefix, query = WITH_ID[name]
    answer = await post("rosa", query, {"id": hidden[prefix]})
    error = one(answer)
    assert error["extensions"]["code"] == "NOT_FOUND"
    assert error["message"] == MESSAGES["error.not_found"][0]
    for nobody in nobodys(prefix):
        assert plain(await post("rosa", query, {"id": nobody})) == plain(answer), nobody


async def test_an_id_has_one_spelling(post: Post, job: Job) -> None:
    query, uuid = WITH_ID["case"][1], job.case.removeprefix("case_")
    assert "errors" not in (await post("anna", query, {"id": job.case})).json()
    for other in (f"case_{uuid.upper()}", f"CASE_{uuid}", f"case_{{{uuid}}}", f"case_{uuid} ", uuid):
        assert one(await post("anna", query, {"id": other}))["extensions"]["code"] == "NOT_FOUND"


@pytest.mark.parametrize("name", [name for name, (prefix, _) in WITH_ID.items() if prefix == "case"])
async def test_whoever_is_only_invited_cannot_tell_either(post: Post, job: Job, name: str) -> None:
    query = WITH_ID[name][1]
    answers = {plain(await post("giulia", query, {"id": id_})) for id_ in (job.case, f"case_{ABSENT}")}
    assert len(answers) == 1


@pytest.mark.parametrize("name", ["partners", "organisations"])
async def test_an_organisation_elsewhere_is_unknown(
    post: Post, job: Job, owner: asyncpg.Connection, hidden: dict[str, str], name: str
) -> None:
    async with owner.transaction():
        other = await owner.fetchval("SELECT id FROM territory WHERE slug = 'valdarno-demo'")
        await owner.execute("SELECT set_config('win.territory_id', $1, true)", str(other))
        there = {row[0] for row in await owner.fetch("SELECT slug FROM organisation")}
        here = await owner.fetchval("SELECT id FROM territory WHERE slug = 'empolese-valdelsa'")
        await owner.execute("SELECT set_config('win.territory_id', $1, true)", str(here))
        elsewhere = min(there - {row[0] for row in await owner.fetch("SELECT slug FROM organisation")})
    query = {
        "partners": "mutation ($id: ID!, $slug: String!) { proposeJointIntervention(input: {caseId: $id, "
        'purpose: HIRE, partners: [$slug], fields: ["work"]}) { problems { code path message } } }',
        "organisations": "mutation ($id: ID!, $slug: String!) { giveAuthorisation(input: {caseId: $id, basis: CONSENT, "
        'purposes: [HIRE], organisations: [$slug], fields: ["work"], until: "2027-01-01"}) '
        "{ problems { code path message } } }",
    }[name]
    answers = [await post("anna", query, {"id": job.case, "slug": slug}) for slug in (elsewhere, "nessuno")]
    assert plain(answers[0]) == plain(answers[1])
    assert "UNKNOWN_ORGANISATION" in answers[0].text


async def test_a_need_of_another_case_is_as_absent(post: Post, ask: Ask, job: Job) -> None:
    query = """mutation ($id: ID!, $need: ID!) {
      updateNeeds(input: {caseId: $id, expectedVersion: 5, add: [], remove: [$need]}) { problems { code path message } }
    }"""
    whole = (await ask("rosa", "{ cases(first: 100) { nodes { isOwn needs { id } } } }"))["data"]["cases"]["nodes"]
    foreign = next(need["id"] for case in whole if case["isOwn"] for need in case["needs"] or ())
    answers = {plain(await post("anna", query, {"id": job.case, "need": id_})) for id_ in (foreign, f"need_{ABSENT}")}
    assert len(answers) == 1


BY_CODE: dict[str, tuple[str | None, str, dict[str, Any], int]] = {
    "UNAUTHENTICATED": (None, VIEWER, {}, 401),
    "FORBIDDEN": ("piero", WITH_ID["giveAuthorisation"][1], {"id": "the case"}, 200),
    "NOT_FOUND": ("rosa", READ, {"id": "the case"}, 200),
    "BAD_REQUEST": ("anna", "{ nothing }", {}, 200),
    "LIMIT_EXCEEDED": ("anna", "{ " + " ".join(f"a{n}: viewer {{ email }}" for n in range(40)) + " }", {}, 400),
    "CONFLICT": ("anna", WORK, {"input": {"caseId": "the case", "expectedVersion": 99, "profile": "x"}}, 200),
}
ELSEWHERE = {"METHOD_NOT_ALLOWED", "PERSISTED_QUERY_NOT_SUPPORTED", "IDEMPOTENCY_CONFLICT", "UNAVAILABLE"}
ELSEWHERE |= {"INTERNAL", "TOO_MANY_ATTEMPTS"}  # in tests of their own, or below


def of_case(value: Any, case: str) -> Any:
    if isinstance(value, dict):
        return {name: of_case(item, case) for name, item in value.items()}
    return case if value == "the case" else value


def test_every_code_has_a_test() -> None:
    assert set(BY_CODE) | ELSEWHERE == set(ErrorCode.__members__)


@pytest.mark.parametrize("code", BY_CODE)
async def test_code_status_and_message(post: Post, job: Job, code: str) -> None:
    who, query, variables, status = BY_CODE[code]
    response = await post(who, query, of_case(variables, job.case))
    error = one(response)
    assert (error["extensions"]["code"], response.status_code) == (code, status)
    if status == 200 and code != "BAD_REQUEST":
        assert set(error) == {"message", "locations", "path", "extensions"}
    if f"error.{code.lower()}" in MESSAGES and code not in ("BAD_REQUEST", "LIMIT_EXCEEDED"):
        words = re.split(r"\{\w+\}", MESSAGES[f"error.{code.lower()}"][0])
        assert all(part in error["message"] for part in words)


@pytest.mark.parametrize(("who", "language"), [("anna", 0), ("nora", 1)])
async def test_messages_are_in_the_callers_language(post: Post, who: str, language: int) -> None:
    error = one(await post(who, READ, {"id": f"case_{ABSENT}"}, **{"Accept-Language": "de, fr;q=0.4"}))
    assert error["message"] == MESSAGES["error.not_found"][language]
    problem = (await post(who, OPEN, {"input": {"person": {"givenName": "x" * 500, "familyName": "y"}}})).json()
    problems = problem["data"]["openCase"]["problems"]
    assert [(item["code"], item["path"]) for item in problems] == [("TOO_LONG", ["person", "givenName"])]
    assert problems[0]["message"] == MESSAGES["problem.too_long"][language].format(most=100)


@pytest.mark.parametrize(("accepted", "language"), [("it", 0), ("en-GB,en", 1), ("de, en;q=0.2", 1), ("", 0), ("*", 0)])
async def test_who_is_not_signed_in_chooses_by_the_browser(post: Post, accepted: str, language: int) -> None:
    error = one(await post(None, VIEWER, **{"Accept-Language": accepted}))
    assert error["message"] == MESSAGES["error.unauthenticated"][language]


@pytest.mark.parametrize(
    "query",
    [
        VIEWER,
        "{ __schema { types { name } } }",
        "{ __typename }",
        "{ broken",
        "",
        "query A { a } query B { b }",
        "x" * 20_000,
    ],
)
@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer win_nobody"}, {"Authorization": "Basic YTpi"}])
async def test_anonymous_gets_one_answer_to_everything(post: Post, query: str, header: dict[str, str]) -> None:
    response = await post(None, query, None, **header)
    assert response.status_code == 401
    assert plain(response) == plain(await post(None, VIEWER))


@pytest.mark.parametrize("content", [b"", b"[]", b"nonsense", b'{"query": 1}', b'{"query": null}', b'"x"'])
async def test_a_body_that_is_no_question(client: httpx.AsyncClient, token: Token, content: bytes) -> None:
    kind = {"Content-Type": "application/json"}
    anonymous = await client.post("/graphql", content=content, headers=kind)
    assert anonymous.status_code == 401
    bearer = {"Authorization": f"Bearer {await token(*PEOPLE['anna'])}", **kind}
    response = await client.post("/graphql", content=content, headers=bearer)
    assert (response.status_code, one(response)["extensions"]["code"]) == (400, "BAD_REQUEST")


async def test_no_suggestion_and_no_type_of_the_schema_is_given_away(post: Post) -> None:
    for query in (
        "{ viewr { email } }",
        "{ viewer { emai } }",
        "{ case(ids: 1) { id } }",
        "{ cases(orderBy: X) { totalCount } }",
    ):
        for error in (await post("anna", query)).json()["errors"]:
            assert error["extensions"]["code"] == "BAD_REQUEST"
            assert "Did you mean" not in error["message"]


INTERNAL = ("case_work", "profile_gone", "asyncpg", "Traceback", "SELECT", "win_app", ".py", "relation")


async def test_an_unforeseen_error_says_nothing_of_itself(post: Post, job: Job, owner: asyncpg.Connection) -> None:
    query = "query ($id: ID!) { viewer { email } case(id: $id) { number work { profile } } }"
    await owner.execute("ALTER TABLE case_work RENAME COLUMN profile TO profile_gone")
    try:
        response = await post("anna", query, {"id": job.case})
        written = await post("anna", WORK, {"input": {"caseId": job.case, "expectedVersion": 5, "profile": "x"}})
    finally:
        await owner.execute("ALTER TABLE case_work RENAME COLUMN profile_gone TO profile")
    for answer in (response, written):
        error = one(answer)
        assert (error["extensions"]["code"], error["message"]) == ("INTERNAL", MESSAGES["error.internal"][0])
        assert [word for word in INTERNAL if word in answer.text] == []
        assert answer.json()["data"] is None
    assert "errors" not in (await post("anna", query, {"id": job.case})).json()


async def test_a_database_that_does_not_answer(post: Post, database_url: str, secret: str) -> None:
    await post("anna", VIEWER)
    await close_pool()
    await open_pool("postgresql://win_app:x@127.0.0.1:1/nothing")
    try:
        response = await post("anna", VIEWER)
    finally:
        await close_pool()
        await open_pool(as_role(database_url, "win_app", secret), max_size=10)
    assert (response.status_code, one(response)["extensions"]["code"]) == (503, "UNAVAILABLE")
    assert "127.0.0.1" not in response.text.replace(public_address(), "")
    assert (await post("anna", VIEWER)).status_code == 200


async def test_a_volunteer_is_told_which_verb_the_role_lacks(post: Post, job: Job) -> None:
    error = one(await post("piero", WITH_ID["giveAuthorisation"][1], {"id": job.case}))
    assert error["extensions"]["action"] == "authorisation.give"
    error = one(await post("piero", HEALTH, {"input": {"caseId": job.case, "expectedVersion": 5, "conditions": "x"}}))
    assert error["extensions"]["code"] == "FORBIDDEN"


async def test_a_partner_is_refused_what_is_the_holders(post: Post, ask: Ask) -> None:
    job = Job(ask)
    await open_and_write(job)
    await consent_and_propose(job)
    await accept(job)
    for name in ("giveAuthorisation", "proposeJointIntervention", "accessLog", "updateHealth", "updateJustice"):
        error = one(await post("giulia", WITH_ID[name][1], {"id": job.case}))
        assert error["extensions"]["code"] == "FORBIDDEN", name
    error = one(await post("giulia", WITH_ID["withdrawAuthorisation"][1], {"id": job.authorisation}))
    assert error["extensions"]["code"] == "NOT_FOUND"
