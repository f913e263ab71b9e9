"""The running schema as a page can show it: every type, what it is made of, what that costs and what is shared by pact.

The types are the schema's own. The field of the registry comes from the shapes, and the cost from the rule by which
operations are counted, so that neither can say anything else than what happens.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_introspection_type,
    print_ast,
)
from graphql.utilities.get_default_value_ast import get_default_value_ast
from strawberry.utils.str_converters import to_camel_case

from api.limits_cost import LISTED, Counted, counted, usual_size
from api.reading.types import TYPES
from api.schema import schema
from tenants.reading.shapes import Leaf

KINDS = ("query", "mutation", "object", "interface", "union", "input", "enum", "scalar")
"""In the order of the page: what a client asks comes first."""


@dataclass(frozen=True)
class Linked:
    """The type of a value: its name, and the marks of lists and of what is never null around it."""

    before: str
    name: str
    after: str


@dataclass(frozen=True)
class Cost:
    """How a field counts; a list counts `times`."""

    how: str
    times: int = 1


@dataclass(frozen=True)
class Entry:
    """One field, argument, input value or enum value."""

    name: str
    type: Linked | None = None
    note: str = ""
    deprecated: str = ""
    default: str = ""
    field: str = ""
    """Its key in the registry of fields, if it is a value of a case that a pact shares."""
    cost: Cost | None = None
    arguments: tuple["Entry", ...] = ()


@dataclass(frozen=True)
class Section:
    """One type."""

    name: str
    kind: str
    note: str = ""
    entries: tuple[Entry, ...] = ()
    implements: tuple[str, ...] = ()
    possible: tuple[str, ...] = ()


@cache
def reference() -> Mapping[str, tuple[Section, ...]]:
    """Return the types of the schema that is served, by kind."""
    found = list(sections(schema._schema))
    return {kind: kept for kind in KINDS if (kept := tuple(one for one in found if one.kind == kind))}


def sections(described: GraphQLSchema) -> Iterator[Section]:
    """Yield every type of a schema, by name."""
    fields, paged = registry_fields(), set(pages(described))
    for name, kind in sorted(described.type_map.items()):
        if not is_introspection_type(kind):
            yield Section(
                name,
                kind_of(described, kind),
                kind.description or "",
                tuple(entries(described, kind, fields, in_page=name in paged)),
                tuple(one.name for one in getattr(kind, "interfaces", ())),
                tuple(possible(described, kind)),
            )


def kind_of(described: GraphQLSchema, kind: GraphQLNamedType) -> str:
    """Return the heading that a type stands under."""
    if kind is described.query_type:
        return "query"
    if kind is described.mutation_type:
        return "mutation"
    for one, name in (
        (GraphQLObjectType, "object"),
        (GraphQLInterfaceType, "interface"),
        (GraphQLUnionType, "union"),
        (GraphQLInputObjectType, "input"),
        (GraphQLEnumType, "enum"),
    ):
        if isinstance(kind, one):
            return name
    return "scalar"


def possible(described: GraphQLSchema, kind: GraphQLNamedType) -> Iterator[str]:
    """Yield the names of the object types that a value of an interface or a union can be."""
    if isinstance(kind, GraphQLInterfaceType | GraphQLUnionType):
        yield from sorted(one.name for one in described.get_possible_types(kind))


def entries(
    described: GraphQLSchema, kind: GraphQLNamedType, fields: Mapping[tuple[str, str], str], *, in_page: bool
) -> Iterator[Entry]:
    """Yield what a type is made of."""
    if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
        at_root = kind is described.query_type
        for name, found in kind.fields.items():
            yield Entry(
                name,
                linked(found.type),
                found.description or "",
                found.deprecation_reason or "",
                field=fields.get((kind.name, name), ""),
                cost=cost_of(name, found, at_root=at_root, in_page=in_page),
                arguments=tuple(given(key, argument) for key, argument in found.args.items()),
            )
    elif isinstance(kind, GraphQLInputObjectType):
        for name, member in kind.fields.items():
            yield given(name, member)
    elif isinstance(kind, GraphQLEnumType):
        for name, value in kind.values.items():
            yield Entry(name, note=value.description or "", deprecated=value.deprecation_reason or "")


def given(name: str, value: GraphQLArgument | GraphQLInputField) -> Entry:
    """Return what a caller gives: an argument, or a value of an input."""
    literal = get_default_value_ast(value)
    return Entry(
        name,
        linked(value.type),
        value.description or "",
        value.deprecation_reason or "",
        default=print_ast(literal) if literal else "",
    )


def linked(kind: Any) -> Linked:
    """Return the type as it is written, in three parts: what is before its name, its name, and what is after."""
    name = get_named_type(kind).name
    before, _, after = str(kind).partition(name)
    return Linked(before, name, after)


def cost_of(name: str, found: GraphQLField, *, at_root: bool, in_page: bool) -> Cost:
    """Return how the field counts; the lists of a connection are as long as the connection was asked to be."""
    how = counted(found)
    if how is Counted.LIST and in_page and name in LISTED:
        return Cost("in_page")
    if how in (Counted.LEAF, Counted.OBJECT, Counted.BY_IDS):
        return Cost(how.name.lower())
    return Cost(how.name.lower(), usual_size(found, at_root=at_root))


def pages(described: GraphQLSchema) -> Iterator[str]:
    """Yield the names of the types that are pages of a list."""
    for kind in described.type_map.values():
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            for found in kind.fields.values():
                if counted(found) is Counted.PAGE:
                    yield get_named_type(found.type).name


def registry_fields() -> Mapping[tuple[str, str], str]:
    """Return the registry's key of each value of a case, by its type and its name in the schema."""
    return {
        (kind, to_camel_case(member.name)): member.field
        for kind, members in TYPES.members.items()
        for member in members
        if isinstance(member, Leaf) and member.field
    }
