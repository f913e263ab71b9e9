"""Documents that were parsed, measured and validated once, kept by their hash and bounded by bytes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from graphql import (
    ArgumentNode,
    DirectiveNode,
    DocumentNode,
    FieldNode,
    GraphQLError,
    OperationDefinitionNode,
    VariableNode,
    get_operation_ast,
    validate,
)
from graphql.language.visitor import Visitor, visit

from api.account import is_secret
from api.counting import Roots, roots_of
from api.limits import checked_document
from api.limits_cost import check_operation
from api.schema import schema
from infra.cache import Cache, key_of

BYTES_OF_DOCUMENTS = 48 * 1024 * 1024
BYTES_OF_COSTS = 1024 * 1024
OF_ANY = 64 * 1024
OF_A_SIGN = 250
"""What a parsed document takes in memory: so much by itself, and so much for each of its signs, at most."""


@dataclass(frozen=True)
class Prepared:
    """A document that may be executed."""

    key: bytes
    """Stands for its text wherever something is kept for it."""
    document: DocumentNode
    errors: tuple[GraphQLError, ...]
    varying: tuple[str, ...] = ()
    """The names of the variables that change what a statement looks like: of directives and lower arguments."""
    roots: dict[str | None, Roots] = field(default_factory=dict)
    """The root fields of each operation that was asked for; there are no more than the document has."""


_documents = Cache[Prepared](BYTES_OF_DOCUMENTS)
_affordable = Cache[bool](BYTES_OF_COSTS)


def prepare(source: str) -> Prepared:
    """Return the parsed and validated document. Raises `WinError` for one that asks too much, or cannot be read."""
    key = key_of(source)
    kept = _documents.get(key)
    if kept is not None:
        return kept
    document = checked_document(source)
    errors = tuple(validate(schema._schema, document, max_errors=5, hide_suggestions=True))
    prepared = Prepared(key, document, errors, () if errors else varying(document))
    return _documents.put(key, prepared, OF_ANY + OF_A_SIGN * len(source))


def roots(source: str, operation_name: str | None) -> Roots | None:
    """Return the root fields of an operation; none of a document that is not valid."""
    prepared = prepare(source)
    if operation_name in prepared.roots:
        return prepared.roots[operation_name]
    operation = get_operation_ast(prepared.document, operation_name)
    if prepared.errors or operation is None:
        return None
    return prepared.roots.setdefault(operation_name, roots_of(prepared.document, operation))


def demand_affordable(source: str, operation_name: str | None, variables: Mapping[str, Any]) -> None:
    """Go on only if the operation costs no more than one may; a refusal is not kept. Raises `LimitExceeded`."""
    prepared = prepare(source)
    # Even the hash of a password is a way to guess it at leisure.
    key = None if is_secret(source) else cost_key(prepared, operation_name, variables)
    if key is not None and _affordable.get(key):
        return
    check_operation(schema._schema, prepared.document, operation_name, variables)
    if key is not None:
        _affordable.put(key, True, 0)


def cost_key(prepared: Prepared, operation_name: str | None, variables: Mapping[str, Any]) -> bytes:
    """Return what stands for an operation with these variables."""
    return key_of(prepared.key, operation_name, orjson.dumps(dict(variables), default=str))


def varying(document: DocumentNode) -> tuple[str, ...]:
    """Return the names of the variables in directives, and in arguments of any field below a root."""
    finder = VaryingVariables()
    visit(document, finder)
    return tuple(sorted(finder.names))


class VaryingVariables(Visitor):
    """Finds the variables in directives, and in arguments of any field below a root."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_variable(self, node: VariableNode, _key: Any, parent: Any, _path: Any, ancestors: list[Any]) -> None:
        nodes = [item for item in (*ancestors, parent) if not isinstance(item, list | tuple)]
        if any(isinstance(item, DirectiveNode) for item in nodes):
            self.names.add(node.name.value)
        elif any(isinstance(item, ArgumentNode) for item in nodes):
            depth = sum(isinstance(item, FieldNode) for item in nodes)
            in_operation = any(isinstance(item, OperationDefinitionNode) for item in nodes)
            if depth > 1 or not in_operation:
                self.names.add(node.name.value)
