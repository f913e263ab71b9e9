"""Commands and servers as processes of their own, begun by a parent that has everything imported already.

To import the product takes two seconds of a processor, and the tests start it eighty times. What is begun here is a
process like any other: it has its own environment, output and exit code, and it can be killed. `tests/infra/test_up.py`
and `tests/infra/test_wheel.py` start commands as an operator does.
"""

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import entry_points
from pathlib import Path

from infra.cli.main import COMMANDS, main
from infra.settings import settings

SERVERS = ("uvicorn", "web.app", "web.serving", "jobs.worker", "tenants.demo.load")
WARM = multiprocessing.get_context("forkserver")
WARM.set_forkserver_preload([*SERVERS, *sorted({point.module for point in entry_points(group=COMMANDS)})])


class Process:
    """A process that runs a function; its methods are those of `subprocess.Popen`."""

    def __init__(
        self,
        target: Callable[..., object],
        *arguments: object,
        environment: Mapping[str, str],
        output: Path,
        errors: Path | None = None,
        cwd: str = "/",
    ) -> None:
        facts = (dict(environment), str(output), str(errors or output), cwd)
        self._process = WARM.Process(target=enter, args=(*facts, target, *arguments), daemon=False)
        self._process.start()

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    def poll(self) -> int | None:
        """Return the exit code, if it has ended."""
        return self._process.exitcode

    def wait(self, seconds: float | None = None) -> int:
        """Return the exit code. Raises `subprocess.TimeoutExpired`."""
        self._process.join(seconds)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired(str(self._process.pid), seconds or 0)
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self._process.terminate()

    def kill(self) -> None:
        self._process.kill()


def enter(
    environment: dict[str, str], output: str, errors: str, cwd: str, target: Callable[..., object], *arguments: object
) -> None:
    """Be the process that was asked for: in the child, before anything else."""
    for number, path in ((1, output), (2, errors)):
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(file, number)
        os.close(file)
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environment)
    settings.cache_clear()
    target(*arguments)


def command(*arguments: str) -> None:
    """Run a command of ours."""
    sys.argv[:] = ["win", *arguments]
    main()


def told(
    arguments: Sequence[str], environment: Mapping[str, str], folder: Path, patience: float = 60.0
) -> subprocess.CompletedProcess[str]:
    """Run a command of ours to its end; `folder` keeps what it says."""
    output, errors = folder / "stdout", folder / "stderr"
    output.write_text("")
    errors.write_text("")
    process = Process(command, *arguments, environment=environment, output=output, errors=errors)
    try:
        code = process.wait(patience)
    finally:
        process.kill()
    return subprocess.CompletedProcess(list(arguments), code, output.read_text("utf-8"), errors.read_text("utf-8"))
