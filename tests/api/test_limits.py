"""What one document may ask: refused before validation, with the limit and the number that was found."""

from typing import Any

import pytest
from graphql import GraphQLSchema, build_schema, get_introspection_query, validate
from hypothesis import given
from hypothesis import strategies as st

from api import limits
from infra.errors import BadRequest, LimitExceeded
from infra.messages import say

SCHEMA = build_schema(
    """
    interface Node { id: ID! }
    type Query {
      cases(first: Int, after: String): CaseConnection!
      case(id: ID): Case
      node(id: ID!): Node
      organisations: [Organisation!]!
    }
    type Organisation { slug: String children: [Organisation!] }
    type CaseConnection { edges: [CaseEdge!]! nodes: [Case!]! pageInfo: PageInfo! totalCount: Int }
    type PageInfo { hasNextPage: Boolean }
    type CaseEdge { cursor: String node: Case }
    type Case implements Node {
      id: ID! number: String case: Case needs: [Need!]! tags: [String!] shared(first: Int = 5): CaseConnection
    }
    type Need { id: ID! macro: String }
    """
)
EVERYTHING = 10**15


def fan(width: int, levels: int, leaf: str) -> str:
    """Fragments of which each spreads the next so many times."""
    spreads = [f"fragment F{level} on Case {{ {f'...F{level + 1} ' * width} }}" for level in range(levels)]
    return "\n".join([*spreads, f"fragment F{levels} on Case {{ {leaf} }}", "{ case { ...F0 } }"])


def many(count: int, text: str) -> str:
    """The text so many times, with its number in the place of %d."""
    return " ".join(text.replace("%d", str(number)) for number in range(count))


