"""A field's selection as a tree that knows nothing of GraphQL: what the specification says about merging is done."""

from collections.abc import Mapping
from typing import Any, cast

from graphql import GraphQLObjectType, GraphQLResolveInfo, get_named_type
from graphql.execution.collect_fields import FieldDetails, FragmentDetails, collect_subfields
from graphql.execution.values import get_argument_values

from api.reading.types import MEMBERS
from tenants.reading.shapes import TYPENAME, Selected

PAGE_MEMBERS = {
    "edges": "edges",
    "nodes": "nodes",
    "pageInfo": "page_info",
    "totalCount": "total_count",
    "cursor": "cursor",
    "node": "node",
    "hasNextPage": "has_next_page",
    "hasPreviousPage": "has_previous_page",
    "startCursor": "start_cursor",
    "endCursor": "end_cursor",
}
"""Fields of connections, edges and PageInfo, which no shape declares."""


def collect(info: GraphQLResolveInfo[Any], type_name: str) -> tuple[Selected, ...]:
    """Return what is selected of the object that this field gives, taken as that type."""
    fragments = {name: FragmentDetails(definition) for name, definition in info.fragments.items()}
    details = [FieldDetails(node, None) for node in info.field_nodes]
    return _below(info, fragments, cast(GraphQLObjectType, info.schema.type_map[type_name]), details)


def _below(
    info: GraphQLResolveInfo[Any],
    fragments: dict[str, FragmentDetails],
    parent: GraphQLObjectType,
    details: list[FieldDetails],
) -> tuple[Selected, ...]:
    collected = collect_subfields(info.schema, fragments, info.variable_values, info.operation, parent, details)
    return tuple(_selected(info, fragments, parent, key, group) for key, group in collected.grouped_field_set.items())


def _selected(
    info: GraphQLResolveInfo[Any],
    fragments: dict[str, FragmentDetails],
    parent: GraphQLObjectType,
    key: str,
    group: list[FieldDetails],
) -> Selected:
    node = group[0].node
    name = node.name.value
    if name == TYPENAME:
        return Selected(key, TYPENAME)
    field = parent.fields[name]
    arguments: Mapping[str, object] = {}
    if field.args:
        arguments = get_argument_values(field, node, info.variable_values)
    kind = get_named_type(field.type)
    below = _below(info, fragments, kind, group) if isinstance(kind, GraphQLObjectType) else ()
    return Selected(key, MEMBERS.get(parent.name, PAGE_MEMBERS)[name], arguments, below)
