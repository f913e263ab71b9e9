"""The embedded servers: started, adopted, killed, recovered, stopped; as root and as an ordinary user alike."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote

import asyncpg
import pytest
from redis.asyncio import Redis

from infra.database import connection_facts
from infra.embedded import Server, hold, start_postgres, start_redis
from infra.embedded.server import is_alive, workers_in
from infra.errors import SetupError


def kill(server: Server) -> None:
    """End a server as the kernel does when memory runs out; nobody asks after it, so it stays a zombie."""
    os.kill(server.pid, signal.SIGKILL)
    while is_alive(server.pid):
        time.sleep(0.01)


@pytest.fixture(autouse=True)
def _nothing_left(data: Path) -> Iterator[None]:
    """Whatever a failing test left running goes with its folder."""
    yield
    servers = (data / "servers").resolve()
    for program in ("postgres", "redis-server"):
        for process in workers_in(program, servers / program.removesuffix("-server")):
            process.kill()


async def ask(server: Server, statement: str) -> object:
    connection = await asyncpg.connect(**connection_facts(server.url))
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


async def test_postgres_is_adopted_recovered_and_stopped(data: Path) -> None:
    first = start_postgres(data)
    cluster = (data / "servers" / "postgres").resolve()
    await ask(first, "CREATE TABLE kept (value int)")
    await ask(first, "INSERT INTO kept VALUES (1)")

    again = start_postgres(data)
    assert (again.adopted, again.pid, again.url) == (True, first.pid, first.url)

    kill(first)
    recovered = start_postgres(data)
    assert (recovered.adopted, first.is_alive()) == (False, False)
    assert await ask(recovered, "SELECT sum(value)::int FROM kept") == 1

    recovered.stop()
    assert list(workers_in("postgres", cluster)) == []
    last = start_postgres(data)
    assert await ask(last, "SELECT sum(value)::int FROM kept") == 1
    last.stop()

    (cluster / "PG_VERSION").write_text("14\n")
    with pytest.raises(SetupError, match="written by PostgreSQL 14 and this WIN brings PostgreSQL 18"):
        start_postgres(data)


async def test_a_start_that_was_interrupted_is_begun_again(data: Path) -> None:
    """Whatever was made of a cluster before it had its name is thrown away."""
    half = data / "servers" / "postgres.building"
    start_redis(data, durable=False).stop()
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    server = start_postgres(data, durable=False)
    try:
        assert await ask(server, "SELECT 1") == 1
        assert not half.exists()
    finally:
        server.stop()


async def test_the_number_of_a_killed_server_may_be_somebody_elses_by_now(
    data: Path, fresh: Callable[[Path], None]
) -> None:
    fresh(data)
    first = start_postgres(data, durable=False)
    kill(first)
    lock = data / "servers" / "postgres" / "postmaster.pid"
    lines = lock.read_text().splitlines()
    lock.write_text("\n".join([str(os.getppid()), *lines[1:], ""]))
    second = start_postgres(data, durable=False)
    try:
        assert (second.adopted, first.is_alive(), second.pid != os.getppid()) == (False, False, True)
        assert await ask(second, "SELECT 1") == 1
    finally:
        second.stop()


def mode(path: str) -> int:
    return Path(path).stat().st_mode


async def test_postgres_asks_for_a_password_and_listens_to_nobody_else(
    data: Path, fresh: Callable[[Path], None]
) -> None:
    fresh(data)
    server = start_postgres(data, durable=False)
    try:
        facts = connection_facts(server.url)
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(**{**facts, "password": "guessed"})
        assert await ask(server, "SHOW listen_addresses") == ""
        assert mode(facts["host"]) & 0o077 == 0
        assert await ask(server, "SHOW log_min_error_statement") == "panic"
    finally:
        server.stop()


def queue(server: Server) -> Redis:
    socket = unquote(server.url.partition("@")[2].partition("?")[0])
    return Redis(unix_socket_path=socket, password=server.url.partition("://:")[2].partition("@")[0])


@pytest.mark.parametrize("folder", ["data", "with space, è " + "and length " * 9])
async def test_redis_keeps_what_it_was_given_before_a_kill(data: Path, folder: str) -> None:
    place = data / folder
    first = start_redis(place, durable=False)
    async with queue(first) as redis:
        await redis.set("kept", "yes")
    assert start_redis(place, durable=False).pid == first.pid

    kill(first)
    assert not first.child or first.child.wait() == -signal.SIGKILL
    second = start_redis(place, durable=False)
    async with queue(second) as redis:
        assert await redis.get("kept") == b"yes"
    sockets = (place / "servers" / "run").resolve()
    second.stop()
    assert (second.is_alive(), list(sockets.glob("redis.sock"))) == (False, [])
    if sockets.parent == Path("/tmp"):  # noqa: S108 (where a long path's sockets stand)
        sockets.rmdir()


def test_a_data_folder_has_one_holder(data: Path) -> None:
    with hold(data), pytest.raises(SetupError, match="WIN runs already on the data folder"), hold(data):
        pass
    with hold(data):
        pass


def test_a_data_folder_that_cannot_be_written_is_refused_in_one_sentence(data: Path) -> None:
    data.write_text("a file")
    with pytest.raises(SetupError, match=r"^The data folder .* cannot be written \(File exists\)\.$"):
        start_postgres(data)


def test_a_lost_or_damaged_home_is_not_made_anew(data: Path) -> None:
    data.mkdir()
    (data / "servers").symlink_to(data / "elsewhere")
    with pytest.raises(SetupError, match=r"is gone\.$"):
        start_redis(data)
    (data / "servers").unlink()

    start_redis(data, durable=False).stop()
    (data / "servers" / "password").write_text("short")
    with pytest.raises(SetupError, match="is damaged"):
        start_redis(data, durable=False)
