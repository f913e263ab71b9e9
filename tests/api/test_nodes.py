"""One id, one object: whatever has an id is found by it, by whoever may see it and by nobody else."""

from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from graphql import GraphQLObjectType, is_leaf_type, is_list_type, is_non_null_type

from api.schema import schema
from tenants.shapes import NODES
from tests.api.differential import Json, Reading, Token
from tests.api.test_errors import ABSENT, Post, one, plain, post  # noqa: F401 - a fixture
from tests.api.test_main_job import READ, Job, accept, consent_and_propose, open_and_write
from tests.api.test_members import INVITE
from tests.api.test_read_log import TELL, Log, log  # noqa: F401 - a fixture
from tests.conftest import Ask

NEEDS = """mutation ($input: UpdateNeedsInput!) {
  updateNeeds(input: $input) { case { needs { id } } problems { code path message } }
}"""
NODE = "query ($id: ID!) {{ node(id: $id) {{ __typename id ... on {name} {leaves} }} }}"
NODES_OF = "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }"

HARVEST: dict[str, tuple[str, str]] = {
    "AccessLogEntry": ("anna", "query ($case: ID!) { accessLog(caseId: $case) { nodes LEAVES } }"),
    "Authorisation": ("anna", "query ($case: ID!) { case(id: $case) { authorisations LEAVES } }"),
    "Case": ("anna", "query ($case: ID!) { case(id: $case) LEAVES }"),
    "Event": ("anna", "query ($case: ID!) { case(id: $case) { events { nodes LEAVES } } }"),
    "FactorReset": ("coordinatrice", "{ factorResets { nodes LEAVES } }"),
    "Invitation": ("coordinatrice", "{ invitations { nodes LEAVES } }"),
    "JointIntervention": ("anna", "query ($case: ID!) { case(id: $case) { jointInterventions { nodes LEAVES } } }"),
    "Member": ("coordinatrice", "{ members { nodes LEAVES } }"),
    "Need": ("anna", "query ($case: ID!) { case(id: $case) { needs LEAVES } }"),
    "Notification": ("giulia", "{ notifications { nodes LEAVES } }"),
    "Organisation": ("anna", "{ organisations(first: 5) { nodes LEAVES } }"),
    "Pact": ("anna", "{ pact LEAVES }"),
    "Session": ("anna", "{ viewer { sessions LEAVES } }"),
    "Viewer": ("anna", "{ viewer LEAVES }"),
}
"""Where the objects of each type are met otherwise, and by whom; a new type with an id has its line here."""
MET_ELSEWHERE = {"FactorReset"}
"""None is there unless two people make one, which test_second_factor.py does."""
EVERYBODYS = {"Organisation", "Pact"}
"""What the whole territory reads."""


def with_an_id() -> dict[str, GraphQLObjectType]:
    return {
        name: kind
        for name, kind in schema._schema.type_map.items()
        if isinstance(kind, GraphQLObjectType) and "id" in kind.fields
    }


def leaves(name: str) -> str:
    """Every plain value of a type, as a selection."""

    def inner(kind: Any) -> Any:
        while is_non_null_type(kind) or is_list_type(kind):
            kind = kind.of_type
        return kind

    fields = with_an_id()[name].fields.items()
    return "{ " + " ".join(field for field, found in fields if is_leaf_type(inner(found.type))) + " }"


def objects(value: Any) -> list[Json]:
    """The objects with an id in an answer."""
    if isinstance(value, list):
        return [found for item in value for found in objects(item)]
    if isinstance(value, dict):
        return [value] if "id" in value else [found for item in value.values() for found in objects(item)]
    return []


@pytest.fixture(scope="module")
async def job(ask: Ask, owner: asyncpg.Connection) -> Job:
    """A case with a need that Giulia has read, of which she is told; and somebody who is invited."""
    job = Job(ask)
    await open_and_write(job)
    add = {"caseId": job.case, "expectedVersion": 5, "add": [{"macro": "HOUSING", "item": "eviction"}]}
    await job.do("anna", NEEDS, {"input": add}, "updateNeeds")
    await consent_and_propose(job)
    await accept(job)
    await ask("giulia", READ, {"id": job.case})
    async with owner.transaction():
        here = await owner.fetchval("SELECT id FROM territory WHERE slug = 'empolese-valdelsa'")
        await owner.execute("SELECT set_config('win.territory_id', $1, true)", str(here))
        ponte = await owner.fetchval("SELECT id FROM organisation WHERE slug = 'cooperativa-il-ponte'")
        await owner.fetchval(TELL, ponte, UUID(job.joint_intervention.rpartition("_")[2]))
    asked = {"email": f"{uuid4().hex}@prova.example", "displayName": "Nuova", "role": "VOLUNTEER"}
    assert (await ask("coordinatrice", INVITE, {"input": asked}))["data"]["inviteMember"]["problems"] == []
    return job


async def harvest(ask: Ask, job: Job, name: str) -> tuple[str, list[Json]]:
    who, query = HARVEST[name]
    variables = {"case": job.case} if "$case" in query else {}
    return who, objects((await ask(who, query.replace("LEAVES", leaves(name)), variables))["data"])


