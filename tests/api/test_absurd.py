"""Whatever value is given, wherever: it is refused or taken, and never a fault of ours. New fields are asked too."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

import asyncpg
import httpx
import pytest
from graphql import (
    GraphQLError,
    GraphQLInputObjectType,
    get_named_type,
    is_enum_type,
    is_input_object_type,
    is_list_type,
    is_non_null_type,
    parse,
    validate,
)

from api.schema import schema
from infra.clock import today
from tests.api.differential import Token
from tests.api.test_errors import ABSENT
from tests.api.test_main_job import Job, consent_and_propose, open_and_write
from tests.conftest import CAST, THOROUGH, Ask

ASKED = 150
"""How many of the some two thousand pairs of a place and a value are asked, other ones at every run."""
NUL, HALF = "\\u0000", "\\ud800"
TEXTS = [
    *('""', '" "', f'"a{NUL}b"', f'"{HALF}"', '"\\u202e"', '"\\u200b"', '"𝄞"', '"%_\\\\"', f'"{"9" * 5000}"'),
    *(f'"{"x" * 100_000}"', '"NaN"', '"1e999999999"', '"9999-12-31"', '"case_"', f'"{"a|" * 50}"', '"MXwx"'),
]
ANY = ["null", "true", "1.5", "-1", "[]", "{}", '[[["x"]]]', '{"a": {"b": []}}', "[null]", "1e400", "9" * 15_000]
ABSURD: dict[str, list[str]] = {
    "Int": ["0", "2147483647", "-2147483648", "2147483648", "9" * 15_000, "1e400", "-0.0", '"1"', '"\\u0661"'],
    "Date": [f'"{day}"' for day in ("0000-01-01", "0001-01-01", "9999-12-31", "2026-02-30", "2026-W01-1", "20260101")],
    "DateTime": [f'"{at}"' for at in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "now", "infinity")],
    "Decimal": [
        f'"{number}"'
        for number in (
            *("1e999999999", "0e999999999", "1e-999999999", "-0", "NaN", "sNaN", "Infinity", "1_000", "\\u0661\\u0662"),
            *("9" * 39, "0." + "0" * 36 + "1", "9" * 10_000, "", " 1", "1,5"),
        )
    ],
    "Boolean": ['"true"', "0"],
    "ID": [*TEXTS, f'"need_{ABSENT}"', '"case_\\u0000"', "9" * 15_000, "1e400"],
    "String": TEXTS,
}


@dataclass(frozen=True)
class Place:
    """One value that a caller gives: the root field, and where it stands in the variables."""

    root: str
    path: tuple[str, ...]
    kind: str

    def __str__(self) -> str:
        return ".".join((self.root, *self.path))


def places() -> list[Place]:
    """Every value of every argument of every root, those inside of inputs too."""
    found: list[Place] = []
    for operation in ("Query", "Mutation"):
        for name, field in schema._schema.type_map[operation].fields.items():
            for argument, declared in field.args.items():
                found += below(name, (argument,), declared.type)
    return found


def below(root: str, path: tuple[str, ...], kind: Any) -> Iterator[Place]:
    named = get_named_type(kind)
    yield Place(root, path, "Enum" if is_enum_type(named) else named.name)
    if is_input_object_type(named):
        for name, field in named.fields.items():
            yield from below(root, (*path, name), field.type)


def plausible(kind: Any, name: str, ids: dict[str, str], *, wanted: tuple[str, ...] = ()) -> Any:
    """A value that is right as far as its form goes; `wanted` is the way to what will be made absurd."""
    if is_non_null_type(kind):
        return plausible(kind.of_type, name, ids, wanted=wanted)
    if is_list_type(kind):
        return [plausible(kind.of_type, name, ids, wanted=wanted)]
    if is_enum_type(kind):
        return next(iter(kind.values))
    if isinstance(kind, GraphQLInputObjectType):
        return {
            inner: plausible(field.type, inner, ids, wanted=wanted[1:])
            for inner, field in kind.fields.items()
            if is_non_null_type(field.type) or (wanted and inner == wanted[0])
        }
    return {
        "ID": ids.get(name, f"case_{ABSENT}"),
        "Int": 1,
        "Boolean": True,
        "Date": f"{today().year + 1}-01-01",
        "DateTime": "2026-01-01T00:00:00Z",
        "Decimal": "1.50",
    }.get(kind.name, "x")


def document(root: str) -> str:
    kind = "Query" if root in schema._schema.type_map["Query"].fields else "Mutation"
    arguments = schema._schema.type_map[kind].fields[root].args
    declared = ", ".join(f"${name}: {argument.type}" for name, argument in arguments.items())
    given = ", ".join(f"{name}: ${name}" for name in arguments)
    shown = "problems { code }" if kind == "Mutation" else "__typename"
    return f"{kind.lower()} ({declared}) {{ {root}({given}) {{ {shown} }} }}"


def body(place: Place, value: str, ids: dict[str, str]) -> str:
    """The request with the absurd value in its place; it is written as text, because JSON libraries would refuse it."""
    kind = "Query" if place.root in schema._schema.type_map["Query"].fields else "Mutation"
    variables: dict[str, Any] = {}
    for name, argument in schema._schema.type_map[kind].fields[place.root].args.items():
        if is_non_null_type(argument.type) or name == place.path[0]:
            wanted = place.path[1:] if name == place.path[0] else ()
            variables[name] = plausible(argument.type, name, ids, wanted=wanted)
    holder: Any = variables
    for step in place.path[:-1]:
        holder = holder[step][0] if isinstance(holder[step], list) else holder[step]
    mark = "-- here --"
    holder[place.path[-1]] = mark
    text = json.dumps({"query": document(place.root), "variables": variables})
    return text.replace(json.dumps(mark), value)


@pytest.fixture(scope="module")
async def ids(ask: Ask) -> dict[str, str]:
    """A case of Anna's and joint work on it; whatever else has an id is absent."""
    job = Job(ask)
    await open_and_write(job)
    await consent_and_propose(job)
    return {"caseId": job.case, "jointInterventionId": job.joint_intervention, "authorisationId": job.authorisation}


