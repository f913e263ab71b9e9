"""The object types of the schema, made from the shapes: a readable value is declared there and nowhere else."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from inspect import Parameter, Signature, signature
from types import GenericAlias
from typing import Annotated, Any, TypeVar

import strawberry
from strawberry import UNSET
from strawberry.utils.str_converters import to_camel_case

from infra.explained import Explained
from tenants.reading.pages import MOST
from tenants.reading.shapes import Inline, Kind, Leaf, Many, Member, One, Pages, Shape
from tenants.shapes import SHAPES

SCALARS: Mapping[Kind, Any] = {
    Kind.ID: strawberry.ID,
    Kind.STRING: str,
    Kind.INT: int,
    Kind.BOOLEAN: bool,
    Kind.DATE: date,
    Kind.DATETIME: datetime,
    Kind.DECIMAL: Decimal,
}


NULL_OBJECT = "Null if I may read none of it."


@strawberry.interface(description="Anything that has a global id.")
class Node:
    id: strawberry.ID = strawberry.field(description="Opaque: keep it, and send it back as it is.")


@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="Whether the list goes on after the page.")
    has_previous_page: bool = strawberry.field(description="Whether the list has rows before the page.")
    start_cursor: str | None = strawberry.field(description="Of the first row, for `before`; null of an empty page.")
    end_cursor: str | None = strawberry.field(description="Of the last row, for `after`; null of an empty page.")


PAGING = tuple(
    Parameter(
        name,
        Parameter.KEYWORD_ONLY,
        default=UNSET,
        annotation=Annotated[kind, strawberry.argument(description=note)],
    )
    for name, kind, note in (
        ("first", int | None, f"How many from the start, 0 to {MOST}; not together with `last`."),
        ("after", str | None, "Only what comes after this cursor, which is one of this list, order and filter."),
        ("last", int | None, f"How many from the end, 0 to {MOST}, in the order of the list."),
        ("before", str | None, "Only what comes before this cursor, which is one of this list, order and filter."),
    )
)
"""The arguments of every list."""

Resolver = TypeVar("Resolver", bound=Callable[..., Any])


def takes_paging(resolver: Resolver) -> Resolver:
    """Show the schema the arguments that stand behind the resolver's `**paging`."""
    own = [taken for taken in signature(resolver).parameters.values() if taken.kind is not Parameter.VAR_KEYWORD]
    resolver.__signature__ = Signature([*own, *PAGING])  # type: ignore[attr-defined]
    return resolver


class Types:
    """Every object type by name; made in two steps, because shapes refer to each other."""

    def __init__(self, shapes: Mapping[str, Shape]) -> None:
        self.members: dict[str, tuple[Member, ...]] = {}
        self.enums: dict[type[Explained], Any] = {}
        self.classes: dict[str, type] = {}
        for shape in shapes.values():
            for name, members, _ in objects(shape.name, shape.members, shape.note):
                self.members[name] = members
                self.classes[name] = type(name, (Node,) if shape.prefix and name == shape.name else (), {})
        for members in self.members.values():
            for member in members:
                if isinstance(member, Pages):
                    self.add_connection(member.target)
        for shape in shapes.values():
            for name, members, note in objects(shape.name, shape.members, shape.note):
                self.finish(name, members, note)

    def finish(self, name: str, members: tuple[Member, ...], note: str) -> None:
        """Give one type its fields."""
        cls = self.classes[name]
        cls.__annotations__ = {member.name: self.annotation(member) for member in members}
        for member in members:
            if isinstance(member, Pages):
                kind = cls.__annotations__.pop(member.name)
                field = strawberry.field(resolver=paged, graphql_type=kind, description=member.note or None)
                setattr(cls, member.name, field)
            else:
                told = NULL_OBJECT if isinstance(member, Inline) and member.mask else member.note
                setattr(cls, member.name, strawberry.field(description=told or None))
        strawberry.type(cls, name=name, description=note or None)

    def annotation(self, member: Member) -> Any:
        """Return the Python type by which Strawberry makes the member's GraphQL type."""
        match member:
            case Leaf():
                base: Any = self.enum(member.kind) if not isinstance(member.kind, Kind) else SCALARS[member.kind]
                kind: Any = GenericAlias(list, (base,)) if member.listed else base
                return kind if member.required else kind | None
            case Inline():
                return self.classes[member.type] | None if member.mask else self.classes[member.type]
            case One():
                return self.classes[member.target] if member.required else self.classes[member.target] | None
            case Many():
                rows: Any = list[self.classes[member.target]]  # type: ignore[name-defined]
                return rows | None if member.field else rows
            case Pages():
                return self.classes[f"{member.target}Connection"]

    def enum(self, kind: type[Explained]) -> Any:
        """Return the GraphQL enum of a Python one: its values are the names, which is what SQL writes."""
        if kind not in self.enums:
            values = {item.name: strawberry.enum_value(item.name, description=item.note) for item in kind}
            names = Enum(kind.__name__, values)  # type: ignore[misc]
            description = (kind.__doc__ or "").strip().splitlines()[0]
            self.enums[kind] = strawberry.enum(names, name=kind.__name__, description=description)
        return self.enums[kind]

    def add_connection(self, name: str) -> Any:
        """Make the connection and the edge of a noun, once."""
        connection = f"{name}Connection"
        if connection not in self.classes:
            node = self.classes[name]
            edge = type(f"{name}Edge", (), {"__annotations__": {"cursor": str, "node": node}})
            annotations = {"edges": list[edge], "nodes": list[node], "page_info": PageInfo, "total_count": int}  # type: ignore[valid-type]
            pages = type(connection, (), {"__annotations__": annotations})
            total = strawberry.field(description="How many there are, counted up to ten thousand.")
            pages.total_count = total  # type: ignore[attr-defined]
            self.classes[f"{name}Edge"] = strawberry.type(edge, description="One row of a page.")
            self.classes[connection] = strawberry.type(pages, description="A page of a list, in a stable order.")
        return self.classes[connection]


@takes_paging
def paged(self: Any, **paging: Any) -> Any:
    """Carry the arguments of a connection; its value is part of the row that it belongs to."""
    raise NotImplementedError


def objects(name: str, members: tuple[Member, ...], note: str) -> Iterator[tuple[str, tuple[Member, ...], str]]:
    """Yield a row's object types: its own, and those of its inline objects."""
    yield name, members, note
    for member in members:
        if isinstance(member, Inline):
            yield from objects(member.type, member.members, member.note)


TYPES = Types(SHAPES)


def page_of(name: str, description: str) -> Callable[[Callable[..., Awaitable[Any]]], Any]:
    """Make the query of a list of one noun; its resolver takes `**paging`."""

    def field(resolver: Callable[..., Awaitable[Any]]) -> Any:
        pages = TYPES.add_connection(name) | None
        return strawberry.field(takes_paging(resolver), graphql_type=pages, description=description)

    return field


MEMBERS: Mapping[str, Mapping[str, str]] = {
    name: {to_camel_case(member.name): member.name for member in members} for name, members in TYPES.members.items()
}
"""For each object type the declared name of each of its fields."""
