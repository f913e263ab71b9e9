"""Connections: a page in a stable order, its cursors, and the count."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from infra.errors import BadRequest
from tenants.access_log.models import AccessKind
from tenants.reading.cursors import mark_of, read_cursor, written
from tenants.reading.rendering import Rendering, Scope, build_object
from tenants.reading.shapes import TYPENAME, Pages, Selected, Shape, Source

MOST = 100
COUNTED = 10_000


@dataclass(frozen=True)
class Window:
    """Which rows of a list are asked for: so many from its start or, `backward`, from its end, between two cursors."""

    size: int
    backward: bool = False
    after: tuple[object, ...] = ()
    before: tuple[object, ...] = ()


@dataclass(frozen=True)
class Bounds:
    """A window in the words of a statement: placeholders of what its cursors begin with, and of their keys."""

    mark: Callable[[], str]
    size: int
    backward: bool = False
    after: Sequence[str] = ()
    before: Sequence[str] = ()


def read_window(source: Source, mark: str, arguments: Mapping[str, object], usual: int) -> Window:
    """Return what the arguments of a connection ask for. Raises `BadRequest`."""
    first, last = arguments.get("first"), arguments.get("last")
    if first is not None and last is not None:
        raise BadRequest("error.first_and_last")
    size = last if last is not None else usual if first is None else first
    if not isinstance(size, int) or not 0 <= size <= MOST:
        raise BadRequest("error.page_size", most=MOST)
    cursors = (arguments.get("after"), arguments.get("before"))
    after, before = (() if text is None else read_cursor(str(text), source.keys, mark) for text in cursors)
    return Window(size, last is not None, after, before)


def nested_page(rendering: Rendering, pages: Pages, selected: Selected, scope: Scope) -> str:
    """Return a connection below a row: its arguments belong to the selection."""
    source = pages.source
    mark = mark_of(f"{pages.target}.{pages.name}", descending=source.descending, filters={})
    window = read_window(source, mark, selected.arguments, pages.first)
    after, before = (
        [rendering.constant(value, key.kind) for value, key in zip(values, source.keys, strict=False)]
        for values in (window.after, window.before)
    )
    bounds = Bounds(lambda: rendering.constant(mark, "text"), window.size, window.backward, after, before)
    return Page(rendering, rendering.shapes[pages.target], source, bounds, scope=scope).render(selected.below)


class Page:
    """One connection being rendered."""

    def __init__(
        self,
        rendering: Rendering,
        shape: Shape,
        source: Source,
        bounds: Bounds,
        *,
        filters: Sequence[str] = (),
        tested: int = 0,
        descending: bool | None = None,
        scope: Scope | None = None,
    ) -> None:
        self.rendering, self.shape, self.source, self.bounds, self.scope = rendering, shape, source, bounds, scope
        self.size, self.filters, self.tested = bounds.size, filters, tested
        self.descending = source.descending if descending is None else descending
        self.page, self.shown = rendering.alias("page"), rendering.alias("shown")

    def render(self, selection: tuple[Selected, ...]) -> str:
        """Return the query of a connection below a row.

        Where rows alone are asked for, once, they need no table expression: for a small page that is most of the work.
        """
        if [selected.name in ("edges", "nodes") for selected in selection] == [True]:
            if self.source.alias and (rows := self._own_rows(selection[0])):
                return f"SELECT {build_object([(selection[0].key, rows)])} AS value"
            self.shown = f"({self._query(self.size)})"
            return f"SELECT {self._value(selection)} AS value"
        return f"WITH {self._page()}, {self._shown()} SELECT {self._value(selection)} AS value"

    def render_root(self, selection: tuple[Selected, ...]) -> str:
        """Return the statement of a connection by itself, as text, with the log of reads."""
        value = self._value(selection)
        tables = [self._page(), self._shown(), *self._logs()]
        return f"WITH {', '.join(tables)}\nSELECT ({value})::text AS value"

    def _logs(self) -> list[str]:
        """Return the log of what is shown, and of what is told of every match by being counted among them."""
        rendering = self.rendering
        rendering.requested |= self.tested
        rendering.touches_cases |= self.tested != 0
        kind = AccessKind.SEARCHED if self.tested else AccessKind.LISTED
        log = rendering.log(self.source.cases, kind, shown=self.shown)
        if not self.tested:
            return [log] if log else []
        key = self.source.keys[-1]
        matches = f"SELECT {key.sql} AS id {self._rows()} {self._group()} LIMIT {COUNTED}"
        others = f"({matches}) EXCEPT (SELECT id FROM {self.shown})"
        return [log, rendering.logged("matched", others, self.tested, kind)]

    def _group(self) -> str:
        return self.rendering.fill(self.source.group, self.scope)

    def _value(self, selection: tuple[Selected, ...]) -> str:
        return build_object([(selected.key, self._part(selected)) for selected in selection])

    def _own_rows(self, selected: Selected) -> str:
        """Return the list as the target's rows themselves; empty where an edge has more than its node."""
        below = selected.below
        if selected.name == "edges":
            if [edge.name for edge in below] != ["node"]:
                return ""
            below = below[0].below
        table = f"({self._query(self.size, f'{self.source.alias}.*')})"
        source, value, inner = self.rendering.source(self.shape, below, "true", self.scope, table=table)
        if selected.name == "edges":
            value = build_object([(selected.below[0].key, value)])
        return f"(SELECT coalesce(json_agg({value} ORDER BY {self._order(inner.row + '.')}), '[]') {source})"

    def _rows(self) -> str:
        return " ".join([self.rendering.fill(self.source.rows, self.scope), *(f"AND {line}" for line in self.filters)])

    def _page(self) -> str:
        return f"{self.page} AS MATERIALIZED ({self._query(self.size + 1)})"

    def _query(self, limit: int, columns: str = "") -> str:
        keys = self.source.keys
        columns = columns or ", ".join([f"{key.sql} AS {key.name}" for key in keys] + self._mask())
        within = [self._beyond(self.bounds.after), self._beyond(self.bounds.before, backward=True)]
        order = self._ordered(backward=self.bounds.backward)
        return f"SELECT {columns} {self._rows()} {' '.join(within)} {self._group()} ORDER BY {order} LIMIT {limit}"

    def _beyond(self, keys: Sequence[str], *, backward: bool = False, inclusive: str = "") -> str:
        """Return the condition that a row stands after a place of the list, or before it."""
        if not keys:
            return ""
        sign = "<" if self.descending != backward else ">"
        return f"AND ({', '.join(key.sql for key in self.source.keys)}) {sign}{inclusive} ({', '.join(keys)})"

    def _ordered(self, *, backward: bool) -> str:
        way = "DESC" if self.descending != backward else "ASC"
        return ", ".join(f"{key.sql} {way}" for key in self.source.keys)

    def _mask(self) -> list[str]:
        return [f"{self.rendering.fill(self.source.mask)} AS mask"] if self.source.mask else []

    def _shown(self) -> str:
        order = self._order("", backward=self.bounds.backward)
        return f"{self.shown} AS MATERIALIZED (SELECT * FROM {self.page} ORDER BY {order} LIMIT {self.size})"

    def _order(self, alias: str, *, backward: bool = False) -> str:
        way = "DESC" if self.descending != backward else "ASC"
        return ", ".join(f"{alias}{key.name} {way}" for key in self.source.keys)

    def _part(self, selected: Selected) -> str:
        match selected.name:
            case "edges":
                return self._list(selected.below, edges=True)
            case "nodes":
                return self._list(selected.below, edges=False)
            case "page_info":
                return build_object([(below.key, self._page_info(below.name)) for below in selected.below])
            case "total_count":
                return self._total()
            case _:
                return f"'{self.shape.name}Connection'"

    def _list(self, selection: tuple[Selected, ...], *, edges: bool) -> str:
        shown = self.rendering.alias("s")
        mask = f"{shown}.mask" if self.source.mask else ""
        where = f"{{child}}.territory_id = {{territory}} AND {{child}}.{self.shape.key} = {shown}.id"
        if not edges:
            source, value, _ = self.rendering.source(self.shape, selection, where, self.scope, mask=mask)
            return self._aggregate(shown, f"SELECT {value} AS value {source}")
        pairs = []
        for selected in selection:
            if selected.name == "node":
                node = self.rendering.row(self.shape, selected.below, where, self.scope, mask)
                pairs.append((selected.key, f"({node})"))
            elif selected.name == "cursor":
                pairs.append((selected.key, self._cursor(f"{shown}.")))
            elif selected.name == TYPENAME:
                pairs.append((selected.key, f"'{self.shape.name}Edge'"))
        return self._aggregate(shown, f"SELECT {build_object(pairs)} AS value")

    def _aggregate(self, shown: str, query: str) -> str:
        item = self.rendering.alias("item")
        return (
            f"(SELECT coalesce(json_agg({item}.value ORDER BY {self._order(shown + '.')}), '[]') "
            f"FROM {self.shown} {shown} CROSS JOIN LATERAL ({query}) {item})"
        )

    def _cursor(self, alias: str) -> str:
        return written(self.bounds.mark(), self.source.keys, alias)

    def _page_info(self, name: str) -> str:
        if name == "has_next_page":
            return self._more(self.bounds.before, backward=False)
        if name == "has_previous_page":
            return self._more(self.bounds.after, backward=True)
        if name == TYPENAME:
            return "'PageInfo'"
        order = self._order("", backward=name == "end_cursor")
        return f"(SELECT {self._cursor('')} FROM {self.shown} ORDER BY {order} LIMIT 1)"

    def _more(self, bound: Sequence[str], *, backward: bool) -> str:
        """Return whether there are rows past the page on one side: left over within the bounds, or from the bound on.

        The row at the bound itself need not be there any more, so it is looked for.
        """
        found = []
        if backward == self.bounds.backward:
            found.append(f"(SELECT count(*) FROM {self.page}) > {self.size}")
        if bound:
            # A sorted query of one row keeps PostgreSQL on the list's index.
            past = self._beyond(bound, backward=backward, inclusive="=")
            order = self._ordered(backward=backward)
            found.append(f"(SELECT true {self._rows()} {past} {self._group()} ORDER BY {order} LIMIT 1) IS NOT NULL")
        return f"({' OR '.join(found)})" if found else "false"

    def _total(self) -> str:
        return f"(SELECT count(*) FROM (SELECT {self._rows()} {self._group()} LIMIT {COUNTED}) counted)"