COUNT = """
SELECT (SELECT count(*) FROM case_file), (SELECT count(*) FROM event), (SELECT count(*) FROM joint_intervention)
"""
LITERALS = ["9" * 15_000, "1e400", '"x"', "true", "null", "[]", '[[["x"]]]', "{a: {b: []}}", '"9999-12-31"', "NOPE"]
"""Values as they are written in a document."""


@pytest.mark.parametrize("value", LITERALS)
def test_no_literal_is_our_fault(value: str) -> None:
    """Of every kind of value: what is wrong with it is told by graphql-core itself, and so is the caller's."""
    for place in {place.kind: place for place in places()}.values():
        kind = "query" if place.root in schema._schema.type_map["Query"].fields else "mutation"
        given = value
        for step in reversed(place.path[1:]):
            given = f"{{{step}: {given}}}"
        text = f"{kind} {{ {place.root}({place.path[0]}: {given}) {{ __typename }} }}"
        for error in validate(schema._schema, parse(text)):
            cause = error.original_error
            assert cause is None or isinstance(cause, GraphQLError), (str(place), value[:60])


async def test_no_value_is_our_fault(
    client: httpx.AsyncClient, token: Token, owner: asyncpg.Connection, ids: dict[str, str]
) -> None:
    """Half of what is asked gets as far as the verbs: the rest of it is right."""
    headers = {"Authorization": f"Bearer {await token(*CAST['anna'])}", "Content-Type": "application/json"}
    asked = [(place, value) for place in places() for value in [*ABSURD.get(place.kind, ['"NOPE"', "0"]), *ANY]]
    for place, value in asked if THOROUGH else Random().sample(asked, ASKED):  # noqa: S311 - no secret
        before = await counted(owner)
        answer = await client.post("/graphql", content=body(place, value, ids).encode(), headers=headers)
        told = answer.json()
        seen = (str(place), value[:60], answer.text[:300])
        codes = {error["extensions"]["code"] for error in told.get("errors", ())}
        assert answer.status_code < 500, seen
        assert codes.isdisjoint({"INTERNAL", "UNAVAILABLE"}), seen
        if codes or '"code"' in answer.text:
            assert await counted(owner) == before, seen


async def counted(owner: asyncpg.Connection) -> tuple[Any, ...]:
    async with owner.transaction():
        here = await owner.fetchval("SELECT id FROM territory WHERE slug = 'empolese-valdelsa'")
        await owner.execute("SELECT set_config('win.territory_id', $1, true)", str(here))
        return tuple(await owner.fetchrow(COUNT))
