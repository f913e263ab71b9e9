"""One selection rendered as one SQL statement that builds the JSON, masks applied, reads logged.

The text depends on the declaration and the selection alone. Everything that comes with a request is a parameter.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from tenants.access_log.models import AccessKind
from tenants.reading.shapes import TYPENAME, Inline, Leaf, Many, Member, One, Pages, Selected, Shape

PAIRS = 50  # PostgreSQL functions take 100 arguments, and json_build_object two for every key

PARAMETERS = {
    "id": "uuid",
    "ids": "uuid[]",
    "territory": "uuid",
    "organisation": "uuid",
    "account": "uuid",
    "member": "uuid",
    "field_mask": "bigint",
    "write_mask": "bigint",
    "actions": "bigint",
    "language": "text",
    "account_language": "text",
    "session": "uuid",
    "request": "uuid",
    "email": "text",
    "display_name": "text",
    "role": "text",
    "action_names": "text[]",
}

GROUND = """CROSS JOIN LATERAL (
  SELECT bit_or(a.read_mask) & {field_mask} AS mask, bit_or(a.write_mask) & {write_mask} AS writing,
         bool_or(a.clause = 0) AS own, bit_or(a.pact_mask) AS pact_mask,
         bit_or(a.authorised_mask) AS authorised_mask, bit_or(a.read_mask) AS read_mask
    FROM case_access a
   WHERE a.territory_id = {territory} AND a.organisation_id = {organisation} AND a.case_id = {row}.{case}
     AND a.until > now()) {ground}"""

# What is read is looked up case by case: left to choose, PostgreSQL reads all that was ever shared with the reader.
# However often a request asks, what it reads of a case on one ground is one entry, of the narrowest kind.
LOG = """{name} AS (
  INSERT INTO access_log AS l (territory_id, at, request_id, organisation_id, account_id, holder_id, case_id, source_id,
                               fields_mask, purpose, clause, authorisation_id, kind, reader_name, reader_role,
                               session_id)
  SELECT a.territory_id, now(), {request}, a.organisation_id, {account}, a.holder_id, a.case_id, a.source_id,
         a.read_mask & {field_mask} & {requested}, a.purpose, a.clause, a.authorisation_id, '{kind}', {display_name},
         {role}, {session}
    FROM (SELECT DISTINCT id FROM ({cases}) every (id)) read CROSS JOIN LATERAL (
      SELECT * FROM case_access a
       WHERE a.territory_id = {territory} AND a.organisation_id = {organisation} AND a.case_id = read.id
         AND a.until > now() AND a.holder_id <> a.organisation_id AND a.read_mask & {field_mask} <> 0 OFFSET 0) a
  ON CONFLICT (territory_id, request_id, case_id, source_id, clause, authorisation_id) DO UPDATE
     SET fields_mask = l.fields_mask | EXCLUDED.fields_mask,
         kind = CASE WHEN 'opened' IN (l.kind, EXCLUDED.kind) THEN 'opened'
                     WHEN 'searched' IN (l.kind, EXCLUDED.kind) THEN 'searched' ELSE l.kind END
   WHERE l.kind <> EXCLUDED.kind OR EXCLUDED.fields_mask & ~l.fields_mask <> 0)"""

# To whoever is not shown the row it is not there, and they have read nothing of it.
SEALED = (
    "~CASE WHEN EXISTS (SELECT FROM {table} x WHERE x.territory_id = a.territory_id AND x.case_id = a.case_id) "
    "THEN 0 ELSE {mask}::bigint END"
)


@dataclass
class Scope:
    """One row being rendered: its alias, the ground it is seen through, and the tables joined to it so far."""

    row: str
    ground: str = ""
    joined: dict[str, str] = field(default_factory=dict)

    def joins(self) -> list[str]:
        """Return the joins of the tables that hold more of the same case."""
        return [
            f"LEFT JOIN {name} {alias} ON {alias}.territory_id = {self.row}.territory_id "
            f"AND {alias}.case_id = {self.row}.id"
            for name, alias in self.joined.items()
        ]

    def names(self) -> dict[str, str]:
        """Return what templates may say about this row."""
        ground = self.ground
        return {
            "row": self.row,
            "ground": ground,
            **({"mask": f"{ground}.mask", "own": f"{ground}.own", "writing": f"{ground}.writing"} if ground else {}),
        }


class Rendering:
    """The state of one statement: its parameters in order, its aliases, and which fields of cases it reads."""

    def __init__(self, shapes: Mapping[str, Shape]) -> None:
        self.shapes = shapes
        self.parameters: list[str] = []
        self.constants: dict[str, object] = {}
        self.requested = 0
        self.sealed: dict[str, int] = {}
        self.touches_cases = False
        self._aliases = 0

    def parameter(self, name: str, kind: str = "") -> str:
        """Return the placeholder of a named parameter."""
        if name not in self.parameters:
            self.parameters.append(name)
        return f"${self.parameters.index(name) + 1}::{kind or PARAMETERS[name]}"

    def constant(self, value: object, kind: str) -> str:
        """Return the placeholder of a value that belongs to the selection."""
        name = f"constant {len(self.constants)}"
        self.constants[name] = value
        return self.parameter(name, kind)

    def alias(self, stem: str) -> str:
        """Return a name that is new in this statement."""
        self._aliases += 1
        return f"{stem}_{self._aliases}"

    def fill(self, template: str, scope: Scope | None = None, **names: str) -> str:
        """Fill a template's names; parameters are added as they are met."""
        return template.format_map(_Names(self, {**(scope.names() if scope else {}), **names}))

    def row(
        self, shape: Shape, selection: tuple[Selected, ...], where: str, outer: Scope | None = None, mask: str = ""
    ) -> str:
        """Return a query of one column `value`: the object of each row of the shape for which `where` holds.

        In `where`, `{child}` is the row.
        """
        source, value, _ = self.source(shape, selection, where, outer, mask=mask)
        return f"SELECT {value} AS value {source}"

    def source(
        self,
        shape: Shape,
        selection: tuple[Selected, ...],
        where: str,
        outer: Scope | None = None,
        *,
        table: str = "",
        mask: str = "",
    ) -> tuple[str, str, Scope]:
        """Return the FROM and WHERE, the object's expression, and the row's scope.

        `mask` is where the page that found a grounded row has its mask already; where nothing else of the ground is
        asked for, it is not looked up again.
        """
        scope = Scope(self.alias(shape.name.lower()))
        case = "id" if shape.grounded else shape.of_case if outer is None else ""
        if case:
            self.touches_cases = True
            scope.ground = self.alias("ground")
        elif outer is not None:
            scope.ground = outer.ground
        conditions = [self.fill(where, outer or scope, child=scope.row)]
        if case:
            conditions.append(f"{scope.ground}.mask <> 0")
        value = self.object(shape.name, shape.members, selection, scope)
        lines = [f"FROM {table or shape.table} {scope.row}"]
        from_page = value.replace(f"{scope.ground}.mask", mask)
        if shape.grounded and mask and f"{scope.ground}." not in from_page:
            value = from_page
            conditions.pop()
        elif case:
            lines.append(self.fill(GROUND, scope, case=case))
        lines += scope.joins()
        lines.append(f"WHERE {' AND '.join(conditions)}")
        return "\n".join(lines), value, scope

    def object(self, type_name: str, members: tuple[Member, ...], selection: tuple[Selected, ...], scope: Scope) -> str:
        """Return the expression of one JSON object."""
        by_name = {member.name: member for member in members}
        return build_object(
            [
                (
                    selected.key,
                    f"'{type_name}'"
                    if selected.name == TYPENAME
                    else self.member(by_name[selected.name], selected, scope),
                )
                for selected in selection
            ]
        )

    def member(self, member: Member, selected: Selected, scope: Scope) -> str:
        """Return the expression of one member's value."""
        match member:
            case Leaf():
                return self.leaf(member, scope)
            case Inline():
                value = self.object(member.type, member.members, selected.below, scope)
                return guarded(value, member.mask, scope)
            case One():
                return f"({self.row(self.shapes[member.target], selected.below, member.on, scope)})"
            case Many():
                return self.many(member, selected, scope)
            case Pages():
                from tenants.reading.pages import nested_page

                return f"({nested_page(self, member, selected, scope)})"

    def leaf(self, leaf: Leaf, scope: Scope) -> str:
        """Return a leaf's expression: null where the mask withholds its field."""
        self.requested |= leaf.mask
        self.touches_cases |= leaf.tells
        if leaf.sealable:
            self.sealed[leaf.table] = leaf.mask
        return guarded(self.bare(leaf, scope), leaf.mask, scope)

    def bare(self, leaf: Leaf, scope: Scope) -> str:
        """Return a leaf's expression without its guard, with its table joined."""
        joined = {}
        if leaf.table:
            if leaf.table not in scope.joined:
                scope.joined[leaf.table] = self.alias(leaf.table)
            joined["of"] = scope.joined[leaf.table]
        return self.fill(leaf.template, scope, **joined)

    def many(self, many: Many, selected: Selected, scope: Scope) -> str:
        """Return the expression of a list."""
        shape = self.shapes[many.target]
        self.requested |= many.mask | shape.bits
        table = many.rows(self, scope) if many.rows else ""
        source, value, inner = self.source(shape, selected.below, many.on, scope, table=table)
        order = self.fill(many.order, scope, child=inner.row)
        return guarded(f"(SELECT coalesce(json_agg({value} ORDER BY {order}), '[]') {source})", many.mask, scope)

    def log(self, cases: str, kind: AccessKind, shown: str = "") -> str:
        """Return the common table expression that logs the reads of other organisations' cases, if there are any.

        `shown` is the page that they are on. Raises `TypeError` where the declaration does not say which cases are
        behind the rows: what could not be logged is not read.
        """
        if not self.touches_cases:
            return ""
        if not cases:
            raise TypeError("A case would be read without an entry in the log: the root has to declare its cases.")
        return self.logged("logged", self.fill(cases, shown=shown), self.requested, kind)

    def logged(self, name: str, cases: str, bits: int, kind: AccessKind) -> str:
        """Return the expression that logs that these fields of these cases were read."""
        sealed = [SEALED.format(table=table, mask=mask) for table, mask in self.sealed.items() if mask & bits]
        return self.fill(LOG, name=name, cases=cases, requested=" & ".join([f"{bits}::bigint", *sealed]), kind=kind)


class _Names(dict[str, str]):
    """The names of a template; a name that is not there is a parameter of the request."""

    def __init__(self, rendering: Rendering, names: Mapping[str, str]) -> None:
        super().__init__(names)
        self._parameter: Callable[[str], str] = partial(Rendering.parameter, rendering)

    def __missing__(self, name: str) -> str:
        return self._parameter(name)


def guarded(value: str, mask: int, scope: Scope) -> str:
    """Return the value where the case's mask meets these bits, else null; 0 means that there is nothing to guard."""
    return f"CASE WHEN {scope.ground}.mask & {mask} <> 0 THEN {value} END" if mask else value


def build_object(pairs: list[tuple[str, str]]) -> str:
    """Return the expression of a JSON object, of however many keys."""
    parts = [
        "json_build_object(" + ", ".join(f"'{key}', {value}" for key, value in pairs[start : start + PAIRS]) + ")"
        for start in range(0, max(len(pairs), 1), PAIRS)
    ]
    if len(parts) == 1:
        return parts[0]
    inner = " || ',' || ".join(f"substr(({part})::text, 2, length(({part})::text) - 2)" for part in parts)
    return f"('{{' || {inner} || '}}')::json"
