"""The same question answered by both read paths, and generated questions about what is really there."""

import json
import re
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

import httpx
from graphql import ArgumentNode, DocumentNode, SelectionSetNode, parse, parse_value, print_ast, visit
from graphql.language.visitor import Visitor
from hypothesis import strategies as st
from hypothesis_graphql import nodes, queries

from api.schema import schema
from tests.conftest import CAST, setting

PEOPLE = {**CAST, "nora": ("nora@due-sedi.example", "caritas-vinci")}
"""The cast, and one whose language is English."""

LEARN = """
{
  cases(first: 30) {
    edges {
      cursor
      node {
        id number holder { id slug } authorisations { id } person { contacts { municipality } }
        jointInterventions { edges { cursor node { id } } }
      }
    }
  }
  organisations(first: 5) { edges { cursor node { id } } }
  jointInterventions(first: 20) { edges { cursor node { id } } }
  pact { id version }
}
"""
Json = dict[str, Any]
Token = Callable[[str, str], Awaitable[str]]


@dataclass(frozen=True)
class Reading:
    """Puts questions to the application by both read paths."""

    client: httpx.AsyncClient
    token: Token

    async def ask(self, who: str, query: str, variables: Json | None = None, operation: str | None = None) -> Json:
        """Return the answer by the path that is set, without what differs between any two requests."""
        headers = {"Authorization": f"Bearer {await self.token(*PEOPLE[who])}"}
        body = {"query": query, "variables": variables, "operationName": operation}
        answer: Json = (await self.client.post("/graphql", json=body, headers=headers)).json()
        for error in answer.get("errors", ()):
            del error["extensions"]["requestId"]
        return answer

    async def both(self, who: str, query: str, variables: Json | None = None, operation: str | None = None) -> Json:
        """Return the answer, once both paths have given it to the letter, in the same order."""
        async with setting("WIN_READ_PATH", "compiled"):
            compiled = await self.ask(who, query, variables, operation)
        async with setting("WIN_READ_PATH", "reference"):
            reference = await self.ask(who, query, variables, operation)
        assert json.dumps(compiled, indent=1) == json.dumps(reference, indent=1), query
        return compiled


@dataclass
class Known:
    """What a member has seen, so that questions hit."""

    ids: list[str] = field(default_factory=list)
    case_ids: list[str] = field(default_factory=list)
    cursors: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    numbers: list[str] = field(default_factory=list)
    slugs: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)

    def filters(self) -> st.SearchStrategy[str]:
        """Return filters as they are written in a document."""
        values = {
            "number": st.sampled_from(self.numbers).map(json.dumps),
            "holder": st.sampled_from(self.slugs).map(json.dumps),
            "municipality": st.sampled_from(self.places).map(json.dumps),
            "status": st.sampled_from(["IN_CHARGE", "LISTENING", "CLOSED", "null"]),
            "openedFrom": st.sampled_from(['"2025-01-01"', "null"]),
            "openedTo": st.sampled_from(['"2027-01-01"', '"2020-01-01"']),
        }
        chosen = st.fixed_dictionaries({}, optional=values)
        return chosen.map(lambda given: "{" + ", ".join(f"{name}: {value}" for name, value in given.items()) + "}")

    def argument(self, name: str, of: str) -> st.SearchStrategy[str] | None:
        """Return values worth asking of this argument of a field; none if any will do."""
        absent = "case_01900000-0000-7000-8000-000000000000"
        ids = self.case_ids if of == "case" else self.ids
        cursors = self.cursors.get(of, [])
        return {
            "id": st.sampled_from([*ids, absent]).map(json.dumps),
            "caseId": st.sampled_from([*self.case_ids, absent]).map(json.dumps),
            "first": st.sampled_from(["1", "0", "2", "7", "null"]),
            "last": st.sampled_from(["null"] * 30 + ["2"]),
            "before": st.sampled_from(["null"] * 30 + ['"garbage"', *map(json.dumps, cursors)]),
            "ids": st.lists(st.sampled_from([*ids, absent]), max_size=4).map(json.dumps),
            "after": st.sampled_from(["null"] * 30 + ['"garbage"', *map(json.dumps, cursors)]),
            "version": st.sampled_from(["null", "1", "99"]),
            "filter": self.filters() if of == "cases" else st.sampled_from(["null", "{}", "{kind: CARITAS}"]),
        }.get(name)


