"""How a noun declares what can be read of it: once, and each column of case data with the field it belongs to.

SQL in a declaration is a template. Its names are `{row}` (the row's alias), `{of}` (the satellite table's alias),
`{child}` (the target's alias), `{mask}`, `{own}` and `{writing}` (of the case at hand), and every parameter of the
request: `{territory}`, `{organisation}`, `{account}`, `{actions}`, `{language}` and so on.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from authz.actions import Action, action_mask
from authz.fields import FIELD
from infra.explained import Explained

if TYPE_CHECKING:
    from tenants.reading.rendering import Rendering, Scope


class Kind(StrEnum):
    """The scalars of the schema."""

    ID = "ID"
    STRING = "String"
    INT = "Int"
    BOOLEAN = "Boolean"
    DATE = "Date"
    DATETIME = "DateTime"
    DECIMAL = "Decimal"


@dataclass(frozen=True)
class Leaf:
    """One readable value.

    `field` is its key in the registry of fields; `public` says that whoever sees the row may read it. Of case data a
    leaf has one or the other: without, the program does not start.
    """

    name: str
    kind: Kind | type[Explained] = Kind.STRING
    sql: str = ""
    table: str = ""
    field: str = ""
    public: bool = False
    listed: bool = False
    required: bool = False
    tells: bool = False
    """It tells something of a case, which no field of the registry names: whoever reads it has read of the case."""
    sealable: bool = False
    """Its row can be hidden from all but the holder, to whom it is then as if nothing were written."""
    aside: bool = False
    """It says how a value is kept and is none itself: a field that has nothing else is empty."""
    note: str = ""

    @property
    def mask(self) -> int:
        return FIELD[self.field].mask if self.field else 0

    @property
    def template(self) -> str:
        return self.sql or (f"{{of}}.{self.name}" if self.table else f"{{row}}.{self.name}")


@dataclass(frozen=True)
class Inline:
    """An object made of the same row; null when the case's mask meets none of its fields. `note` is of its type."""

    name: str
    type: str
    members: tuple["Member", ...]
    note: str = ""

    @cached_property
    def mask(self) -> int:
        """Bits of every field inside; 0 for an object that everybody may see."""
        mask = 0
        for member in self.members:
            if not isinstance(member, Leaf | Inline) or not member.mask:
                return 0
            mask |= member.mask
        return mask


@dataclass(frozen=True)
class One:
    """At most one row of another shape."""

    name: str
    target: str
    on: str
    required: bool = False
    note: str = ""


@dataclass(frozen=True)
class Many:
    """All rows of another shape, in order; null to whoever may not read their `field`, if they have one."""

    name: str
    target: str
    on: str
    order: str
    field: str = ""
    rows: "Callable[[Rendering, Scope], str] | None" = None
    note: str = ""

    @property
    def mask(self) -> int:
        return FIELD[self.field].mask if self.field else 0


@dataclass(frozen=True)
class Key:
    """One part of a list's order, and of its cursor."""

    name: str
    sql: str
    kind: str


@dataclass(frozen=True)
class Source:
    """The rows of a connection: where they come from, their total order, and how they may be narrowed.

    `keys` end with the row's id. `filters` are conditions in which `{value}` is the argument's.
    """

    rows: str
    keys: tuple[Key, ...]
    group: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    tested: Mapping[str, int] = field(default_factory=dict)
    """Bits of the fields of cases that a filter asks about: whoever gets an answer has read them of every match."""
    descending: bool = True
    alias: str = ""
    """The name in `rows` of the target's own table, if the rows are its own: they are then read once."""
    cases: str = ""
    """A query of the case ids behind the page's rows, in which `{shown}` is the page; empty if they are no cases."""
    mask: str = ""
    """What the reader may read of each case, if the rows are their grounds; it is then not looked up again."""


@dataclass(frozen=True)
class Pages:
    """A connection to rows of another shape."""

    name: str
    target: str
    source: Source
    note: str = ""
    first: int = 10


Member = Leaf | Inline | One | Many | Pages


@dataclass(frozen=True)
class Shape:
    """What can be read of one noun.

    `prefix` makes it a node with a global id: whatever has an id has one. A `grounded` shape is a case: its rows are
    seen through the live grounds of the reader's organisation, and its fields through their masks.
    """

    name: str
    table: str
    members: tuple[Member, ...]
    prefix: str = ""
    key: str = "id"
    grounded: bool = False
    of_case: str = ""
    """The column of the case that a row is part of: asked for by its id, it is seen through that case's grounds."""
    reached: str = ""
    """On what condition a row `{child}` is found by its id, where being visible is not enough."""
    action: Action | None = None
    """What the role has to allow before a row is found by its id."""
    bits: int = 0
    """Fields of its case that a row tells by itself, beside those that its leaves name."""
    in_territory: bool = True
    """Whether a row says of which territory it is."""
    cases: str = ""
    """A query of the case ids behind the row `{id}`; empty if there are none."""
    note: str = ""

    def __post_init__(self) -> None:
        if self.grounded:
            for leaf in leaves(self.members):
                if bool(leaf.field) == leaf.public:
                    raise TypeError(f"{self.name}.{leaf.name}: case data needs a field, or has to be public; not both")

    @property
    def found(self) -> str:
        """The condition on which the row `{id}` is given to whoever asks for it by its id."""
        conditions = [f"{{child}}.{self.key} = {{id}}"]
        if self.in_territory:
            conditions.append("{child}.territory_id = {territory}")
        if self.action:
            conditions.append(f"{{actions}} & {action_mask([self.action])} <> 0")
        return " AND ".join([*conditions, *([self.reached] if self.reached else [])])

    @cached_property
    def by_name(self) -> Mapping[str, Member]:
        return {member.name: member for member in self.members}


def leaves(members: tuple[Member, ...]) -> Iterator[Leaf]:
    """Yield the leaves of a row, those of its inline objects included."""
    for member in members:
        if isinstance(member, Leaf):
            yield member
        elif isinstance(member, Inline):
            yield from leaves(member.members)


@dataclass(frozen=True)
class Selected:
    """One selected field: the key of the response, the member's name, its arguments and what is selected below."""

    key: str
    name: str
    arguments: Mapping[str, object] = field(default_factory=dict)
    below: tuple["Selected", ...] = ()


TYPENAME = "__typename"
