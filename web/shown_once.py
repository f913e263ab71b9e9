"""What a page shows once: it goes from the form to the page that shows it, and is gone when that page is reloaded.

A page that is the answer to a form asks, when it is reloaded, whether to send the form again. So what was made waits in
a cookie for the page that the form leads to. Only the session that made it can read it there, and nothing of it stands
in an address, which browsers and proxies remember.
"""

from starlette.requests import Request
from starlette.responses import Response

from infra.keys import deciphered
from web.forms import session_cipher

COOKIE = "__Host-win-shown"
SECONDS = 60


def leave(request: Request, response: Response, place: str, text: str) -> Response:
    """Leave it for the page at this place."""
    held = session_cipher(f"shown once at {place}", request).encrypt(text.encode()).decode()
    response.set_cookie(COOKIE, held, max_age=SECONDS, path="/", secure=True, httponly=True, samesite="strict")
    return response


def left(request: Request) -> str | None:
    """Return what was left for the page that is asked for; nothing if there is nothing, or no more."""
    told = deciphered(
        session_cipher(f"shown once at {request.url.path}", request), request.cookies.get(COOKIE, ""), SECONDS
    )
    return None if told is None else told.decode()


def forget(response: Response) -> Response:
    """Take away what was left, with the page that shows it."""
    response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="strict")
    return response