def test_whatever_has_an_id_is_a_node() -> None:
    found = with_an_id()
    assert set(found) == set(HARVEST) == {shape.name for shape in NODES.values()}
    assert [name for name, kind in found.items() if "Node" not in {item.name for item in kind.interfaces}] == []


@pytest.mark.parametrize("name", HARVEST)
async def test_a_node_is_the_object_that_was_met(ask: Ask, post: Post, job: Job, name: str) -> None:  # noqa: F811
    who, found = await harvest(ask, job, name)
    assert found or name in MET_ELSEWHERE, name
    prefix = next(shape.prefix for shape in NODES.values() if shape.name == name)
    absent = one(await post(who, NODE.format(name=name, leaves=leaves(name)), {"id": f"{prefix}_{ABSENT}"}))
    assert absent["extensions"]["code"] == "NOT_FOUND"
    query = NODE.format(name=name, leaves=leaves(name))
    for item in found[:3]:
        body = await ask(who, query, {"id": item["id"]})
        assert body == {"data": {"node": {"__typename": name, **item}}}
        several = await ask(who, NODES_OF, {"ids": [item["id"], "nonsense", item["id"]]})
        short = {"__typename": name, "id": item["id"]}
        assert several == {"data": {"nodes": [short, None, short]}}
        if name in EVERYBODYS:
            continue
        hidden, nowhere = [plain(await post("rosa", query, {"id": id_})) for id_ in (item["id"], f"{prefix}_{ABSENT}")]
        assert hidden == nowhere
        assert '"NOT_FOUND"' in hidden[1]
        both = {"ids": [item["id"], f"{prefix}_{ABSENT}"]}
        assert await ask("rosa", NODES_OF, both) == {"data": {"nodes": [None, None]}}


async def test_no_id_is_that_of_two_objects(ask: Ask, job: Job) -> None:
    types: dict[str, str] = {}
    for name in HARVEST:
        for item in (await harvest(ask, job, name))[1]:
            assert types.setdefault(item["id"], name) == name


async def test_an_entry_of_the_log_is_found_by_roles_that_read_it(ask: Ask, job: Job) -> None:
    """Piero is a volunteer of the holder: the log is not for his role, by whatever way he asks for it."""
    (entry, *_) = (await harvest(ask, job, "AccessLogEntry"))[1]
    body = await ask("piero", "query ($id: ID!) { node(id: $id) { id } }", {"id": entry["id"]})
    assert body["errors"][0]["extensions"]["code"] == "NOT_FOUND"


@pytest.mark.parametrize("name", ["Event", "Need", "Case"])
async def test_what_a_partner_reads_by_its_id_is_logged(ask: Ask, job: Job, log: Log, name: str) -> None:  # noqa: F811
    """A need tells a field of its case; the log says which."""
    (item, *_) = (await ask("giulia", f"query ($case: ID!) {{ case(id: $case) {SEEN} }}", {"case": job.case}),)
    case = item["data"]["case"]
    wanted = {"Event": case["events"]["nodes"], "Need": case["needs"] or [], "Case": [case]}[name]
    await log.new()
    for thing in wanted[:1]:
        for query, variables in (
            ("query ($id: ID!) { node(id: $id) { id } }", {"id": thing["id"]}),
            (NODES_OF, {"ids": [thing["id"]]}),
        ):
            assert "errors" not in await ask("giulia", query, variables)
            assert {f"case_{entry['case_id']}" for entry in await log.new()} == {job.case}
    assert wanted or name == "Need"


SEEN = "{ id events { nodes { id } } needs { id } }"


async def test_both_paths_give_the_same_nodes(client: Any, token: Token, ask: Ask, job: Job) -> None:
    ids = [found[0]["id"] for found in [(await harvest(ask, job, name))[1] for name in HARVEST] if found]
    parts = " ".join(f"... on {name} {leaves(name)}" for name in ("Case", "Need", "Viewer"))
    body = await Reading(client, token).both(
        "anna", f"query ($ids: [ID!]!) {{ nodes(ids: $ids) {{ {parts} }} }}", {"ids": ids}
    )
    assert len(body["data"]["nodes"]) == len(ids)


async def test_no_more_than_a_hundred_at_once(post: Post) -> None:  # noqa: F811
    error = one(await post("anna", NODES_OF, {"ids": [f"case_{ABSENT}"] * 101}))
    assert error["extensions"]["code"] == "BAD_REQUEST"
    assert (await post("anna", NODES_OF, {"ids": []})).json() == {"data": {"nodes": []}}


async def test_one_refused_root_leaves_the_others(post: Post) -> None:  # noqa: F811
    """An error empties the field that it is of, and names it."""
    assert [
        name for name, field in schema._schema.type_map["Query"].fields.items() if is_non_null_type(field.type)
    ] == []
    query = "{ viewer { email } cases(first: 200) { totalCount } pact { version } members { totalCount } }"
    response = await post("anna", query)
    body = response.json()
    assert response.status_code == 200
    assert (body["data"]["cases"], body["data"]["members"]) == (None, None)
    assert body["data"]["viewer"]["email"] == "anna@caritas-empoli.example"
    assert body["data"]["pact"]["version"] == 1
    codes = {(error["path"][0], error["extensions"]["code"]) for error in body["errors"]}
    assert codes == {("cases", "BAD_REQUEST"), ("members", "FORBIDDEN")}
