"""What an operation costs, by the types of the schema and the page sizes that it asks for.

A leaf costs 1 and an object 2; what is below a list counts as often as the list is long. Introspection is counted by
how long the schema's own lists are on average.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_named_type,
    get_operation_ast,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)

from infra.errors import LimitExceeded

MAX_COST = 30_000
MAX_VARIABLES = 5000
ROOT_PAGE = 25
NESTED_PAGE = 10
PAGE_SIZE, FROM_END = "first", "last"
IDS = "ids"
MOST_IDS = 100
LISTED = ("edges", "nodes")


class Counted(Enum):
    """How a field counts, by what it is of."""

    LEAF = auto()
    OBJECT = auto()
    LIST = auto()
    BY_IDS = auto()
    """A list of what the caller names one by one."""
    SIZED_LIST = auto()
    """A list whose length the caller names."""
    PAGE = auto()
    """A connection: the caller names how long the lists in it are."""


def check_operation(
    schema: GraphQLSchema, document: DocumentNode, operation_name: str | None, variables: Mapping[str, Any]
) -> None:
    """Go on only if the operation of a checked and valid document costs no more than the limit.

    Raises `LimitExceeded`. The cost depends on the variables, because page sizes do.
    """
    found = values_in(variables)
    if found > MAX_VARIABLES:
        raise LimitExceeded("limit.variables", found=found, limit=MAX_VARIABLES)
    operation = get_operation_ast(document, operation_name)
    root = schema.get_root_type(operation.operation) if operation else None
    if operation is None or root is None:
        return
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    cost = Costing(schema, fragments, defaults(operation) | dict(variables)).selections(operation.selection_set, root)
    if cost > MAX_COST:
        raise LimitExceeded("limit.cost", found=round(min(cost, 10**15)), limit=MAX_COST)


def values_in(variables: Mapping[str, Any]) -> int:
    """Count the values, however deep they are."""
    count, waiting = 0, [variables]
    while waiting:
        value: Any = waiting.pop()
        inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ()
        count += len(inner)
        waiting.extend(inner)
    return count


def defaults(operation: OperationDefinitionNode) -> dict[str, Any]:
    """Return the variables' default page sizes; no other default has a say in the cost."""
    return {
        definition.variable.name.value: whole_number(definition.default_value)
        for definition in operation.variable_definitions or ()
        if definition.default_value is not None
    }


def whole_number(node: ValueNode | None) -> int | None:
    """Return a literal number, or None for anything else; one of very many digits is as good as a large one."""
    return int(node.value[:12]) if isinstance(node, IntValueNode) and node.value[:12] != "-" else None


@lru_cache(4)
def lengths_of_introspection(schema: GraphQLSchema) -> Mapping[str, float]:
    """Return how long each list of introspection is in this schema, on average over the types that are asked."""
    named = [kind for kind in schema.type_map.values() if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)]
    fields = [member for kind in named for member in kind.fields.values()]
    kinds = max(len(schema.type_map), 1)
    return {
        "types": kinds,
        "fields": len(fields) / kinds,
        "args": sum(len(member.args) for member in fields) / max(len(fields), 1),
        "directives": len(schema.directives),
        "ofType": 0.5,
    }


