"""One server process, ours or adopted, and how it is told to stop."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from infra.embedded.home import Home


@dataclass
class Server:
    """A running server: where to reach it, whether it lives, and how to stop it."""

    name: str
    url: str = field(repr=False)
    pid: int
    stop_signals: Sequence[tuple[signal.Signals, float]]
    child: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def adopted(self) -> bool:
        """True if an earlier parent started it."""
        return self.child is None

    def is_alive(self) -> bool:
        """Tell whether the process runs; a dead child is buried on the way."""
        if self.child is not None:
            return self.child.poll() is None
        return is_alive(self.pid)

    def stop(self) -> None:
        """Stop it and wait until it is gone: politely first, then less so."""
        for stop_signal, patience in self.stop_signals:
            if not self.is_alive():
                return
            with suppress(ProcessLookupError):
                os.kill(self.pid, stop_signal)
            self._wait(patience)

    def _wait(self, patience: float) -> None:
        deadline = time.monotonic() + patience
        while self.is_alive() and time.monotonic() < deadline:
            time.sleep(0.02)


@contextmanager
def stopped_unless_ready(server: Server) -> Iterator[None]:
    """Leave no server behind that was started and then, interrupted or failing, not handed to anybody."""
    try:
        yield
    except BaseException:
        if not server.adopted:
            server.stop()
        raise


def spawn(home: Home, command: Sequence[str], log: Path, *, stdin: bytes | None = None) -> subprocess.Popen[bytes]:
    """Start a server as the home's user, out of our process group and without our environment."""
    with log.open("ab") as output:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
            stdout=output,
            stderr=output,
            cwd=home.path,
            env=home.environment,
            start_new_session=True,
            **home.identity,
        )
    if stdin is not None and child.stdin is not None:
        with suppress(BrokenPipeError), child.stdin as pipe:
            pipe.write(stdin)
    return child


def is_alive(pid: int) -> bool:
    """Tell whether the process runs; a zombie does not."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def works_in(pid: int, program: str, folder: Path) -> bool:
    """Tell whether this process is that program with that working folder, and not a stranger with a recycled id."""
    try:
        process = psutil.Process(pid)
        return is_alive(pid) and process.name() == program and Path(process.cwd()) == folder.resolve()
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


def workers_in(program: str, folder: Path) -> Iterator[psutil.Process]:
    """Yield the processes of that program with that working folder."""
    for process in psutil.process_iter():
        if works_in(process.pid, program, folder):
            yield process


def last_words(log: Path) -> str:
    """Return the last line of a log that says something, for the operator's sentence."""
    with suppress(OSError):
        lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
        return next((line for line in reversed(lines) if "FATAL" in line or "rror" in line), lines[-1] if lines else "")
    return ""
