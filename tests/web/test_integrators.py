"""The schema reference: all of the schema, the fields of the registry and the costs that are really counted."""

import re

import httpx
import pytest
from graphql import (
    FieldNode,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    build_schema,
    get_named_type,
    is_introspection_type,
    parse,
)

from api.limits_cost import Costing
from api.schema import schema
from api.schema_reference import Cost, Section, reference, sections
from authz.fields import FIELDS
from tests.conftest import CAST, Ask
from tests.web.conftest import Visit
from web.ask import LANGUAGES

SCHEMA = schema._schema
SMALL = build_schema(
    """
    type Query { cases(first: Int = 7): Page  old(all: Boolean = true): [Old!]! @deprecated(reason: "Ask cases.") }
    type Page { nodes: [Case!]! }
    type Case implements Named { name: String }
    type Old { either: Either }
    "What has a name."
    interface Named { name: String }
    union Either = Case | Old
    enum Order { "First the newest." NEW OLD @deprecated(reason: "Too slow.") }
    input Wanted { order: Order = NEW }
    """
)
SMALL_PARTS = {section.name: section for section in sections(SMALL)}


def every_section() -> dict[str, Section]:
    """Return the types of the page by name."""
    return {section.name: section for kept in reference().values() for section in kept}


def parts(kind: object) -> list[str]:
    """Return what a type of the schema is made of."""
    if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
        return list(kind.fields)
    return list(kind.values) if isinstance(kind, GraphQLEnumType) else []


def test_all_of_the_schema_is_there() -> None:
    found = {name: [entry.name for entry in section.entries] for name, section in every_section().items()}
    assert found == {name: parts(kind) for name, kind in SCHEMA.type_map.items() if not is_introspection_type(kind)}


def test_every_field_of_the_registry_that_can_be_read_is_named() -> None:
    named = {entry.field for section in every_section().values() for entry in section.entries} - {""}
    assert named <= {field.key for field in FIELDS}
    assert {"identity.name", "contacts.phone", "health.conditions", "justice.measures"} <= named
    contacts = {entry.name: entry.field for entry in every_section()["Contacts"].entries}
    assert contacts["phone"] == "contacts.phone"


def counted_cost(owner: str, name: str, cost: Cost) -> float:
    """Return what the limits count for this field, asked for no more than the name of its type."""
    inside = "{ nodes { __typename } }" if cost.how == "page" else "{ __typename }"
    written = name if cost.how == "leaf" else f"{name} {inside}"
    operation = parse(f"{{ {written} }}").definitions[0]
    (node,) = operation.selection_set.selections  # type: ignore[attr-defined]
    assert isinstance(node, FieldNode)
    kind = SCHEMA.type_map[owner]
    return Costing(SCHEMA, {}, {}).field(node, kind, kind is SCHEMA.query_type, listed=cost.how == "in_page")


def test_costs_are_those_that_are_counted() -> None:
    for owner, section in every_section().items():
        for entry in section.entries:
            if entry.cost is not None:
                one = {"leaf": 1, "object": 3, "in_page": 3, "by_ids": 5, "page": 2 + 3 * entry.cost.times}
                expected = one.get(entry.cost.how, 3 * entry.cost.times)
                assert counted_cost(owner, entry.name, entry.cost) == expected, f"{owner}.{entry.name}"


def test_defaults_deprecations_interfaces_and_unions() -> None:
    query, case = SMALL_PARTS["Query"].entries, SMALL_PARTS["Case"]
    assert [argument.default for entry in query for argument in entry.arguments] == ["7", "true"]
    assert [entry.deprecated for entry in query] == ["", "Ask cases."]
    assert [entry.cost for entry in query] == [Cost("page", 7), Cost("list", 25)]
    assert SMALL_PARTS["Page"].entries[0].cost == Cost("in_page")
    assert case.implements == ("Named",)
    assert (SMALL_PARTS["Named"].possible, SMALL_PARTS["Named"].note) == (("Case",), "What has a name.")
    assert (SMALL_PARTS["Either"].kind, SMALL_PARTS["Either"].possible) == ("union", ("Case", "Old"))
    assert [(one.note, one.deprecated) for one in SMALL_PARTS["Order"].entries] == [
        ("First the newest.", ""),
        ("", "Too slow."),
    ]
    assert SMALL_PARTS["Wanted"].entries[0].default == "NEW"


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_page_links_every_type_to_its_place(visit: Visit, language: str) -> None:
    anna = await visit("anna", language)
    page = await anna.open("/docs/schema")
    assert anna.status == 200
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)
    linked = {get_named_type(found.type).name for found in SCHEMA.type_map["Case"].fields.values()}  # type: ignore[attr-defined]
    assert {f"#{name}" for name in linked} <= set(page.links)
    phone = re.search(r'id="Contacts\.phone".*?</div>', page.source, re.DOTALL)
    assert phone is not None
    assert "<code>contacts.phone</code>" in phone[0]
    assert ("1 punto" if language == "it" else "1 point") in phone[0]


async def test_the_reference_is_for_members(visit: Visit) -> None:
    somebody = await visit()
    await somebody.open("/docs/schema")
    assert somebody.address == "/sign-in"
    await somebody.send("/sign-in", email=CAST["rosa"][0], password="una-rete-di-prova")
    assert somebody.address == "/docs/schema"


async def test_the_text_is_for_whoever_may_ask_for_the_schema(
    visit: Visit, client: httpx.AsyncClient, ask: Ask
) -> None:
    refused = await client.get("/schema.graphql")
    assert refused.status_code == 401
    assert refused.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    wrong = await client.get("/schema.graphql", headers={"Authorization": "Bearer win_" + "x" * 43})
    assert wrong.status_code == 401
    anna = await visit("anna")
    given = await anna.client.get("/schema.graphql")
    assert given.status_code == 200
    assert given.headers["content-type"].startswith("text/plain")
    assert given.text == schema.as_str()
    body = await ask("anna", "{ __schema { queryType { name } } }")
    assert body["data"]["__schema"]["queryType"]["name"] == "Query"


async def test_the_text_is_given_for_a_token(client: httpx.AsyncClient, token) -> None:  # type: ignore[no-untyped-def]
    bearer = {"Authorization": f"Bearer {await token(*CAST['piero'])}"}
    assert (await client.get("/schema.graphql", headers=bearer)).status_code == 200