@dataclass(frozen=True)
class Costing:
    """Adds up the costs of one operation; the document has been checked, so the recursion is shallow."""

    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: Mapping[str, Any]

    def selections(self, selected: SelectionSetNode | None, parent: GraphQLNamedType, page: int | None = None) -> float:
        """Return the cost of what is selected of one object; a connection lists `page` of what is in it."""
        cost = 0.0
        for node, kind in self.opened(selected, parent):
            listed = page is not None and node.name.value in LISTED
            times = page if listed and page is not None else 1
            cost += times * self.field(node, kind, parent is self.schema.query_type, listed=listed)
        return cost

    def opened(
        self, selected: SelectionSetNode | None, parent: GraphQLNamedType
    ) -> Iterator[tuple[FieldNode, GraphQLNamedType]]:
        """Yield every field with the type that it is asked of, fragments opened."""
        for node in selected.selections if selected else ():
            if isinstance(node, FieldNode):
                yield node, parent
                continue
            opened = self.fragments.get(node.name.value) if isinstance(node, FragmentSpreadNode) else node
            if isinstance(opened, FragmentDefinitionNode | InlineFragmentNode):
                condition = opened.type_condition
                kind = self.schema.get_type(condition.name.value) if condition else parent
                yield from self.opened(opened.selection_set, kind or parent)

    def field(self, node: FieldNode, parent: GraphQLNamedType, at_root: bool, *, listed: bool) -> float:
        """Return the cost of one field and of all below it; `listed` if its length was counted already."""
        name = node.name.value
        found = self.schema.get_field(parent, name) if isinstance(parent, COMPOSITE) else None
        if found is None:
            return 1.0
        kind = get_named_type(found.type)
        if counted(found) is Counted.LEAF:
            return 1.0
        if kind.name.startswith("__"):
            length = lengths_of_introspection(self.schema).get(name, 1.0)
            return length * (2 + self.selections(node.selection_set, kind))
        usual, how = ROOT_PAGE if at_root else NESTED_PAGE, counted(found)
        if how is Counted.PAGE:
            return 2 + self.selections(node.selection_set, kind, self.page_size(node, found, usual))
        below = 2 + self.selections(node.selection_set, kind)
        if how is Counted.BY_IDS:
            return 2 + self.how_many_ids(node) * below
        if how is Counted.SIZED_LIST:
            return 2 + self.page_size(node, found, usual) * below
        return (usual if how is Counted.LIST and not listed else 1) * below

    def how_many_ids(self, node: FieldNode) -> int:
        """Return how many ids are given; one by itself is as good as a list of one."""
        given: Any = next((argument.value for argument in node.arguments or () if argument.name.value == IDS), None)
        if isinstance(given, VariableNode):
            given = self.variables.get(given.name.value)
            return len(given) if isinstance(given, list) else 1 if isinstance(given, str) else MOST_IDS
        return len(given.values) if isinstance(given, ListValueNode) else 1

    def page_size(self, node: FieldNode, found: GraphQLField, usual: int) -> int:
        """Return how many are asked for. Nonsense counts as the usual number: the verb refuses it."""
        asked = [argument.value for argument in node.arguments or () if argument.name.value in (PAGE_SIZE, FROM_END)]
        sizes = [
            self.variables.get(value.name.value) if isinstance(value, VariableNode) else whole_number(value)
            for value in asked
        ]
        given = [size for size in sizes if size is not None] or [own_default(found)]
        if any(isinstance(size, bool) or not isinstance(size, int | float) or size != size for size in given):
            return usual
        return int(min(max(1, *given), 10**9))


def own_default(found: GraphQLField) -> object:
    """Return the page size that the schema itself gives, as it was declared in code or in its own language."""
    argument = found.args[PAGE_SIZE]
    if argument.default is None:
        return argument.default_value
    literal = argument.default.literal
    return argument.default.value if literal is None else whole_number(literal)


COMPOSITE = (GraphQLObjectType, GraphQLInterfaceType)


def counted(found: GraphQLField) -> Counted:
    """Tell how the field counts."""
    if is_leaf_type(get_named_type(found.type)):
        return Counted.LEAF
    if IDS in found.args:
        return Counted.BY_IDS
    if PAGE_SIZE in found.args:
        return Counted.SIZED_LIST if is_listed(found) else Counted.PAGE
    return Counted.LIST if is_listed(found) else Counted.OBJECT


def usual_size(found: GraphQLField, *, at_root: bool) -> int:
    """Return how long its list counts when the caller names no length."""
    own = own_default(found) if PAGE_SIZE in found.args else None
    return own if isinstance(own, int) else ROOT_PAGE if at_root else NESTED_PAGE


def is_listed(found: GraphQLField) -> bool:
    """Tell whether the field's value is a list."""
    kind: Any = found.type
    while is_non_null_type(kind):
        kind = kind.of_type
    return is_list_type(kind)
