"""What somebody typed while their session ended: it goes along through the sign-in, and can be sent again after it.

It is given back to the same member alone. Whoever comes next at this browser is somebody else, and learns nothing of
it: it is enciphered for the member. Whoever works for several organisations must not open in one of them what they were
writing for another.
"""

import hashlib
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from starlette.requests import Request

from infra.errors import BadRequest, Refused
from infra.keys import cipher, deciphered, derived_key
from web.forms import HERE, Typed, read_form

TEXT = "kept"
"""The hidden input of the forms of signing in."""
WHOSE = "whose"
"""The hidden input of every form of a member: for whom it was made, whatever has become of the session since."""
NOT_KEPT = {"token", WHOSE, "secret", "password", "currentPassword", "newPassword", "repeatPassword", "code"}
SIGNATURE = 32
LIFE = timedelta(hours=12)
BLOCK = 1024
"""Bytes; what is kept is filled up to whole blocks, so that not even its length tells how much was typed."""


@dataclass(frozen=True)
class Kept:
    """Whose form it was, where it was to go, and what was in it."""

    member_id: UUID
    place: str
    pairs: list[tuple[str, str]]

    @property
    def text(self) -> str:
        """Return it as one value of an input: it tells nobody else anything, and nobody else can have made it."""
        told = json.dumps([self.place, self.pairs]).encode()
        return cipher("kept forms", self.member_id.bytes).encrypt(told.ljust(-(-len(told) // BLOCK) * BLOCK)).decode()


async def kept_of(request: Request) -> Kept | None:
    """Return what a form of one of our pages brought; nothing if there is none, or it is of another site."""
    if request.method != "POST":
        return None
    try:
        typed = await read_form(request, with_token=False)
    except (BadRequest, Refused):
        return None
    pairs = [(name, value) for name, values in typed.values.items() if name not in NOT_KEPT for value in values]
    member_id = member_of_form(typed)
    return (
        None
        if member_id is None or not {name for name, _ in pairs} - {HERE}
        else Kept(member_id, request.url.path, pairs)
    )


def whose(member_id: UUID) -> str:
    """Return what the forms of a member carry, which nobody else can have made."""
    return as_text(WHOSE.encode() + member_id.bytes)


def member_of_form(typed: Typed) -> UUID | None:
    """Return for whom a form was made."""
    told = verified(typed.text(WHOSE))
    return (
        None if told is None or not told.startswith(WHOSE.encode()) else UUID(bytes=told.removeprefix(WHOSE.encode()))
    )


def kept_for(typed: Typed, member_ids: Iterable[UUID]) -> Kept | None:
    """Return what a form of signing in carries along, if it was kept for one of these members."""
    text = typed.text(TEXT)
    for member_id in member_ids if text else ():
        told = deciphered(cipher("kept forms", member_id.bytes), text, int(LIFE.total_seconds()))
        if told is not None:
            place, pairs = json.loads(told)
            return Kept(member_id, place, [(name, value) for name, value in pairs])
    return None


def as_text(told: bytes) -> str:
    """Return it as text, with its signature."""
    return urlsafe_b64encode(signed(told) + told).decode()


def verified(text: str) -> bytes | None:
    """Return what was told in a value of ours; nothing if it is of somebody else."""
    try:
        whole = urlsafe_b64decode(text.encode())
    except (Error, ValueError):
        return None
    signature, told = whole[:SIGNATURE], whole[SIGNATURE:]
    return told if hmac.compare_digest(signature, signed(told)) else None


def signed(told: bytes) -> bytes:
    """Return the signature."""
    return hmac.digest(derived_key("owners of forms"), told, hashlib.sha256)
