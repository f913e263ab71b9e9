"""Anything by its global id, one or several at once."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from uuid import UUID

import strawberry

from api import attempts
from api.ids import prefix_of, row_id
from api.reading.answer import read_one, read_several
from api.reading.types import Node
from infra.errors import BadRequest, NotFound
from tenants.reading.pages import MOST
from tenants.shapes import NODES


@strawberry.type
class Query:
    @strawberry.field(
        graphql_type=Node | None,
        description="Anything that has a global id; NOT_FOUND for what is absent and for what I may not see.",
    )
    async def node(self, info: strawberry.Info, id: strawberry.ID) -> Any:  # noqa: A002
        prefix = prefix_of(id)
        if prefix not in NODES:
            raise NotFound
        return await visible(info, NODES[prefix].name, row_id(prefix, id))

    @strawberry.field(
        graphql_type=list[Node | None] | None,
        description="Several things by their ids, at most 100, in the order of the ids; null, without an error, in the "
        "place of what is absent and of what I may not see.",
    )
    async def nodes(
        self,
        info: strawberry.Info,
        ids: Annotated[
            list[strawberry.ID],
            strawberry.argument(description="As answers gave them: of whatever types, at most 100."),
        ],
    ) -> Any:
        if len(ids) > MOST:
            raise BadRequest("error.too_many_ids", most=MOST)
        places = [named_row(id_) for id_ in ids]
        found: dict[tuple[str, UUID], Any] = {}
        for prefix, rows in by_noun(places).items():
            read = await read_several(info._raw_info, NODES[prefix].name, rows)
            found |= {(prefix, row): value for row, value in read.items()}
        if len(found) < len(set(places)):
            attempts.miss()
        return [found.get(place) if place else None for place in places]


async def visible(info: strawberry.Info, name: str, row: UUID) -> Any:
    """Return the row as the response has it. Raises `NotFound`, the same for hidden and absent."""
    found = await read_one(info._raw_info, name, row)
    if found is None:
        raise NotFound
    return found


def named_row(text: str) -> tuple[str, UUID] | None:
    """Return the noun's prefix and the row's id; None for what is no id at all."""
    prefix = prefix_of(text)
    try:
        return (prefix, row_id(prefix, text)) if prefix in NODES else None
    except NotFound:
        return None


def by_noun(places: Sequence[tuple[str, UUID] | None]) -> Mapping[str, list[UUID]]:
    """Return the ids of each noun, each once."""
    rows: dict[str, list[UUID]] = {}
    for place in dict.fromkeys(places):
        if place:
            rows.setdefault(place[0], []).append(place[1])
    return rows
