"""The process that serves, and how it stops: nobody new is let in, and who is in gets an answer."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from uvicorn import Config, Server

from infra.settings import Settings
from web.protocol import BoundedProtocol

STOPPING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class DrainingServer(Server):
    """uvicorn's server with an end: a second order to stop waits for no request, and a third for nothing at all."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Answer the orders to stop for as long as it serves; that one came is no error, and is not raised again."""
        before = {number: signal.signal(number, self.handle_exit) for number in STOPPING}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Take an order to stop."""
        if self.should_exit:
            self.force_exit = True
            for number in STOPPING:
                signal.signal(number, signal.SIG_DFL)
        self.should_exit = True


def server(given: Settings) -> DrainingServer:
    """Return the server of this process, not yet running."""
    return DrainingServer(
        Config(
            "web.app:build",
            factory=True,
            host=given.host,
            port=given.port,
            loop="uvloop",
            http=BoundedProtocol,
            ws="none",
            access_log=False,
            server_header=False,
            log_config=None,
            timeout_keep_alive=30,
            timeout_graceful_shutdown=given.drain_seconds,
        )
    )