async def learn(reading: Reading, who: str) -> Known:
    """Look around as this member."""
    data = (await reading.ask(who, LEARN))["data"]
    known = Known(numbers=["nowhere"], slugs=["nobody"], places=["048014", "000000"])
    for edge in data["cases"]["edges"]:
        case = edge["node"]
        known.case_ids.append(case["id"])
        known.cursors["cases"].append(edge["cursor"])
        known.numbers.append(case["number"])
        known.slugs.append(case["holder"]["slug"])
        known.places.append(((case["person"]["contacts"] or {}).get("municipality")) or "048014")
        known.ids += [row["id"] for row in case["authorisations"]]
        known.cursors["jointInterventions"] += [below["cursor"] for below in case["jointInterventions"]["edges"]]
    for name in ("organisations", "jointInterventions"):
        known.ids += [edge["node"]["id"] for edge in data[name]["edges"]]
        known.cursors[name] += [edge["cursor"] for edge in data[name]["edges"]]
    known.ids += [*known.case_ids * 2, data["pact"]["id"]]
    return known


class Filler(Visitor):
    """Puts real ids, cursors and filters in the place of generated ones."""

    def __init__(self, draw: st.DrawFn, known: Known) -> None:
        super().__init__()
        self.draw, self.known = draw, known

    def enter_argument(self, node: ArgumentNode, _key: Any, _parent: Any, _path: Any, ancestors: list[Any]) -> Any:
        owner = next(item for item in ancestors[::-1] if getattr(item, "kind", "") == "field")
        values = self.known.argument(node.name.value, owner.name.value)
        if values is None:
            return None
        return ArgumentNode(name=node.name, value=parse_value(self.draw(values)))


class Decorator(Visitor):
    """Writes the same question in another way: aliases, fragments, directives with variables, types of everything."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.chance = Random(seed)  # noqa: S311 - a test's dice
        self.aliases = 0

    def leave_selection_set(self, node: SelectionSetNode, *_args: Any) -> Any:
        if self.chance.random() < 0.3:
            return None
        written = [text for selection in node.selections for text in self.written(print_ast(selection))]
        if self.chance.random() < 0.4:
            written.insert(self.chance.randrange(len(written) + 1), "__typename")
        return selections(" ".join(written))

    def written(self, text: str) -> list[str]:
        """Return one selection in one of the ways that it can be written."""
        dice = self.chance.random()
        if text.startswith("...") or dice < 0.5:
            return [text]
        if dice < 0.65 and self.aliases < 12:
            self.aliases += 1
            name = text.partition(":")[2] if ALIASED.match(text) else text
            return [text, f"again{self.aliases}: {name.strip()}"]
        if dice < 0.75:
            return [f"... {{ {text} }}"]
        if dice < 0.85:
            return [f"... @include(if: $yes) {{ {text} }}", text]
        if dice < 0.95:
            return [f"... @{self.chance.choice(['skip(if: $yes)', 'include(if: $no)', 'skip(if: $no)'])} {{ {text} }}"]
        return [text, text]


ALIASED = re.compile(r"\w+: ")
VARIABLES = {"yes": True, "no": False}


def selections(text: str) -> SelectionSetNode:
    definition: Any = parse(f"{{ {text} }}").definitions[0]
    found: SelectionSetNode = definition.selection_set
    return found


SDL = schema.as_str()
SCALARS = {
    "Date": st.sampled_from(["2025-01-01", "2026-06-30"]).map(nodes.String),
    "DateTime": st.just("2026-01-01T00:00:00Z").map(nodes.String),
    "Decimal": st.just("1.50").map(nodes.String),
}


@st.composite
def documents(draw: st.DrawFn, known: Known) -> tuple[str, Json]:
    """Give queries by the schema that ask about what is there, with their variables."""
    document: DocumentNode = draw(
        queries(SDL, custom_scalars=SCALARS, print_ast=lambda document: document, allow_x00=False)
    )
    text = print_ast(visit(visit(document, Filler(draw, known)), Decorator(draw(st.integers(0, 1_000_000)))))
    used = {name: value for name, value in VARIABLES.items() if f"${name}" in text}
    if used:
        head = ", ".join(f"${name}: Boolean!" for name in used)
        text = f"query ({head}) {text}"
    return text, used
