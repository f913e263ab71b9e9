"""The mark by which a browser is known again: whoever has signed in with it is not held up by the guesses of others.

It vouches for nothing. It only says in which count a wrong password goes.
"""

import re
from secrets import token_urlsafe

from starlette.requests import Request
from starlette.responses import Response

from tenants.members.agents import LONGEST_SAID
from tenants.members.throttles import DEVICE_KNOWN_FOR

COOKIE = "__Host-win-device"
MARK = re.compile(r"wid_[\w-]{43}", re.ASCII)


def device_of(request: Request) -> str:
    """Return the mark of the browser that asks, or one for a browser that has none yet."""
    return known_device(request) or f"wid_{token_urlsafe(32)}"


def known_device(request: Request) -> str:
    """Return the mark that the browser has; nothing if it has none."""
    given = request.cookies.get(COOKIE, "")
    return given if MARK.fullmatch(given) else ""


def agent_of(request: Request) -> str:
    """Return what the browser says that it is."""
    return request.headers.get("user-agent", "")[:LONGEST_SAID]


def mark(response: Response, device: str) -> Response:
    """Leave the mark in a browser with which somebody has signed in."""
    seconds = int(DEVICE_KNOWN_FOR.total_seconds())
    response.set_cookie(COOKIE, device, max_age=seconds, path="/", secure=True, httponly=True, samesite="lax")
    return response
