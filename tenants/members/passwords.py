"""Passwords: argon2id, no more than two at a time, and the same work whether or not there is an account."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import lru_cache
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from infra.errors import Unavailable
from infra.metrics import REFUSED

Done = TypeVar("Done")

MOST_WAITING = 30
"""At about seven a second; whoever comes after that is asked to come back."""

HASHER = PasswordHasher()
THREADS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="password")
"""Each takes 64 MiB and a processor for a tenth of a second."""

_waiting = 0


@contextmanager
def room() -> Iterator[None]:
    """Hold a place for one password. Raises `Unavailable` if none is free, before anything is said to have been tried.

    Else whoever fills the places would have the attempts of others counted as wrong ones.
    """
    global _waiting
    if _waiting >= MOST_WAITING:
        REFUSED.labels("passwords").inc()
        raise Unavailable
    _waiting += 1
    try:
        yield
    finally:
        _waiting -= 1


async def is_right(password: str, password_hash: str | None) -> bool:
    """Tell, in a room, whether the password has this hash; without a hash the answer is no, after the same time."""
    found = await _in_thread(lambda: _verified(password, password_hash or _nobodys()))
    return found and password_hash is not None


async def hashed(password: str) -> str:
    """Return what is stored of a password."""
    with room():
        return await _in_thread(lambda: HASHER.hash(password))


async def renewed(password: str, password_hash: str) -> str | None:
    """Return a new hash for a right password whose hash was made with other parameters than today's."""
    return await hashed(password) if HASHER.check_needs_rehash(password_hash) else None


@lru_cache
def _nobodys() -> str:
    return HASHER.hash("the password of nobody")


def _verified(password: str, password_hash: str) -> bool:
    _nobodys()  # made before the first comparison of either kind, so that none is told apart by it
    try:
        return HASHER.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


async def _in_thread(work: Callable[[], Done]) -> Done:
    return await asyncio.get_running_loop().run_in_executor(THREADS, work)
