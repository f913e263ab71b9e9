"""How much one document may ask, decided before anything expensive is done with it.

Validation itself takes quadratic time on some documents, and five hundred bytes of fragments can expand to a million
fields. So a document is measured right after it is parsed, with every fragment counted as often as it is spread, and
the cost of an operation is known before it is executed.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    Lexer,
    OperationDefinitionNode,
    SelectionSetNode,
    Source,
    TokenKind,
    parse,
)

from api.limits_cost import MAX_COST, MAX_VARIABLES, check_operation
from infra.errors import BadRequest, LimitExceeded

__all__ = ["MAX_COST", "MAX_VARIABLES", "check_operation", "checked_document"]

MAX_BYTES = 16 * 1024
MAX_TOKENS = 2000
MAX_DEPTH = 12
MAX_INTROSPECTION_DEPTH = 15
MAX_ALIASES = 30
MAX_DIRECTIVES = 50
MAX_FIELDS = 1000
MAX_FRAGMENTS = 50
MAX_REPEATS = 5000
MAX_NESTING = 60
"""Levels of selection sets, fragments among them: far above any document within the other limits."""

Definition: TypeAlias = OperationDefinitionNode | FragmentDefinitionNode
INTROSPECTION = ("__schema", "__type")


@dataclass(frozen=True)
class Size:
    """What a selection set comes to when its fragments are opened."""

    fields: int = 0
    depth: int = 0
    introspection_depth: int = 0

    def beside(self, other: "Size") -> "Size":
        """Return the size of two selections next to each other."""
        return Size(
            self.fields + other.fields,
            max(self.depth, other.depth),
            max(self.introspection_depth, other.introspection_depth),
        )

    def under(self, name: str) -> "Size":
        """Return the size of the field `name` with this below it."""
        if name in INTROSPECTION:
            return Size(self.fields + 1, 1, self.depth + 1)
        return Size(self.fields + 1, self.depth + 1, self.introspection_depth)


ONE = Size(1)
"""A fragment counts for itself too: opening a thousand empty ones is work."""


def checked_document(source: str) -> DocumentNode:
    """Return the parsed document if it is within the limits. Raises `LimitExceeded`, or `BadRequest` if unreadable."""
    check("document", len(source.encode("utf-8", "surrogatepass")), MAX_BYTES)
    document = parsed(source)
    reader = Reader(fragments_of(document))
    roots = reader.roots(document)
    size = Size()
    for root in roots:
        size = size.beside(reader.measure_root(root))
    check("aliases", reader.aliases, MAX_ALIASES)
    check("directives", reader.directives, MAX_DIRECTIVES)
    check("depth", size.depth, MAX_DEPTH)
    check("depth", size.introspection_depth, MAX_INTROSPECTION_DEPTH)
    check("fields", size.fields, MAX_FIELDS)
    check("repeats", sum(reader.repeats([root.selection_set]) for root in roots), MAX_REPEATS)
    return document


def fragments_of(document: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    """Return the fragments by name. Raises `BadRequest` if two have the same."""
    fragments: dict[str, FragmentDefinitionNode] = {}
    for node in document.definitions:
        if isinstance(node, FragmentDefinitionNode):
            if node.name.value in fragments:
                raise BadRequest("request.fragment", name=node.name.value)
            fragments[node.name.value] = node
    check("fragments", len(fragments), MAX_FRAGMENTS)
    return fragments


def check(name: str, found: int, limit: int) -> None:
    """Go on only within the limit. Raises `LimitExceeded` with both numbers."""
    if found > limit:
        raise LimitExceeded(f"limit.{name}", found=min(found, 10**15), limit=limit)


def parsed(source: str) -> DocumentNode:
    """Parse no more than the permitted number of tokens."""
    try:
        return parse(source, max_lexical_tokens=MAX_TOKENS)
    except GraphQLError as error:
        check("tokens", tokens(source), MAX_TOKENS)
        place = error.locations[0] if error.locations else None
        line, column = (place.line, place.column) if place else (1, 1)
        told = BadRequest("request.syntax", line=line, column=column, detail=error.message)
        told.location = line, column
        raise told from None


def tokens(source: str) -> int:
    """Count the tokens up to the first that cannot be read."""
    lexer, count = Lexer(Source(source)), 0
    try:
        while lexer.advance().kind is not TokenKind.EOF:
            count += 1
    except GraphQLError:
        pass
    return count


@dataclass
class Reader:
    """Walks a document's selections; every fragment is measured once, however often it is spread."""

    fragments: dict[str, FragmentDefinitionNode]
    aliases: int = 0
    directives: int = 0
    sizes: dict[str, Size | None] = field(default_factory=dict)

    def roots(self, document: DocumentNode) -> list[Definition]:
        """Return the operations, then fragments that none of them reaches: validation reads those too."""
        operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
        reached: set[str] = set()
        roots: list[Definition] = []
        definitions: list[Definition] = [*operations, *self.fragments.values()]
        for definition in definitions:
            if isinstance(definition, FragmentDefinitionNode) and definition.name.value in reached:
                continue
            roots.append(definition)
            waiting: list[Definition] = [definition]
            while waiting:
                for name in spreads(waiting.pop().selection_set):
                    if name in self.fragments and name not in reached:
                        reached.add(name)
                        waiting.append(self.fragments[name])
        return roots

    def measure_root(self, definition: Definition) -> Size:
        """Return the size of a definition that is a root."""
        if isinstance(definition, FragmentDefinitionNode):
            return self.measure_fragment(definition.name.value, 1)
        self.count_directives(definition)
        return self.measure(definition.selection_set, 1)

    def count_directives(self, definition: Definition) -> None:
        """Count those of the definition and of its variables; `measure` counts the others."""
        self.directives += len(definition.directives or ())
        for variable in definition.variable_definitions or ():
            self.directives += len(variable.directives or ())

    def measure(self, selections: SelectionSetNode | None, level: int) -> Size:
        """Return the size of what is selected. Raises `LimitExceeded` before the recursion could get too deep."""
        check("depth", level, MAX_NESTING)
        size = Size()
        for node in selections.selections if selections else ():
            self.directives += len(node.directives or ())
            if isinstance(node, FieldNode):
                self.aliases += node.alias is not None
                size = size.beside(self.measure(node.selection_set, level + 1).under(node.name.value))
            elif isinstance(node, InlineFragmentNode):
                size = size.beside(self.measure(node.selection_set, level + 1)).beside(ONE)
            elif isinstance(node, FragmentSpreadNode):
                size = size.beside(self.measure_fragment(node.name.value, level + 1)).beside(ONE)
        return size

    def measure_fragment(self, name: str, level: int) -> Size:
        """Return the size of a fragment, remembered. Raises `BadRequest` for one that contains itself."""
        if name not in self.fragments:
            return Size()
        if name not in self.sizes:
            self.sizes[name] = None
            self.count_directives(self.fragments[name])
            self.sizes[name] = self.measure(self.fragments[name].selection_set, level)
        size = self.sizes[name]
        if size is None:
            raise BadRequest("request.fragment", name=name)
        return size

    def repeats(self, selections: Iterable[SelectionSetNode | None]) -> int:
        """Return how many pairs of fields have one place in the answer: validation compares each with each."""
        places: dict[str, list[FieldNode]] = defaultdict(list)
        for selection in selections:
            for node in self.opened(selection):
                places[(node.alias or node.name).value].append(node)
        return sum(
            len(nodes) * (len(nodes) - 1) // 2 + self.repeats([node.selection_set for node in nodes])
            for nodes in places.values()
        )

    def opened(self, selections: SelectionSetNode | None) -> Iterator[FieldNode]:
        """Yield the fields of one level, with fragments opened."""
        for node in selections.selections if selections else ():
            if isinstance(node, FieldNode):
                yield node
            elif isinstance(node, InlineFragmentNode):
                yield from self.opened(node.selection_set)
            elif isinstance(node, FragmentSpreadNode) and node.name.value in self.fragments:
                yield from self.opened(self.fragments[node.name.value].selection_set)


def spreads(selections: SelectionSetNode | None) -> Iterator[str]:
    """Yield the names of the fragments that are spread anywhere in the selections."""
    waiting = list(selections.selections) if selections else []
    while waiting:
        node = waiting.pop()
        if isinstance(node, FragmentSpreadNode):
            yield node.name.value
        elif isinstance(node, FieldNode | InlineFragmentNode) and node.selection_set:
            waiting += node.selection_set.selections
