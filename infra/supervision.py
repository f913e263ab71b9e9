"""Processes that belong together: started, watched, started again after a crash, stopped in order."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from infra.embedded import Server
from infra.log import logger
from infra.settings import settings

PR_SET_PDEATHSIG = 1  # Linux, prctl(2)
SUPERVISED = "WIN_SUPERVISED"
PATIENCE = 30.0
"""Seconds that a process may take to stop, besides those that its requests are given."""
LONGEST_PAUSE = 30.0
STEADY = 60.0


def end_with_parent() -> None:
    """Let this process end when its supervisor does, even by kill -9.

    By force and at once: the port is free again before somebody can start anew, and what was not answered yet
    is rolled back by the database.
    """
    supervisor = os.environ.get(SUPERVISED)
    if supervisor is None or not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != int(supervisor):
        sys.exit(0)


@dataclass
class Child:
    """One process of ours: its arguments to the command line, and how it fares."""

    arguments: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    crashes: int = 0
    start_again_at: float = 0.0

    def start(self) -> None:
        """Start it in a session of its own, so that Ctrl-C reaches the supervisor alone."""
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "infra.cli", *self.arguments],
            env={**os.environ, SUPERVISED: str(os.getpid())},
            start_new_session=True,
        )

    def has_ended(self) -> bool:
        """Tell whether it was started and runs no more."""
        return self.process is not None and self.process.poll() is not None

    def look_after(self) -> None:
        """Start it again if it has ended, later each time that it does so at once."""
        now = time.monotonic()
        if self.process is not None and self.process.poll() is not None:
            self.crashes = 1 if now - self.started_at > STEADY else self.crashes + 1
            self.start_again_at = now + min(2.0 ** (self.crashes - 1), LONGEST_PAUSE)
            logger().error("a process ended", process=self.arguments[0], code=self.process.returncode)
            self.process = None
        if self.process is None and now >= self.start_again_at:
            self.start()

    def stop(self) -> None:
        """Stop it and wait until it is gone."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(settings().drain_seconds + PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Part:
    """An embedded server that is kept running: whoever starts it again finds it at the same address."""

    def __init__(self, start: Callable[[], Server]) -> None:
        self._start = start
        self._server = start()

    @property
    def url(self) -> str:
        """The address, with the administrator's password."""
        return self._server.url

    def look_after(self) -> None:
        """Start it again if it has ended. Raises `SetupError` if it cannot."""
        if not self._server.is_alive():
            logger().error("a server ended", server=self._server.name)
            self._server = self._start()

    def stop(self) -> None:
        """Stop it and wait until it is gone."""
        self._server.stop()


class Stopped(KeyboardInterrupt):
    """Somebody asked this process to stop; nothing that catches errors takes it for one."""


def stop_on_signals() -> None:
    """Turn SIGTERM, SIGHUP and Ctrl-C into `Stopped`, once: a second one does not disturb the stopping."""

    def stop(_number: int, _frame: object) -> None:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        raise Stopped

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, stop)
