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
from tenants.members.lookup import member_of_session
from web.ask import session_of
from web.forms import Typed, read_form

TEXT = "kept"
"""The hidden input of the forms of signing in."""
NOT_KEPT = {"token", "secret", "password", "currentPassword", "newPassword", "repeatPassword", "code"}
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
        return urlsafe_b64encode(signed(told) + told).decode()


async def kept_of(request: Request) -> Kept | None:
    """Return what a form of one of our pages brought; nothing if there is none, or it is of another site."""
    ended = session_of(request)
    if request.method != "POST" or ended is None:
        return None
    try:
        typed = await read_form(request)
    except (BadRequest, Refused):
        return None
    pairs = [(name, value) for name, values in typed.values.items() if name not in NOT_KEPT for value in values]
    member_id = await member_of_session(ended.token_hash) if pairs else None
    return None if member_id is None else Kept(member_id, request.url.path, pairs)


def carried(typed: Typed) -> Kept | None:
    """Return what a form of signing in carries along."""
    try:
        whole = urlsafe_b64decode(typed.text(TEXT).encode())
    except (Error, ValueError):
        return None
    signature, told = whole[:SIGNATURE], whole[SIGNATURE:]
    if not hmac.compare_digest(signature, signed(told)):
        return None
    member_id, place, pairs = json.loads(told)
    return Kept(UUID(member_id), place, [(name, value) for name, value in pairs])


def signed(told: bytes) -> bytes:
    """Return the signature."""
    return hmac.digest(derived_key("kept forms"), told, hashlib.sha256)
