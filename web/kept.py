"""What somebody typed while their session ended: it goes along through the sign-in, and can be sent again after it.

It is given back to the same member alone. Whoever comes next at this browser is somebody else; and whoever works for
several organisations must not open in one of them what they were writing for another.
"""

import hashlib
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from dataclasses import dataclass
from uuid import UUID

from starlette.requests import Request

from infra.errors import BadRequest, Refused
from infra.keys import derived_key
from web.forms import HERE, Typed, read_form

TEXT = "kept"
"""The hidden input of the forms of signing in."""
WHOSE = "whose"
"""The hidden input of every form of a member: for whom it was made, whatever has become of the session since."""
NOT_KEPT = {"token", WHOSE, "secret", "password", "currentPassword", "newPassword", "repeatPassword", "code"}
SIGNATURE = 32


@dataclass(frozen=True)
class Kept:
    """Whose form it was, where it was to go, and what was in it."""

    member_id: UUID
    place: str
    pairs: list[tuple[str, str]]

    @property
    def text(self) -> str:
        """Return it as one value of an input, which nobody else can have made."""
        told = json.dumps([self.member_id.hex, self.place, self.pairs]).encode()
        return as_text(told)


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


def carried(typed: Typed) -> Kept | None:
    """Return what a form of signing in carries along."""
    told = verified(typed.text(TEXT))
    if told is None or told.startswith(WHOSE.encode()):
        return None
    member_id, place, pairs = json.loads(told)
    return Kept(UUID(member_id), place, [(name, value) for name, value in pairs])


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
    return hmac.digest(derived_key("kept forms"), told, hashlib.sha256)
