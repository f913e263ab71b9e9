"""Connections: a page in a stable order, its cursors, and the count."""

import base64
import binascii
from collections.abc import Callable, Sequence
from datetime import date, datetime
from uuid import UUID

from infra.errors import BadRequest
from tenants.reading.rendering import Rendering, Scope, build_object
from tenants.reading.shapes import TYPENAME, Key, Pages, Selected, Shape, Source

MOST = 100
COUNTED = 10_000

READ_KEY: dict[str, Callable[[str], object]] = {
    "date": date.fromisoformat,
    "timestamptz": datetime.fromisoformat,
    "uuid": UUID,
    "text": str,
    "int": int,
}


def nested_page(rendering: Rendering, pages: Pages, selected: Selected, scope: Scope) -> str:
    """Return a connection below a row: its arguments belong to the selection."""
    first = selected.arguments.get("first")
    after = selected.arguments.get("after")
    size = page_size(first if isinstance(first, int) else pages.first)
    cursor = None if after is None else read_cursor(str(after), pages.source.keys)
    start = [rendering.constant(value, key.kind) for value, key in zip(cursor or (), pages.source.keys, strict=False)]
    page = Page(rendering, rendering.shapes[pages.target], pages.source, size, start, scope=scope)
    return page.render(selected.below)


def page_size(first: int) -> int:
    """Return how many rows were asked for. Raises `BadRequest` outside of 0 to 100."""
    if not 0 <= first <= MOST:
        raise BadRequest("error.page_size", most=MOST)
    return first


def read_cursor(cursor: str, keys: Sequence[Key]) -> tuple[object, ...]:
    """Return the keys that a cursor stands for. Raises `BadRequest`."""
    try:
        # Of the parts only the first is ever what somebody wrote, in which anything may stand.
        parts = base64.b64decode(cursor, validate=True).decode().rsplit("|", len(keys) - 1)
        return tuple(READ_KEY[key.kind](part) for key, part in zip(keys, parts, strict=True))
    except (ValueError, binascii.Error):
        raise BadRequest("error.cursor") from None


class Page:
    """One connection being rendered."""

    def __init__(
        self,
        rendering: Rendering,
        shape: Shape,
        source: Source,
        size: int,
        start: Sequence[str] = (),
        *,
        filters: Sequence[str] = (),
        tested: int = 0,
        descending: bool | None = None,
        scope: Scope | None = None,
    ) -> None:
        self.rendering, self.shape, self.source, self.size, self.scope = rendering, shape, source, size, scope
        self.start, self.filters, self.tested = start, filters, tested
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
        log = rendering.log(self.source.cases, shown=self.shown)
        if not self.tested:
            return [log] if log else []
        key = self.source.keys[-1]
        matches = f"SELECT {key.sql} AS id {self._rows()} {self._group()} LIMIT {COUNTED}"
        others = f"({matches}) EXCEPT (SELECT id FROM {self.shown})"
        return [log, rendering.logged("matched", others, self.tested)]

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
        keys, way = self.source.keys, "DESC" if self.descending else "ASC"
        columns = columns or ", ".join([f"{key.sql} AS {key.name}" for key in keys] + self._mask())
        order = ", ".join(f"{key.sql} {way}" for key in keys)
        after = ""
        if self.start:
            left = ", ".join(key.sql for key in keys)
            after = f"AND ({left}) {'<' if self.descending else '>'} ({', '.join(self.start)})"
        return f"SELECT {columns} {self._rows()} {after} {self._group()} ORDER BY {order} LIMIT {limit}"

    def _mask(self) -> list[str]:
        return [f"{self.rendering.fill(self.source.mask)} AS mask"] if self.source.mask else []

    def _shown(self) -> str:
        return f"{self.shown} AS MATERIALIZED (SELECT * FROM {self.page} ORDER BY {self._order('')} LIMIT {self.size})"

    def _order(self, alias: str) -> str:
        way = "DESC" if self.descending else "ASC"
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
        text = " || '|' || ".join(f"{alias}{key.name}::text" for key in self.source.keys)
        return f"translate(encode(convert_to({text}, 'UTF8'), 'base64'), E'\\n', '')"

    def _page_info(self, name: str) -> str:
        if name == "has_next_page":
            return f"((SELECT count(*) FROM {self.page}) > {self.size})"
        if name == "has_previous_page":
            return "true" if self.start else "false"
        if name == TYPENAME:
            return "'PageInfo'"
        reverse = name == "end_cursor"
        way = "ASC" if self.descending == reverse else "DESC"
        order = ", ".join(f"{key.name} {way}" for key in self.source.keys)
        return f"(SELECT {self._cursor('')} FROM {self.shown} ORDER BY {order} LIMIT 1)"

    def _total(self) -> str:
        return f"(SELECT count(*) FROM (SELECT {self._rows()} {self._group()} LIMIT {COUNTED}) counted)"
