"""Processes that belong together: a crash is mended, an order to stop reaches each, and none outlives the first."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from infra.embedded import start_redis
from infra.supervision import SUPERVISED, Child, Part

ORPHAN = "import time; from infra.supervision import end_with_parent; end_with_parent(); print('up', flush=True)"
PARENT = f"""
import os, subprocess, sys, time
child = subprocess.Popen(
    [sys.executable, "-c", {f"{ORPHAN}; time.sleep(600)"!r}],
    env={{**os.environ, "{SUPERVISED}": str(os.getpid())}}, stdout=subprocess.PIPE, start_new_session=True
)
child.stdout.readline()
print(child.pid, flush=True)
time.sleep(600)
"""
PATIENCE = 30.0


def wait_until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture
def child(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Child]:
    """A child whose command ends at once and in error: there is none of this name."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    child = Child(["nonsense"])
    yield child
    child.stop()


def ended(child: Child) -> None:
    assert child.process is not None
    child.process.wait()


def is_paused(child: Child) -> bool:
    child.look_after()
    return child.process is None


def test_a_crashed_child_is_started_again_later_each_time(child: Child) -> None:
    child.start()
    pauses = []
    for _ in range(3):
        ended(child)
        before = time.monotonic()
        assert is_paused(child)
        pauses.append(child.start_again_at - before)
        assert is_paused(child), "its time has not come"
        child.start_again_at = before
        assert not is_paused(child)
    assert [round(pause) for pause in pauses] == [1, 2, 4]


def test_a_child_that_has_ended_is_stopped_already(child: Child) -> None:
    child.stop()
    child.start()
    ended(child)
    assert child.has_ended()
    child.stop()
    assert child.process is not None
    assert child.process.returncode == 2


def test_a_killed_server_is_started_again_at_the_same_address(data: Path) -> None:
    part = Part(lambda: start_redis(data, durable=False))
    url, first = part.url, part._server.pid
    part.look_after()
    assert part._server.pid == first
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: not part._server.is_alive())
    part.look_after()
    assert (part._server.pid != first, part.url) == (True, url)
    part.stop()
    assert not part._server.is_alive()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells a child that its parent is gone")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_no_child_outlives_its_supervisor(how: signal.Signals) -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        orphan = psutil.Process(int(parent.stdout.readline()))
        parent.send_signal(how)
        parent.wait()
        wait_until(lambda: not orphan.is_running() or orphan.status() == psutil.STATUS_ZOMBIE)


def test_a_child_whose_supervisor_is_gone_already_does_not_begin() -> None:
    environment = {**os.environ, SUPERVISED: "1"}
    run = subprocess.run([sys.executable, "-c", ORPHAN], env=environment, capture_output=True, check=True)
    assert run.stdout == b""
