"""The two ways to read, one row or one page; every query and every payload goes through here."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

import orjson
import strawberry
from graphql import GraphQLResolveInfo

from api.identity import Standing, Viewer
from api.reading.collect import collect
from api.reading.reference import canonical
from authz.actions import Action
from authz.roles import MASKS
from infra.cache import Cache, key_of
from infra.settings import settings
from tenants.account.service import Renewed
from tenants.reading import statements
from tenants.reading.cursors import mark_of
from tenants.reading.pages import read_window
from tenants.reading.shapes import Selected, Source
from tenants.reading.statements import PageRequest, Statement
from tenants.shapes import SHAPES

BYTES_OF_STATEMENTS = 24 * 1024 * 1024

Found = TypeVar("Found")


@dataclass
class Asking:
    """One operation under way: who asks, and what of the document changes a statement's text."""

    viewer: Viewer
    request_id: UUID
    operation_name: str | None
    document: bytes = b""
    """What stands for the document, once it is prepared."""
    varying: tuple[str, ...] = ()
    network_address: str = ""
    device: str = ""
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    replayed: Mapping[str, Any] | None = None
    """What each verb came to when this very request was made before, by its response key."""
    outcomes: dict[str, Any] = field(default_factory=dict)
    renewed: Renewed | None = None
    """The caller's session under a new secret, if a verb gave it one."""
    standing: Standing = field(default_factory=lambda: Standing(None, None))

    @property
    def values(self) -> dict[str, object]:
        """Return the parameters that every statement of the request may use."""
        actor = self.viewer.actor
        masks = MASKS[actor.role]
        return {
            "territory": actor.territory_id,
            "organisation": actor.organisation_id,
            "account": actor.account_id,
            "member": actor.member_id,
            "field_mask": masks.read,
            "write_mask": masks.write,
            "actions": masks.actions,
            "language": actor.language,
            "request": self.request_id,
            "email": self.viewer.email,
            "display_name": self.viewer.display_name,
            "role": actor.role.value,
            "account_language": self.viewer.account_language,
            "session": self.viewer.session_id,
            "action_names": [action.name for action in Action if actor.may(action)],
        }


_kept = Cache[Statement](BYTES_OF_STATEMENTS)


async def read_one(info: GraphQLResolveInfo[Any], name: str, row: UUID) -> Any:
    """Return the row of this shape as the response has it; `None` where it is not visible."""
    shape = SHAPES[name]
    statement = _statement(info, name, None, lambda selection: statements.one(SHAPES, shape, selection))
    return await _answer(info, statement, {"id": row})


async def read_several(info: GraphQLResolveInfo[Any], name: str, rows: Sequence[UUID]) -> Mapping[UUID, Any]:
    """Return the rows of this shape that are visible, as the response has them."""
    shape = SHAPES[name]
    statement = _statement(info, name, None, lambda selection: statements.several(SHAPES, shape, selection))
    asking: Asking = info.context
    values = {**asking.values, "ids": list(rows)}
    texts = await alone(info, lambda: statements.run_several(statement, values))
    return {row: _completed(text) for row, text in texts.items()}


async def read_page(
    info: GraphQLResolveInfo[Any],
    name: str,
    source: Source,
    *,
    filters: Mapping[str, str] | None = None,
    descending: bool | None = None,
    default: int = 25,
    **paging: Any,
) -> Any:
    """Return one page of rows of this shape; `paging` are the arguments first, after, last and before, if given."""
    filters = filters or {}
    down = source.descending if descending is None else descending
    mark = mark_of(info.field_name, descending=down, filters=filters)
    given = {name: value for name, value in paging.items() if value is not strawberry.UNSET}
    window = read_window(source, mark, given, default)
    bounds = {"after": window.after, "before": window.before}
    request = PageRequest(
        window.size, bool(window.after), bool(window.before), window.backward, tuple(filters), descending
    )
    statement = _statement(
        info,
        f"{name}Connection",
        request,
        lambda selection: statements.page(SHAPES, SHAPES[name], source, selection, request),
    )
    values: dict[str, object] = {"mark": mark}
    values |= {f"{side} {n}": value for side, keys in bounds.items() for n, value in enumerate(keys)}
    values |= {f"filter {name}": value for name, value in filters.items()}
    return await _answer(info, statement, values)


async def read_rows(
    info: GraphQLResolveInfo[Any], name: str, table: str, kinds: Mapping[str, str], given: Mapping[str, object]
) -> Any:
    """Return all rows of a query that takes these parameters."""
    statement = _statement(
        info, name, None, lambda selection: statements.rows(SHAPES, SHAPES[name], table, kinds, selection)
    )
    return await _answer(info, statement, {f"given {key}": value for key, value in given.items()})


def _statement(
    info: GraphQLResolveInfo[Any],
    type_name: str,
    request: PageRequest | None,
    compile_: Callable[[tuple[Selected, ...]], Statement],
) -> Statement:
    """Return the statement of this selection, compiled once for each text that it can have."""
    asking: Asking = info.context
    given = info.variable_values.coerced
    key = key_of(
        asking.document,
        asking.operation_name,
        tuple(info.path.as_list()),
        type_name,
        request,
        tuple(given.get(name) for name in asking.varying),
        settings().read_path,
    )
    statement = _kept.get(key)
    if statement is None:
        selection = collect(info, type_name)
        if settings().read_path == "reference":
            selection = canonical(selection)
        statement = compile_(selection)
        _kept.put(key, statement, statement.size)
    return statement


async def alone(info: GraphQLResolveInfo[Any], query: Callable[[], Awaitable[Found]]) -> Found:
    """Run a query by itself: roots are resolved at once, but a connection answers one at a time."""
    asking: Asking = info.context
    async with asking.lock:
        return await query()


async def _answer(info: GraphQLResolveInfo[Any], statement: Statement, values: Mapping[str, object]) -> Any:
    asking: Asking = info.context
    text = await alone(info, lambda: statements.run(statement, {**asking.values, **values}))
    return None if text is None else _completed(text)


def _completed(text: str) -> Any:
    return orjson.loads(text) if settings().read_path == "reference" else orjson.Fragment(text.encode())
