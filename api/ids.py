"""Global ids: opaque to callers, a noun's prefix and a UUID to us."""

from uuid import UUID

from api import attempts
from infra.errors import NotFound


def row_id(prefix: str, text: str) -> UUID:
    """Return the row's id. An id that is malformed or another noun's is nobody's: raises `NotFound`."""
    kind, _, value = text.partition("_")
    if kind != prefix or len(value) != 36:
        raise NotFound
    try:
        found = UUID(value)
    except ValueError:
        raise NotFound from None
    if str(found) != value:
        raise NotFound
    attempts.name(found)
    return found


def prefix_of(text: str) -> str:
    """Return the noun's prefix of a global id."""
    return text.partition("_")[0]
