"""What a process keeps to save work, bounded by bytes: whatever callers send, it takes no more than was given."""

import hashlib
from collections import OrderedDict
from typing import Generic, TypeVar

Value = TypeVar("Value")


def key_of(*parts: object) -> bytes:
    """Return a short key of what may be long: a hash in which no two lists of parts are the same."""
    digest = hashlib.sha256()
    for part in parts:
        text = part if isinstance(part, bytes) else repr(part).encode("utf-8", "surrogatepass")
        digest.update(b"%d:" % len(text) + text)
    return digest.digest()


class Cache(Generic[Value]):
    """Keeps what was used last, as long as the sizes of all of it together are no more than `most` bytes."""

    OVERHEAD = 300
    """Of an entry by itself, in bytes: its key, its place and its size."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.size = 0
        self._kept: OrderedDict[bytes, tuple[Value, int]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: bytes) -> Value | None:
        """Return what is kept under this key."""
        found = self._kept.get(key)
        if found is None:
            return None
        self._kept.move_to_end(key)
        return found[0]

    def put(self, key: bytes, value: Value, size: int) -> Value:
        """Keep a value that takes so many bytes, and give up what was used longest ago; return the value."""
        self._drop(key)
        self._kept[key] = (value, size + self.OVERHEAD)
        self.size += size + self.OVERHEAD
        while self.size > self.most:
            self._drop(next(iter(self._kept)))
        return value

    def newest(self) -> Value:
        """Return what was used last; a `StopIteration` if nothing is kept."""
        return next(reversed(self._kept.values()))[0]

    def clear(self) -> None:
        """Keep nothing."""
        self._kept.clear()
        self.size = 0

    def _drop(self, key: bytes) -> None:
        gone = self._kept.pop(key, None)
        if gone is not None:
            self.size -= gone[1]
