"""Cursors: where a page ends, written so that one of another list, order or filter is known for what it is."""

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from infra.errors import BadRequest
from tenants.reading.shapes import Key

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
MARK_LENGTH = 12


def _instant(text: str) -> datetime:
    return EPOCH + int(text) * MICROSECOND


# How a key is read, and how it is written: what is written otherwise than PostgreSQL writes it is no cursor.
KINDS: Mapping[str, tuple[Callable[[str], Any], Callable[[Any], str]]] = {
    "date": (date.fromisoformat, date.isoformat),
    "timestamptz": (_instant, lambda at: str((at - EPOCH) // MICROSECOND)),
    "uuid": (UUID, str),
    "text": (str, str),
    "int": (int, str),
}


def mark_of(name: str, *, descending: bool, filters: Mapping[str, str]) -> str:
    """Return what every cursor of this list begins with: a hash of which list it is, its order and its filters."""
    told = json.dumps([name, descending, sorted(filters.items())])
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:MARK_LENGTH]


def written(mark: str, keys: Sequence[Key], alias: str) -> str:
    """Return the expression of the cursor of a row; `mark` is one too."""
    parts = [
        f"(extract(epoch FROM {alias}{key.name}) * 1000000)::bigint::text"
        if key.kind == "timestamptz"
        else f"{alias}{key.name}::text"
        for key in keys
    ]
    text = " || '|' || ".join([mark, *parts])
    return f"translate(encode(convert_to({text}, 'UTF8'), 'base64'), E'\\n', '')"


def read_cursor(cursor: str, keys: Sequence[Key], mark: str) -> tuple[object, ...]:
    """Return the keys that a cursor of this list stands for. Raises `BadRequest`, also for one of another list."""
    try:
        decoded = base64.b64decode(cursor, validate=True)
        found, _, rest = decoded.decode().partition("|")
        # Of the keys only the first is ever what somebody wrote, in which anything may stand.
        parts = rest.rsplit("|", len(keys) - 1)
        values = [KINDS[key.kind][0](part) for key, part in zip(keys, parts, strict=True)]
        again = [KINDS[key.kind][1](value) for key, value in zip(keys, values, strict=True)]
    except (ValueError, OverflowError, binascii.Error):
        raise BadRequest("error.cursor") from None
    if found != mark or again != parts or base64.b64encode(decoded).decode() != cursor:
        raise BadRequest("error.cursor")
    return tuple(values)