REFUSED = [
    pytest.param("{ a }" + " " * 16 * 1024, "document", 16 * 1024 + 5, id="a document of more than 16 KiB"),
    pytest.param("#" + "è" * 8200 + "\n{ a }", "document", 16407, id="bytes are counted, not letters"),
    pytest.param("{ " + "a " * 2500 + "}", "tokens", 2502, id="too many tokens"),
    pytest.param(")" * 5000, "tokens", 5000, id="too many tokens that mean nothing"),
    pytest.param(fan(10, 6, "id"), "fields", 2_111_112, id="a million fields in five hundred bytes"),
    pytest.param(fan(10, 40, "...Nobody"), "fields", EVERYTHING, id="a fan of fragments without any field"),
    pytest.param(
        "fragment A on Case { " + "case { ...B } " * 31 + "} fragment B on Case { " + "case { id } " * 31 + "}"
        "{ case { ...A } }",
        *("fields", 31 * (1 + 1 + 31 * 2) + 2),
        id="fields below fields",
    ),
    pytest.param("{ " + "a " * 1001 + "}", "fields", 1001, id="many fields, no fragment"),
    pytest.param("{ case { " + "id " * 500 + "} }", "repeats", 500 * 499 // 2, id="the same leaf again and again"),
    pytest.param("{ " + "__typename " * 900 + "}", "repeats", 900 * 899 // 2, id="the same meta field"),
    pytest.param(
        "{ case { " + ("case { " + "id " * 30 + "} ") * 30 + "} }",
        *("repeats", 30 * 29 // 2 + 900 * 899 // 2),
        id="the same object with the same leaves",
    ),
    pytest.param(
        "{ case { id } } fragment A on Case { " + "id " * 900 + "}",
        *("repeats", 900 * 899 // 2),
        id="in a fragment that nobody uses",
    ),
    pytest.param(f"{{ case {{ {many(31, 'a%d: id')} }} }}", "aliases", 31, id="aliases of a leaf"),
    pytest.param(f"{{ {many(31, 'a%d: case {id}')} }}", "aliases", 31, id="aliases of a root"),
    pytest.param("{ case { id " + "@include(if: true) " * 51 + "} }", "directives", 51, id="directives of one field"),
    pytest.param("{ case { " + "id @skip(if: false) " * 51 + "} }", "directives", 51, id="directives of many fields"),
    pytest.param("query " + "@a " * 51 + "{ case { id } }", "directives", 51, id="directives of the operation"),
    pytest.param(
        f"query ({many(51, '$v%d: Int @a')}) {{ case {{ id }} }}", "directives", 51, id="directives of variables"
    ),
    pytest.param("{ " + "case { " * 12 + "id" + " }" * 13, "depth", 13, id="thirteen levels"),
    pytest.param(
        "{ " + "case { " * 6 + "...A" + " }" * 7 + " fragment A on Case { " + "case { " * 6 + "id" + " }" * 7,
        *("depth", 13),
        id="thirteen levels through a fragment",
    ),
    pytest.param("{ case { " + "... { " * 70 + "id" + " }" * 72, "depth", 61, id="inline fragments in each other"),
    pytest.param('{ __type(name: "Case") { ' + "ofType { " * 15 + "name" + " }" * 17, "depth", 17, id="introspection"),
    pytest.param(
        many(51, "fragment F%d on Case { id }") + "{ case { id } }", "fragments", 51, id="very many fragments"
    ),
]


@pytest.mark.parametrize(("document", "limit", "found"), REFUSED)
def test_a_document_that_asks_too_much_is_refused_with_both_numbers(document: str, limit: str, found: int) -> None:
    with pytest.raises(LimitExceeded) as refused:
        limits.checked_document(document)
    assert refused.value.text == f"limit.{limit}"
    assert refused.value.values["found"] == str(found)
    assert str(found) in say("it", refused.value.text, **refused.value.values)


@pytest.mark.parametrize(
    "document",
    [
        pytest.param("fragment A on Case { ...A } { case { ...A } }", id="a fragment in itself"),
        pytest.param("fragment A on Case { ...B } fragment B on Case { case { ...A } } { case { id } }", id="a circle"),
        pytest.param("fragment A on Case { id } fragment A on Case { id } { case { ...A } }", id="two of one name"),
        pytest.param("", id="nothing"),
        pytest.param("{ case { " * 300, id="never closed"),
        pytest.param("{ case(id: " + "[" * 900 + "]" * 900 + ") { id } }", id="a very deep list"),
        pytest.param('{ case(id: "\ud800") { id } }', id="half a character"),
        pytest.param("{ case { id } \x00 }", id="a NUL"),
    ],
)
def test_a_document_that_cannot_be_read_is_a_bad_request(document: str) -> None:
    with pytest.raises(BadRequest) as refused:
        limits.checked_document(document)
    assert say("en", refused.value.text, **refused.value.values)


@pytest.mark.parametrize(
    "document",
    [
        pytest.param("{ " + "case { " * 11 + "id" + " }" * 12, id="twelve levels"),
        pytest.param(f"{{ case {{ {many(30, 'a%d: id')} }} }}", id="thirty aliases"),
        pytest.param("{ case { " + "id " * 100 + "} }", id="a hundred times the same"),
        pytest.param(get_introspection_query(), id="the introspection of every tool"),
        pytest.param("#\n" * 8000 + "{ case { id } }", id="comments"),
        pytest.param(',\ufeff{ case(id: "\U0001f600\u202e") { id } }', id="unusual characters"),
        pytest.param("query A { case { id } } query B { case { number } }", id="two operations"),
    ],
)
def test_a_document_within_the_limits_is_parsed_and_valid(document: str) -> None:
    assert validate(SCHEMA, limits.checked_document(document)) == []


@given(
    st.lists(
        st.lists(st.tuples(st.sampled_from(["id", "case", "spread"]), st.integers(0, 5)), min_size=1, max_size=4),
        min_size=1,
        max_size=6,
    )
)
def test_fragments_count_as_often_as_they_are_spread(bodies: list[list[tuple[str, int]]]) -> None:
    def written(number: int, kind: str, step: int) -> str:
        target = number + 1 + step
        if target >= len(bodies) or kind == "id":
            return "id"
        return f"...F{target}" if kind == "spread" else f"case {{ ...F{target} }}"

    def counted(number: int) -> int:
        total = 0
        for kind, step in bodies[number]:
            target = number + 1 + step
            leaf = target >= len(bodies) or kind == "id"
            total += 1 if leaf else counted(target) + (1 if kind == "spread" else 2)
        return total

    fragments = {
        number: " ".join(written(number, kind, step) for kind, step in body) for number, body in enumerate(bodies)
    }
    text = " ".join(f"fragment F{number} on Case {{ {body} }}" for number, body in fragments.items())
    document = limits.parsed(f"{{ case {{ ...F0 }} }} {text}")
    reader = limits.Reader(limits.fragments_of(document))
    assert reader.measure_root(reader.roots(document)[0]).fields == 2 + counted(0)


def cost_of(document: str, variables: dict[str, Any] | None = None, schema: GraphQLSchema = SCHEMA) -> int:
    """The cost that would be refused if nothing were permitted."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("api.limits_cost.MAX_COST", 0)
        with pytest.raises(LimitExceeded) as refused:
            limits.check_operation(schema, limits.checked_document(document), None, variables or {})
    assert refused.value.text == "limit.cost"
    return int(refused.value.values["found"])


@pytest.mark.parametrize(
    ("document", "variables", "cost"),
    [
        pytest.param("{ case { id number } }", {}, 2 + 2, id="an object and its leaves"),
        pytest.param("{ case { tags } }", {}, 2 + 1, id="a list of leaves is a leaf"),
        pytest.param("{ organisations { slug } }", {}, 25 * 3, id="a list at the root"),
        pytest.param("{ case { needs { id macro } } }", {}, 2 + 10 * 4, id="a list below it"),
        pytest.param("{ cases { nodes { id } } }", {}, 2 + 25 * 3, id="a page at the root"),
        pytest.param("{ cases(first: 50) { nodes { id } } }", {}, 2 + 50 * 3, id="a page of so many"),
        pytest.param("{ cases(first: 50) { edges { cursor node { id } } } }", {}, 2 + 50 * 6, id="with edges"),
        pytest.param("{ cases(first: 9) { totalCount pageInfo { hasNextPage } } }", {}, 6, id="beside the page"),
        pytest.param("{ case { shared { nodes { id } } } }", {}, 4 + 5 * 3, id="the schema's own default"),
        pytest.param("query ($n: Int) { cases(first: $n) { nodes { id } } }", {"n": 7}, 23, id="a variable"),
        pytest.param("query ($n: Int = 8) { cases(first: $n) { nodes { id } } }", {}, 26, id="its default"),
        pytest.param("query ($n: Int = 8) { cases(first: $n) { nodes { id } } }", {"n": 7}, 23, id="both"),
        pytest.param("query ($n: Int) { cases(first: $n) { nodes { id } } }", {}, 77, id="no value"),
        pytest.param("query ($n: Int) { cases(first: $n) { nodes { id } } }", {"n": "many"}, 77, id="nonsense"),
        pytest.param("query ($n: Int) { cases(first: $n) { nodes { id } } }", {"n": True}, 77, id="a truth value"),
        pytest.param("query ($n: Int) { cases(first: $n) { nodes { id } } }", {"n": [9]}, 77, id="a list"),
        pytest.param("query ($n: Int) { cases(first: $n) { nodes { id } } }", {"n": float("nan")}, 77, id="no number"),
        pytest.param("query ($n: Int) { cases(first: $n) { nodes { id } } }", {"n": -10}, 5, id="less than none"),
        pytest.param("{ cases(first: -10) { nodes { id } } }", {}, 5, id="less than none, written"),
        pytest.param("{ node(id: 1) { id ... on Case { needs { id } } } }", {}, 2 + 1 + 30, id="by its type"),
        pytest.param("{ case { id @include(if: false) number @skip(if: true) } }", {}, 4, id="what may be left out"),
        pytest.param(
            "{ ...Q } fragment Q on Query { cases(first: 4) { ...C } } "
            "fragment C on CaseConnection { nodes { ... { id } } }",
            *({}, 2 + 4 * 3),
            id="through fragments",
        ),
        pytest.param(
            "{ cases(first: 10) { nodes { shared(first: 10) { nodes { id } } } } }",
            *({}, 2 + 10 * (2 + 2 + 10 * 3)),
            id="pages within pages multiply",
        ),
    ],
)
def test_what_an_operation_costs(document: str, variables: dict[str, Any], cost: int) -> None:
    assert cost_of(document, variables) == cost


@pytest.mark.parametrize(
    ("document", "variables"),
    [
        pytest.param("{ cases(first: 100) { nodes { shared(first: 100) { nodes { id number } } } } }", {}, id="nested"),
        pytest.param("query ($n: Int) { cases(first: $n) { nodes { id } } }", {"n": 10**30}, id="an absurd number"),
        pytest.param("query ($n: Int) { cases(first: $n) { nodes { id } } }", {"n": float("inf")}, id="infinity"),
        pytest.param("query ($n: Int = 999999999) { cases(first: $n) { nodes { id } } }", {}, id="as a default"),
        pytest.param("{ cases(first: " + "9" * 9000 + ") { nodes { id } } }", {}, id="nine thousand digits"),
        pytest.param(
            "{ a: cases(first: 100) { ...C } b: cases(first: 100) { ...C } } "
            "fragment C on CaseConnection { nodes { needs { id macro } shared(first: 40) { nodes { id number } } } }",
            {},
            id="twice through one fragment",
        ),
    ],
)
def test_an_operation_that_costs_too_much_is_refused(document: str, variables: dict[str, Any]) -> None:
    with pytest.raises(LimitExceeded) as refused:
        limits.check_operation(SCHEMA, limits.checked_document(document), None, variables)
    assert refused.value.text == "limit.cost"
    assert refused.value.values["limit"] == "30000"


def test_only_the_named_operation_counts() -> None:
    document = limits.checked_document(
        "query Small { case { id } } query Large { cases(first: 100000) { nodes { id } } }"
    )
    limits.check_operation(SCHEMA, document, "Small", {})
    with pytest.raises(LimitExceeded):
        limits.check_operation(SCHEMA, document, "Large", {})
    limits.check_operation(SCHEMA, document, "Nobody", {})


@pytest.mark.parametrize(
    "value",
    [
        pytest.param([1] * 5001, id="a long list"),
        pytest.param([[1] * 100] * 60, id="lists of lists"),
        pytest.param({str(key): key for key in range(5001)}, id="a large object"),
    ],
)
def test_variables_with_very_many_values_are_refused(value: object) -> None:
    document = limits.checked_document("{ case { id } }")
    with pytest.raises(LimitExceeded) as refused:
        limits.check_operation(SCHEMA, document, None, {"value": value})
    assert refused.value.text == "limit.variables"


def test_very_deep_variables_do_no_harm() -> None:
    value: list[Any] = []
    for _ in range(4000):
        value = [value]
    limits.check_operation(SCHEMA, limits.checked_document("{ case { id } }"), None, {"value": value})


def test_introspection_of_this_schema_is_affordable() -> None:
    from api.schema import schema

    document = limits.checked_document(get_introspection_query(input_value_deprecation=True))
    assert validate(schema._schema, document) == []
    limits.check_operation(schema._schema, document, None, {})
