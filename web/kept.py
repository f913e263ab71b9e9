"""What somebody typed while their session ended: it goes along through the sign-in, and can be sent again after it."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from dataclasses import dataclass

from starlette.requests import Request

from infra.errors import BadRequest, Refused
from web.forms import Typed, read_form

PLACE, TEXT = "kept_for", "kept"
"""The hidden inputs of the forms of signing in."""
NOT_KEPT = {"token", "password", "currentPassword", "newPassword", "repeatPassword", "code"}


@dataclass(frozen=True)
class Kept:
    """Where the form was to go, and what was in it."""

    place: str
    pairs: list[tuple[str, str]]

    @property
    def text(self) -> str:
        """Return what was typed as one value of an input."""
        return urlsafe_b64encode(json.dumps(self.pairs).encode()).decode()


async def kept_of(request: Request) -> Kept | None:
    """Return what a form of one of our pages brought; nothing if there is none, or it is of another site."""
    if request.method != "POST":
        return None
    try:
        typed = await read_form(request)
    except (BadRequest, Refused):
        return None
    pairs = [(name, value) for name, values in typed.values.items() if name not in NOT_KEPT for value in values]
    return Kept(request.url.path, pairs) if pairs else None


def carried(typed: Typed) -> Kept | None:
    """Return what a form of signing in carries along."""
    try:
        pairs = [(str(name), str(value)) for name, value in json.loads(urlsafe_b64decode(typed.text(TEXT).encode()))]
    except (Error, ValueError, TypeError):
        return None
    return Kept(typed.text(PLACE), pairs)
