"""The connections of a process: each comes back, wherever it breaks, and nobody waits for one for long."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

import asyncpg
import httpx
import pytest

from infra import database as infra_database
from infra.clock import new_id
from infra.database import Connection, Context, connection_facts, pool_state, transaction
from tests.conftest import Ask

BROKEN = (*(asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError), OSError, ZeroDivisionError)
OURS = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND usename = 'win_app'"


def end_unseen(url: str, pids: list[int]) -> None:
    """End these backends while nothing else in this process runs: its driver takes them for alive."""

    async def end() -> None:
        admin = await asyncpg.connect(**connection_facts(url))
        for pid in pids:
            await admin.execute("SELECT pg_terminate_backend($1, 5000)", pid)
        await admin.close()

    thread = threading.Thread(target=lambda: asyncio.run(end()))
    thread.start()
    thread.join()


async def at_begin(url: str, admin: Connection) -> None:
    async with transaction():
        pass
    end_unseen(url, [row["pid"] for row in await admin.fetch(OURS)])
    async with transaction(Context(new_id())):
        pass


async def at_the_context(url: str, admin: Connection) -> None:
    async with transaction() as connection:
        end_unseen(url, [connection.get_server_pid()])
        await infra_database.enter_context(connection, Context(new_id()))


async def at_a_statement(url: str, admin: Connection) -> None:
    async with transaction(Context(new_id())) as connection:
        asyncio.get_running_loop().call_later(0.01, end_unseen, url, [connection.get_server_pid()])
        await connection.fetchval("SELECT pg_sleep(5)")


async def at_commit(url: str, admin: Connection) -> None:
    async with transaction(Context(new_id())) as connection:
        end_unseen(url, [connection.get_server_pid()])


async def at_rollback(url: str, admin: Connection) -> None:
    async with transaction(Context(new_id())) as connection:
        end_unseen(url, [connection.get_server_pid()])
        raise ZeroDivisionError


async def after_the_end(url: str, admin: Connection) -> None:
    async with transaction(Context(new_id())) as connection:
        pid = connection.get_server_pid()
    end_unseen(url, [pid])
    raise ZeroDivisionError


@pytest.mark.parametrize("breaks", [at_begin, at_the_context, at_a_statement, at_commit, at_rollback, after_the_end])
async def test_a_connection_that_dies_leaves_its_place(
    database: str, breaks: Callable[[str, Connection], Awaitable[None]]
) -> None:
    admin = await asyncpg.connect(**connection_facts(database))
    for _ in range(3):
        with pytest.raises(BROKEN):
            await breaks(database, admin)
    await admin.close()
    state = pool_state()
    assert state is not None
    async with AsyncExitStack() as stack, asyncio.timeout(30):
        for _ in range(state.most):
            await stack.enter_async_context(in_a_task(transaction))
    after = pool_state()
    assert after is not None
    assert after.used == 0


class in_a_task:  # noqa: N801 (used as a function)
    """Holds a transaction in a task of its own: in this one it would be a savepoint of the first."""

    def __init__(self, begin: Callable[[], object]) -> None:
        self.begin, self.is_held, self.let_go = begin, asyncio.Event(), asyncio.Event()

    async def _hold(self) -> None:
        async with transaction():
            self.is_held.set()
            await self.let_go.wait()

    async def __aenter__(self) -> None:
        self.task = asyncio.create_task(self._hold())
        held = asyncio.create_task(self.is_held.wait())
        await asyncio.wait([self.task, held], return_when=asyncio.FIRST_COMPLETED)
        if not self.is_held.is_set():
            held.cancel()
            await self.task

    async def __aexit__(self, *_: object) -> None:
        self.let_go.set()
        await self.task


async def test_who_waits_too_long_for_a_connection_is_told_to_come_back(
    client: httpx.AsyncClient, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer = "{ viewer { email } }"
    assert "errors" not in await ask("anna", viewer)
    state = pool_state()
    assert state is not None
    async with AsyncExitStack() as stack, asyncio.timeout(30):
        for _ in range(state.most):
            await stack.enter_async_context(in_a_task(transaction))
        monkeypatch.setattr(infra_database, "SECONDS_FOR_A_CONNECTION", 0.05, raising=False)
        headers = {"Authorization": "Bearer win_" + "x" * 43}
        refused = await client.post("/graphql", json={"query": viewer}, headers=headers)
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "2")
        assert refused.json()["errors"][0]["extensions"]["code"] == "UNAVAILABLE"
        page = await client.get("/today", headers={"Cookie": "__Host-win-session=wis_" + "x" * 43})
        assert (page.status_code, page.headers.get("retry-after")) == (503, "2"), page.text
    assert "errors" not in await ask("anna", viewer)


GRANT = "GRANT EXECUTE ON FUNCTION enter(bytea) TO win_app"


async def test_a_migration_under_a_running_process_is_not_noticed(owner: Connection, ask: Ask) -> None:
    """What a statement gives may change; whoever had prepared it asks again, in reads and in verbs."""
    viewer = "{ viewer { email } }"
    verb = 'mutation { openCase(input: {person: {givenName: "Prova"}}) { case { number } problems { code } } }'
    assert "errors" not in await ask("anna", viewer)
    before = await owner.fetchval("SELECT pg_get_functiondef('enter(bytea)'::regprocedure)")
    after = before.replace(")\n LANGUAGE", ", one_more text)\n LANGUAGE")
    assert after != before
    for made, operation in ((after, viewer), (before, verb)):
        async with owner.transaction():
            await owner.execute("DROP FUNCTION enter(bytea)")
            for statement in (made, "REVOKE ALL ON FUNCTION enter(bytea) FROM PUBLIC", GRANT):
                await owner.execute(statement)
        assert "errors" not in await ask("anna", operation)
