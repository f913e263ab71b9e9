"""Secrets of sessions and tokens: what the caller keeps, and the hash of it, which is all that is stored."""

import hashlib
import secrets
from typing import Literal

Kind = Literal["cookie", "bearer"]

PREFIXES: dict[Kind, str] = {"cookie": "wis_", "bearer": "win_"}
"""The prefix tells the two apart, so that neither is accepted in the place of the other."""


def new_secret(kind: Kind) -> str:
    """Return 256 random bits as text, recognisable by the prefix of its kind."""
    return PREFIXES[kind] + secrets.token_urlsafe(32)


def new_link() -> str:
    """Return 256 random bits as they stand in the address of a link that works once."""
    return secrets.token_urlsafe(32)


def hash_of(secret: str) -> bytes:
    """Return what is stored; a plain hash is enough for a secret that nobody can guess."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).digest()
