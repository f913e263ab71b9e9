"""The schema as integrators read it: everything says why it is there, and nothing was left to be guessed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLScalarType,
    Undefined,
    build_schema,
    is_specified_scalar_type,
)

from api.commands import breaks

PRINTED = Path(__file__).parents[2] / "api" / "schema.graphql"


def described(kind: Any) -> Iterator[tuple[str, str | None]]:
    """Everything of a type that may have a description."""
    yield kind.name, kind.description
    if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
        for name, field in kind.fields.items():
            yield f"{kind.name}.{name}", field.description
            for argument, given in field.args.items():
                yield f"{kind.name}.{name}({argument})", given.description
    elif isinstance(kind, GraphQLInputObjectType):
        for name, member in kind.fields.items():
            yield f"{kind.name}.{name}", member.description
    elif isinstance(kind, GraphQLEnumType):
        for name, value in kind.values.items():
            yield f"{kind.name}.{name}", value.description


def printed() -> list[Any]:
    return [
        kind
        for name, kind in build_schema(PRINTED.read_text("utf-8")).type_map.items()
        if not name.startswith("__") and not is_specified_scalar_type(kind)
    ]


def words(text: str) -> set[str]:
    return {"".join(sign for sign in word.lower() if sign.isalnum()) for word in text.replace("_", " ").split()}


def test_everything_says_why_it_is_there() -> None:
    """A description that only repeats the name says nothing."""
    silent = [name for kind in printed() for name, text in described(kind) if not text]
    assert silent == []
    repeated = [
        (name, text)
        for kind in printed()
        for name, text in described(kind)
        if text and words(text) <= words(name.replace(".", " ").replace("(", " ")) | {"the", "a", "of", "its"}
    ]
    assert repeated == []


def test_every_scalar_says_by_which_document_it_is_written() -> None:
    assert [kind.name for kind in printed() if isinstance(kind, GraphQLScalarType) and not kind.specified_by_url] == []


def test_what_may_be_left_out_has_no_default_of_null() -> None:
    """Left out and given as null are two things in an update."""
    nulls = []
    for kind in printed():
        given = kind.fields if isinstance(kind, GraphQLInputObjectType) else {}
        arguments = getattr(kind, "fields", {}).values() if not given else ()
        for name, member in [*given.items(), *(item for field in arguments for item in field.args.items())]:
            if member.default_value is not Undefined and member.default_value is None:
                nulls.append(f"{kind.name} {name}")
    assert nulls == []
    assert "= null" not in PRINTED.read_text("utf-8")


def test_a_change_that_breaks_what_was_released_is_told() -> None:
    now = PRINTED.read_text("utf-8")
    assert breaks(now, now) == []
    told = breaks(
        now,
        now.replace("  version: Int!", "  version: Int", 1).replace("  isDemo: Boolean!", "  isInvented: Boolean!", 1),
    )
    assert len(told) == 2
    assert any("isDemo" in change for change in told)
