"""`win up` from nothing: served, killed, taken over, stopped; no process is left."""

import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest
from redis import Redis

from infra.embedded import start_postgres, start_redis
from infra.queue import HEARTBEAT, redis_settings
from tests.infra.conftest import WIN, Command

PATIENCE = 60.0


def wait_for(line: str, output: Path, process: subprocess.Popen[bytes]) -> None:
    """Wait until the process has said it."""
    deadline = time.monotonic() + PATIENCE
    while line not in output.read_text():
        assert process.poll() is None, output.read_text()
        assert time.monotonic() < deadline, output.read_text()
        time.sleep(0.05)


@contextmanager
def up(environment: dict[str, str], port: int, output: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A running `win up`; whatever happens, it is stopped."""
    with output.open("wb") as file:
        process = subprocess.Popen(
            [*WIN, "up", "--no-demo", "--no-assets", "--port", str(port)], env=environment, stdout=file, stderr=file
        )
    try:
        wait_for("Ctrl-C stops it", output, process)
        yield process
    finally:
        process.terminate()
        process.wait(PATIENCE)


def answer(port: int, path: str) -> bytes:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as response:
        body: bytes = response.read()
        return body


def endless_head(port: int) -> bytes:
    """Return what is answered to headers that do not end, sent until nobody listens any more."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection, suppress(ConnectionError):
        connection.sendall(b"GET /livez HTTP/1.1\r\nhost: localhost\r\nendless: ")
        for _ in range(64):
            connection.sendall(b"x" * 64 * 1024)
        return connection.recv(1024)
    return b""


@pytest.fixture
def port(unused_tcp_port: int) -> int:
    return unused_tcp_port


def test_up_serves_survives_a_kill_and_leaves_nothing(
    win: Command, data: Path, environment: dict[str, str], port: int
) -> None:
    output = data.with_name("output")
    with up(environment, port, output) as first:
        assert answer(port, "/livez") == b"ok\n"
        assert endless_head(port) == b""
        again = win("up", "--port", "1024")
        assert (again.returncode, again.stderr) == (
            2,
            f"WIN runs already on the data folder {data}; stop it or choose another --data.\n",
        )
        children = psutil.Process(first.pid).children()
        ours = [child for child in children if "infra.cli" in child.cmdline()]
        assert [child.cmdline()[-1] for child in ours] == ["worker", "serve"]
        first.kill()
        first.wait()
        assert psutil.wait_procs(ours, timeout=PATIENCE)[1] == []

    servers = [start_postgres(data), start_redis(data)]
    assert [server.adopted for server in servers] == [True, True]
    os.kill(servers[0].pid, signal.SIGKILL)
    with up(environment, port, output) as second:
        assert answer(port, "/readyz")
        given = redis_settings(servers[1].url)
        with Redis(unix_socket_path=given.unix_socket_path, password=given.password) as redis:
            assert redis.get(HEARTBEAT) is not None
        assert b'"worker":"ok"' in answer(port, "/readyz")
    assert second.returncode == 0
    assert [server.is_alive() for server in servers] == [False, False]
    left = [
        process for process in psutil.process_iter(["cmdline"]) if str(data) in " ".join(process.info["cmdline"] or ())
    ]
    assert left == []
