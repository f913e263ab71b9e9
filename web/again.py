"""A form that has to be mended, or was half filled in, as an address has it: going back shows it, and sends nothing.

A page that is the answer to a form cannot be gone back to: browsers ask whether to send the form again. So the answer
leads to the form's own page, and what was typed goes along in the address, where only the same session can read it.
"""

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.requests import Request

from api.identity import COOKIE
from infra.keys import deciphered
from web.forms import HERE, ONCE, Typed, session_cipher
from web.kept import NOT_KEPT

AGAIN = "again"
LONGEST = 7_000
"""Characters; common proxies take addresses of 8 KiB. What is longer is answered at once, without an address."""
SECONDS_FOR_STRANGERS = 600
"""Whoever is not signed in has no secret: what they typed can be read by whoever has the address, and not for long."""
NOT_SHOWN = NOT_KEPT | {HERE, ONCE, AGAIN, "language"}


@dataclass(frozen=True)
class Again:
    """What was typed into the form of a page, and what is wrong with it."""

    pairs: Sequence[tuple[str, str]]
    problems: Sequence[Mapping[str, Any]] = ()
    status: int = 200
    also: Mapping[str, Any] = field(default_factory=dict)
    """What else the page shows that it could not find out by itself."""
    key: str = ""
    """Of the form, as it is shown: whoever goes back to it and sends the same has not sent it twice."""

    @property
    def typed(self) -> Typed:
        """Return a new copy of what was typed."""
        return Typed([(name, value) for name, value in self.pairs])


def address_again(request: Request, typed: Typed, again: Again | None = None) -> str:
    """Return the address that shows the form as it was typed; nothing if that is too much for an address."""
    place = place_of_form(request)
    told = again or Again(pairs_of(typed))
    parts = [place, told.pairs, [dict(one) for one in told.problems], told.status, dict(told.also)]
    text = session_cipher("forms again", request).encrypt(zlib.compress(json.dumps(parts).encode(), 9)).decode()
    return f"{place}?{urlencode({AGAIN: text})}" if len(text) <= LONGEST else ""


def again_of(request: Request) -> Again | None:
    """Return what the address of a page says of its form; nothing if another page or session made it."""
    if request.method not in ("GET", "HEAD"):
        return None
    return told_by(request, request.url.path, request.query_params.get(AGAIN, ""))


def again_before(request: Request) -> Again | None:
    """Return what the address of the page said that a form stood on."""
    here = getattr(request.state, "here", "")
    if not is_ours(here):
        return None
    parts = urlsplit(here)
    return told_by(request, parts.path, dict(parse_qsl(parts.query)).get(AGAIN, ""))


def told_by(request: Request, path: str, text: str) -> Again | None:
    """Return what the text says of the form at this path; nothing if another page or session made it."""
    seconds = None if request.cookies.get(COOKIE) else SECONDS_FOR_STRANGERS
    told = deciphered(session_cipher("forms again", request), text, seconds)
    if told is None:
        return None
    place, pairs, problems, status, also = json.loads(zlib.decompress(told))
    key = sha256(text.encode()).hexdigest()[:32]
    return Again(pairs, problems, status, also, key) if place == path else None


def pairs_of(typed: Typed) -> list[tuple[str, str]]:
    """Return what was typed, without what no page shows again."""
    return [(name, value) for name, values in typed.values.items() if name not in NOT_SHOWN for value in values]


def place_of_form(request: Request) -> str:
    """Return the page that a form stood on, as the form says; else the address that it was sent to."""
    here = getattr(request.state, "here", "")
    return urlsplit(here).path if is_ours(here) else request.url.path


def is_ours(address: str) -> bool:
    """Tell whether it is a page of ours, whatever the address bar said."""
    return address.startswith("/") and not address.startswith("//") and "\\" not in address and address.isprintable()
