"""The same rows completed by graphql-core itself: slow, and the measure of what the compiled path must answer."""

from collections.abc import Mapping
from typing import Any

from graphql import GraphQLInterfaceType, GraphQLObjectType, GraphQLResolveInfo, GraphQLSchema

from api.reading.collect import PAGE_MEMBERS
from api.reading.types import MEMBERS, TYPES
from tenants.reading.shapes import TYPENAME, Selected


def canonical(selection: tuple[Selected, ...]) -> tuple[Selected, ...]:
    """Return the selection with each field once under a key of its name and arguments; aliases are graphql-core's."""
    merged: dict[str, Selected] = {}
    for selected in selection:
        if selected.name == TYPENAME:
            continue
        key = row_key(selected.name, selected.arguments)
        before = merged[key].below if key in merged else ()
        merged[key] = Selected(key, selected.name, selected.arguments, before + selected.below)
    fields = (
        Selected(item.key, item.name, item.arguments, canonical(item.below)) if item.below else item
        for item in merged.values()
    )
    return (Selected(TYPENAME, TYPENAME), *fields)


def row_key(name: str, arguments: Mapping[str, object]) -> str:
    """Return the key of a field in a reference row; it stands in SQL, so it is made of plain letters."""
    if not arguments:
        return name
    given = "|".join(f"{argument}={value}" for argument, value in sorted(arguments.items()))
    return f"{name}_{given.encode().hex()}"


def resolve_from_rows(schema: GraphQLSchema) -> None:
    """Let every object type that a statement gives be completed from its row."""
    for name, kind in schema.type_map.items():
        if isinstance(kind, GraphQLObjectType) and (name in TYPES.classes or name == "PageInfo"):
            kind.is_type_of = None
            names = MEMBERS.get(name, PAGE_MEMBERS)
            for field_name, field in kind.fields.items():
                field.resolve = from_row(names[field_name])
        elif isinstance(kind, GraphQLInterfaceType):
            kind.resolve_type = lambda row, _info, _kind: row[TYPENAME]


def from_row(name: str) -> Any:
    """Return the resolver of one field."""

    def resolve(row: Mapping[str, Any], _info: GraphQLResolveInfo[Any], **arguments: object) -> Any:
        return row[row_key(name, arguments)]

    return resolve
