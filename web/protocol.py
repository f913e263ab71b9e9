"""HTTP/1.1 as uvicorn speaks it, with bounds to what a stranger may hold before they have asked anything.

A connection either works, which is when its request is whole and being answered, or it waits: for a head, for a body,
for another request, or for its answer to be taken. Waiting has an end. Where there are too many connections, in all
or of one address, the one that has waited longest goes: who only holds connections makes nobody else wait. Only while
all of them work, others are told to come back, and health is told even then.
"""

import asyncio
from collections.abc import Sequence
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from starlette.requests import Request
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api.headers import HEADERS, Headers
from api.health import PROBES
from api.refusals import refusal
from infra.clock import new_id
from infra.errors import BadRequest, Unavailable
from infra.metrics import REFUSED
from infra.settings import settings
from web.rendering import tell

LARGEST_HEAD = 64 * 1024
LONGER = 5.0
"""So many seconds longer than the application the connection waits for a body, which may be told that it is late."""


async def come_back(scope: Scope, receive: Receive, send: Send) -> None:
    """Tell that there is no room just now."""
    response = await tell(Request(scope), Unavailable(), 503)
    response.headers["connection"] = "close"
    await response(scope, receive, send)


NO_ROOM = Headers(come_back)


class BoundedProtocol(HttpToolsProtocol):
    """A connection that waits for nobody for long, and makes room for others while it waits."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        given = settings()
        self._most, self._most_of_address = given.connections, given.connections_per_address
        self._seconds = given.request_seconds
        self._usual = self.app
        self._head = 0
        self._waits_for, self._since = "", 0.0
        self._too_slow: asyncio.TimerHandle | None = None
        self.address: str | None = None

    @property
    def works(self) -> bool:
        """Tell whether a whole request is being answered, by an answer that is taken."""
        busy = self.cycle is not None and not self.cycle.response_complete and not self.cycle.more_body
        return busy and self._waits_for != "answer"

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first head; if there are too many now, somebody who waits goes."""
        super().connection_made(transport)
        self.address = address_of(self.client, known_proxies(self.config.forwarded_allow_ips))
        self._wait("head", self._seconds)
        if self._is_roomy():
            return
        if self.address is not None:
            make_room([one for one in self._others() if one.address == self.address], self._most_of_address)
        make_room(self._others(), self._most)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what belongs to an unfinished head."""
        super().data_received(data)
        if self._too_slow is None and self.timeout_keep_alive_task is None and not self.works:
            self._wait("head", self._seconds)  # an empty line between two requests begins nothing
        if self._waits_for == "head":
            self._head += len(data)
            if self._head > LARGEST_HEAD:
                self.give_up("head")

    def on_message_begin(self) -> None:
        """A head begins."""
        super().on_message_begin()
        self._head = 0
        self._wait("head", self._seconds)

    def on_headers_complete(self) -> None:
        """The head is whole; what follows is the body, if there is one."""
        self._wait("body", self._seconds + LONGER)
        self.app = self._usual if self._is_let_in() else NO_ROOM
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The request is whole."""
        self._stop_waiting()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """It was answered; what is now waited for is another, for as long as uvicorn waits."""
        super().on_response_complete()
        self._since = self.loop.time()

    def pause_writing(self) -> None:
        """Wait for somebody to take the answer."""
        super().pause_writing()
        self._wait("answer", self._seconds)

    def resume_writing(self) -> None:
        """It is taken."""
        super().resume_writing()
        self._stop_waiting()
        if self.cycle is not None and self.cycle.more_body:
            self._wait("body", self._seconds)

    def send_400_response(self, msg: str) -> None:
        """Refuse what is not HTTP, in the shape of every refusal."""
        response = refusal(BadRequest(), "it", new_id())
        response.headers.update({**HEADERS, "connection": "close"})
        lines = [b"HTTP/1.1 400 Bad Request", *(b": ".join(header) for header in response.raw_headers), b"", b""]
        self.transport.write(b"\r\n".join(lines) + bytes(response.body))
        self.transport.close()

    @property
    def waits_since(self) -> float:
        """The moment, by the loop's clock, from which it has been waiting."""
        return self._since

    def give_up(self, limit: str) -> None:
        """Close it, at once and whatever is still to be sent."""
        REFUSED.labels(limit).inc()
        self._stop_waiting()
        self.transport.abort()

    def _is_let_in(self) -> bool:
        if self._is_roomy() or self.url.partition(b"?")[0].decode("latin-1") in PROBES:
            return True
        working = [one for one in self._others() if one.works]
        of_address = sum(1 for one in working if one.address == self.address)
        if len(working) < self._most and (self.address is None or of_address < self._most_of_address):
            return True
        REFUSED.labels("connections").inc()
        return False

    def _is_roomy(self) -> bool:
        return len(self.connections) <= min(self._most, self._most_of_address)

    def _others(self) -> list[Any]:
        return [one for one in self.connections if one is not self and not one.transport.is_closing()]

    def _wait(self, what: str, seconds: float) -> None:
        self._stop_waiting()
        self._waits_for, self._since = what, self.loop.time()
        self._too_slow = self.loop.call_later(seconds, self._is_late)

    def _is_late(self) -> None:
        if self.pipeline:
            # Nothing is read of a request that waits for its turn behind another of the same connection.
            self._wait(self._waits_for, self._seconds)
        elif self._head or self._waits_for != "head":
            self.give_up(self._waits_for)
        else:
            self.transport.close()

    def _stop_waiting(self) -> None:
        if self._too_slow is not None:
            self._too_slow.cancel()
        self._too_slow, self._waits_for = None, ""


def make_room(others: Sequence[BoundedProtocol], most: int) -> None:
    """Close of these connections the one that has waited longest, if one more would be too many."""
    waiting = [one for one in others if not one.works]
    if len(others) >= most and waiting:
        min(waiting, key=lambda one: one.waits_since).give_up("connections")


def known_proxies(named: list[str] | str | None) -> tuple[str, ...]:
    """Return the proxies whose word uvicorn takes for who asks."""
    names = named.split(",") if isinstance(named, str) else named or []
    return tuple(name.strip() for name in names)


def address_of(client: tuple[str, int] | None, proxies: tuple[str, ...]) -> str | None:
    """Return whose connection it is: an IPv4 address or an IPv6 network of /64; `None` for a proxy that is known."""
    if client is None or "*" in proxies:
        return None
    try:
        address = ip_address(client[0])
    except ValueError:
        return None
    for name in proxies:
        try:
            if address in ip_network(name, strict=False):
                return None
        except ValueError:
            continue
    return str(ip_network((address, 64), strict=False)) if isinstance(address, IPv6Address) else str(address)
