"""A whole statement for one root of an operation, and its run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from infra.database import connection
from tenants.access_log.models import AccessKind
from tenants.reading.pages import Bounds, Page
from tenants.reading.rendering import Rendering
from tenants.reading.shapes import Selected, Shape, Source


@dataclass(frozen=True)
class Statement:
    """SQL that gives one JSON text, the names of its parameters in order, and the values that never change."""

    text: str
    parameters: tuple[str, ...]
    constants: Mapping[str, object]

    @property
    def size(self) -> int:
        """How many bytes it takes in memory, at most."""
        return 1000 + 2 * len(self.text) + 64 * len(self.parameters) + len(repr(self.constants))


@dataclass(frozen=True)
class PageRequest:
    """What about a page changes the statement's text; the values themselves are parameters."""

    size: int
    continued: bool = False
    ended: bool = False
    backward: bool = False
    filters: tuple[str, ...] = ()
    descending: bool | None = None


def one(shapes: Mapping[str, Shape], shape: Shape, selection: tuple[Selected, ...]) -> Statement:
    """Return the statement of the row whose id is the parameter `id`; it gives no row where none is visible."""
    rendering = Rendering(shapes)
    rendering.requested |= shape.bits
    source, value, _ = rendering.source(shape, selection, shape.found)
    log = rendering.log(shape.cases, AccessKind.OPENED)
    head = f"WITH {log}\n" if log else ""
    return _statement(rendering, f"{head}SELECT ({value})::text {source}")


ASKED = "unnest({ids}) asked (id)"


def several(shapes: Mapping[str, Shape], shape: Shape, selection: tuple[Selected, ...]) -> Statement:
    """Return the statement of the rows whose ids are the parameter `ids`: a JSON text for each that is visible."""
    rendering = Rendering(shapes)
    rendering.requested |= shape.bits
    asked = rendering.fill(ASKED)
    source, value, _ = rendering.source(shape, selection, shape.found.replace("{id}", "asked.id"))
    cases = shape.cases.replace("{id}", "asked.id")
    log = rendering.log(
        f"SELECT behind.* FROM {ASKED} CROSS JOIN LATERAL ({cases}) behind" if cases else "", AccessKind.OPENED
    )
    head = f"WITH {log}\n" if log else ""
    found = f"SELECT ({value})::text AS text {source}"
    return _statement(rendering, f"{head}SELECT asked.id, found.text FROM {asked} CROSS JOIN LATERAL ({found}) found")


def page(
    shapes: Mapping[str, Shape], shape: Shape, source: Source, selection: tuple[Selected, ...], request: PageRequest
) -> Statement:
    """Return the statement of one page.

    Its parameters are `mark`, `after 0…`, `before 0…` and `filter NAME` besides those of requests.
    """
    rendering = Rendering(shapes)
    after, before = (
        [rendering.parameter(f"{name} {n}", key.kind) for n, key in enumerate(source.keys) if is_given]
        for name, is_given in (("after", request.continued), ("before", request.ended))
    )
    filters = [
        rendering.fill(source.filters[name], value=rendering.parameter(f"filter {name}", "text"))
        for name in request.filters
    ]
    tested = 0
    for name in request.filters:
        tested |= source.tested.get(name, 0)
    bounds = Bounds(lambda: rendering.parameter("mark", "text"), request.size, request.backward, after, before)
    rendered = Page(rendering, shape, source, bounds, filters=filters, tested=tested, descending=request.descending)
    return _statement(rendering, rendered.render_root(selection))


def rows(
    shapes: Mapping[str, Shape], shape: Shape, table: str, kinds: Mapping[str, str], selection: tuple[Selected, ...]
) -> Statement:
    """Return the statement of all rows of a query that takes parameters of these types, by organisation."""
    rendering = Rendering(shapes)
    filled = rendering.fill(table, None, **{name: rendering.parameter(f"given {name}", kinds[name]) for name in kinds})
    source, value, scope = rendering.source(shape, selection, "true", table=filled)
    if rendering.touches_cases:
        raise TypeError("These rows do not say which cases are behind them, so none may be read with them.")
    return _statement(
        rendering, f"SELECT coalesce(json_agg({value} ORDER BY {scope.row}.organisation_id), '[]')::text {source}"
    )


def _statement(rendering: Rendering, text: str) -> Statement:
    return Statement(text, tuple(rendering.parameters), dict(rendering.constants))


async def run(statement: Statement, values: Mapping[str, object]) -> str | None:
    """Run it in the running transaction and return the JSON text; `None` where no row is visible."""
    text: str | None = await connection().fetchval(statement.text, *_arguments(statement, values))
    return text


async def run_several(statement: Statement, values: Mapping[str, object]) -> Mapping[UUID, str]:
    """Run it in the running transaction and return the JSON text of each row that is visible."""
    return {row["id"]: row["text"] for row in await connection().fetch(statement.text, *_arguments(statement, values))}


def _arguments(statement: Statement, values: Mapping[str, object]) -> Sequence[object]:
    return [statement.constants[name] if name in statement.constants else values[name] for name in statement.parameters]
