"""Which statements a connection keeps prepared: few enough that callers cannot fill the database's memory with them.

PostgreSQL keeps text, query tree and plan of a prepared statement, about two hundred bytes for each of its text. Every
selection of a caller's is another statement, so their number is bounded by the bytes of their text, and one is
prepared when it is asked for a second time.
"""

from typing import Any

import asyncpg
from asyncpg.connection import _StatementCache

BYTES_OF_TEXT = 96 * 1024
"""Of all statements that one connection keeps: 96 KiB are about 20 MB in the database."""
LONGEST = 24 * 1024
"""A longer one is planned anew each time, which takes little beside running it."""
REMEMBERED = 4096
"""So many statements asked for once are remembered, by a hash of theirs, twice over."""


class AskedBefore:
    """Tells whether something was asked before, lately: two generations of hashes, of which the older is forgotten."""

    def __init__(self, most: int = REMEMBERED) -> None:
        self._most = most
        self._young: set[int] = set()
        self._old: set[int] = set()

    def __call__(self, text: str) -> bool:
        mark = hash(text)
        if mark in self._young or mark in self._old:
            return True
        if len(self._young) >= self._most:
            self._old, self._young = self._young, set()
        self._young.add(mark)
        return False


asked_before = AskedBefore()


class ByBytes(_StatementCache):  # type: ignore[misc]  # asyncpg's own is untyped
    """The driver's store of prepared statements, which counts bytes instead of statements."""

    def _maybe_cleanup(self) -> None:
        bytes_of_text = sum(len(text) for text, *_ in self._entries)
        while bytes_of_text > BYTES_OF_TEXT:
            (text, *_), entry = self._entries.popitem(last=False)
            bytes_of_text -= len(text)
            self._on_remove(entry._statement)


class FrugalConnection(asyncpg.Connection):  # type: ignore[misc]
    """A connection that keeps prepared what is asked for again, up to a number of bytes."""

    __slots__ = ()

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        theirs: Any = self._stmt_cache  # type: ignore[has-type]
        self._stmt_cache = ByBytes(  # type: ignore[misc]
            loop=theirs._loop,
            max_size=theirs.get_max_size(),
            max_lifetime=theirs.get_max_lifetime(),
            on_remove=theirs._on_remove,
        )

    async def _get_statement(self, query: str, *limits: Any, use_cache: bool = True, **named: Any) -> Any:
        worth = use_cache and len(query) <= LONGEST and asked_before(query)
        return await super()._get_statement(query, *limits, use_cache=worth, **named)
