"""What every request gets, whatever answers it: an id, strict headers, a limited body, and no word of our errors."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from traceback import extract_tb

from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

from api.counting import Answered, count_limit, counted
from api.identity import language_of
from api.refusals import refusal
from infra.clock import new_id
from infra.errors import LimitExceeded, Unavailable, WinError
from infra.log import logger
from infra.settings import settings

MAX_BODY = 1024 * 1024
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Permitted-Cross-Domain-Policies": "none",
}
"""On every answer, unless the answer has said something of its own: a page names the sources that it needs."""

HSTS = "max-age=63072000; includeSubDomains"

HOME = Path(__file__).parents[1]

Tell = Callable[[Request, WinError, int], Awaitable[Response]]
"""Makes the answer that tells of an error, with this status."""


class BodyRefused(Exception):
    """It ends the request wherever the body is read; the outermost layer answers."""


class BodyTooLarge(BodyRefused):
    """More came than one request may send."""


class BodyTooSlow(BodyRefused):
    """It did not come whole in the time that it may take."""


async def as_json(request: Request, error: WinError, status: int) -> Response:
    """Tell a program of an error."""
    return refusal(error, language_of(request), request.state.request_id, status=status)


class Headers:
    """The outermost layer. It is plain ASGI, so that context variables set in it reach the transaction."""

    def __init__(self, app: ASGIApp, max_body: int = MAX_BODY, tell: Tell = as_json) -> None:
        self.app = app
        self.max_body = max_body
        self.tell = tell

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        identifier = new_id()
        scope.setdefault("state", {})["request_id"] = identifier
        with bound_contextvars(request_id=str(identifier)), counted(scope) as answered:
            await Exchange(scope, receive, send, self.max_body, self.tell, answered).run(self.app)


class Exchange:
    """One request and its answer."""

    def __init__(
        self, scope: Scope, receive: Receive, send: Send, max_body: int, tell: Tell, answered: Answered
    ) -> None:
        self.scope, self.receive, self.send = scope, receive, send
        self.max_body = max_body
        self.tell = tell
        self.received = 0
        self.is_whole = False
        self.until = asyncio.get_running_loop().time() + settings().request_seconds
        self.answered = answered

    async def run(self, app: ASGIApp) -> None:
        """Let the application answer; whatever it raises becomes an answer that tells nothing of it."""
        try:
            await self.within_limits(app)
        except ClientDisconnect:
            pass  # nobody is there to be told anything
        except asyncio.CancelledError:
            # The process stops, and the time is over in which it lets requests end.
            await self.answer(Unavailable(), 503, self.tell)
            raise
        except Exception as error:
            logger().error("unexpected error", kind=type(error).__name__, place=place_of(error))
            await self.answer(WinError(), 500, as_json)  # which needs nothing that may have failed

    async def within_limits(self, app: ASGIApp) -> None:
        """Let the application answer, unless the body is too large or too slow."""
        try:
            self.demand_length()
            await app(self.scope, self.counted_receive, self.safe_send)
        except BodyTooLarge:
            await self.refuse(LimitExceeded("limit.body", limit=self.max_body), 413)
        except BodyTooSlow:
            await self.refuse(LimitExceeded("limit.slow", limit=f"{settings().request_seconds:g}"), 408)

    async def refuse(self, error: LimitExceeded, status: int) -> None:
        """Refuse what goes beyond a limit, and count it."""
        count_limit(error)
        await self.answer(error, status, self.tell)

    async def answer(self, error: WinError, status: int, tell: Tell) -> None:
        """Send the refusal, unless an answer has begun: that one is left unfinished, and the server hangs up."""
        if self.answered.status:
            return
        response = await tell(Request(self.scope), error, status)
        response.headers["connection"] = "close"
        await response(self.scope, self.receive, self.safe_send)

    def demand_length(self) -> None:
        """Go on only if the body does not say that it is too large. Raises `BodyTooLarge`."""
        length = Request(self.scope).headers.get("content-length", "")
        if length.isascii() and length.isdigit() and int(length[:20]) > self.max_body:
            raise BodyTooLarge

    async def counted_receive(self) -> Message:
        """Give the next part of the body. Raises `BodyTooLarge` or `BodyTooSlow` as soon as it is one of these."""
        try:
            async with asyncio.timeout_at(None if self.is_whole else self.until):
                message = await self.receive()
        except TimeoutError:
            raise BodyTooSlow from None
        self.is_whole = not message.get("more_body", False)
        self.received += len(message.get("body", b""))
        if self.received > self.max_body:
            raise BodyTooLarge
        return message

    async def safe_send(self, message: Message) -> None:
        """Send a part of the answer, the headers with its beginning."""
        if message["type"] == "http.response.start":
            self.answered.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers["X-Request-ID"] = str(self.scope["state"]["request_id"])
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            if self.scope.get("scheme") == "https":
                headers.setdefault("Strict-Transport-Security", HSTS)
        await self.send(message)


def place_of(error: BaseException) -> str:
    """Return where in our code it came up. The text of an error may hold what a person wrote: it is never logged."""
    frames = extract_tb(error.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(HOME)]
    for frame in (ours or frames)[-1:]:
        return f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"
    return "unknown"
