"""Loading, growing and removing the demonstration territories."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import UUID

import asyncpg
import pytest
from click.testing import Result
from typer.testing import CliRunner

from infra.clock import new_id
from infra.database import Connection, as_role, connection_facts
from infra.settings import settings
from tenants.demo.catalogue import MAIN
from tenants.demo.commands import app
from tenants.demo.grow import grow
from tenants.demo.load import CASES, PASSWORD, ensure
from tenants.demo.network import work_in
from tenants.demo.remove import remove
from tests.tenants.copies import copy, counts, owning, territory

PONTE = "cooperativa-il-ponte"
SEEN_BY_OTHERS = "SELECT case_id, organisation_id FROM case_access WHERE organisation_id <> holder_id AND until > now()"
TO_BE_SEEN = """
SELECT p.case_id, p.organisation_id
  FROM joint_intervention_partner p
  JOIN joint_intervention j ON j.id = p.joint_intervention_id AND j.closed_at IS NULL
  JOIN authorisation a ON a.case_id = p.case_id AND a.withdrawn_at IS NULL AND a.until > now()
 WHERE p.status = 'accepted'
"""


@pytest.fixture
async def apart(database_url: str, worker: str) -> AsyncIterator[str]:
    """The address of a database with the demonstration in it, for one test to change."""
    async with copy(database_url, worker, "changed") as url:
        yield url


@pytest.fixture
async def owner_apart(apart: str, secret: str) -> AsyncIterator[Connection]:
    async with owning(apart, secret) as connection:
        yield connection


async def pairs(connection: Connection, query: str) -> set[tuple[UUID, UUID]]:
    return {(case_id, organisation_id) for case_id, organisation_id in await connection.fetch(query)}


async def test_loading_again_changes_nothing(owner: Connection) -> None:
    before = await counts(owner)
    assert await ensure(owner) is False
    assert await counts(owner) == before


async def test_removed_and_loaded_by_two_starts_at_once(owner_apart: Connection, apart: str, secret: str) -> None:
    before = await counts(owner_apart)
    accounts = await owner_apart.fetchval("SELECT count(*) FROM account")
    assert await remove(owner_apart)
    assert await counts(owner_apart) == {}
    assert await owner_apart.fetchval("SELECT count(*) FROM account") == 0
    assert await remove(owner_apart) is False
    other = await asyncpg.connect(**connection_facts(as_role(apart, "win_owner", secret)))
    assert sorted(await asyncio.gather(ensure(owner_apart), ensure(other))) == [False, True]
    await other.close()
    assert await counts(owner_apart) == before
    assert await owner_apart.fetchval("SELECT count(*) FROM account") == accounts


async def test_removing_leaves_a_real_territory_alone(owner_apart: Connection) -> None:
    anna = await owner_apart.fetchval("SELECT id FROM account WHERE email = 'anna@caritas-empoli.example'")
    real, organisation = new_id(), new_id()
    async with owner_apart.transaction():
        await owner_apart.execute(
            "INSERT INTO territory (id, slug, name, is_demo, created_at) VALUES ($1, 'vero', 'Vero', false, now())",
            real,
        )
        await work_in(owner_apart, real)
        await owner_apart.execute(
            "INSERT INTO organisation (territory_id, id, slug, name, kind, is_lead, valid_from, is_demo) "
            "VALUES ($1, $2, 'vnp', 'Vero', 'foundation', true, now(), false)",
            *(real, organisation),
        )
        await owner_apart.execute(
            "INSERT INTO member (territory_id, id, account_id, organisation_id, role, valid_from) "
            "VALUES ($1, $2, $3, $4, 'auditor', now())",
            *(real, new_id(), anna, organisation),
        )
    with pytest.raises(LookupError):
        await grow(owner_apart, real, 1)
    assert await remove(owner_apart)
    found = await counts(owner_apart)
    assert {key: rows for key, rows in found.items() if rows} == {("vero", "organisation"): 1, ("vero", "member"): 1}
    assert [row["id"] for row in await owner_apart.fetch("SELECT id FROM account")] == [anna]
    assert await owner_apart.fetchval("SELECT count(*) FROM pg_trigger WHERE tgname = 'immutable'") == 2
    assert await owner_apart.fetchval("SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'D'") == 0


async def test_growing_shares_what_it_adds(owner_apart: Connection) -> None:
    territory_id, added = await territory(owner_apart, MAIN), 2_000
    told: list[int] = []
    before = await counts(owner_apart)
    await grow(owner_apart, territory_id, added, told.append)
    after = await counts(owner_apart)
    assert told == [added]
    assert {slug for slug, table in after if after[slug, table] != before[slug, table]} == {MAIN}
    assert after[MAIN, "case_file"] == before[MAIN, "case_file"] + added
    assert after[MAIN, "case_identity"] == after[MAIN, "case_work"] == after[MAIN, "case_file"]
    assert after[MAIN, "case_need"] > 1.8 * after[MAIN, "case_file"]

    async with owner_apart.transaction():
        await work_in(owner_apart, territory_id)
        seen = await pairs(owner_apart, SEEN_BY_OTHERS)
        assert seen == await pairs(owner_apart, TO_BE_SEEN)
        own = await owner_apart.fetchval("SELECT count(*) FROM case_access WHERE organisation_id = holder_id")
        ponte = await owner_apart.fetchval("SELECT id FROM organisation WHERE slug = $1", PONTE)
    assert own == after[MAIN, "case_file"]
    assert len({case_id for case_id, _ in seen}) > 0.6 * after[MAIN, "case_file"]
    assert Counter(organisation_id for _, organisation_id in seen)[ponte] > 0.5 * after[MAIN, "case_file"]


@pytest.fixture
def win(apart: str, secret: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Awaitable[Result]]:
    """Runs a command as an operator would, on a database of this test's own."""
    monkeypatch.setenv("WIN_DATABASE_URL", apart)
    monkeypatch.setenv("WIN_SECRET_KEY", secret)
    settings.cache_clear()

    async def run(*arguments: str) -> Result:
        return await asyncio.to_thread(CliRunner().invoke, app, list(arguments))

    return run


async def test_commands_load_grow_and_begin_again(win: Callable[..., Awaitable[Result]]) -> None:
    grown = await win("load", "--cases", "600")
    assert grown.exit_code == 0, grown.output
    assert "180 of 180 new cases" in grown.output
    assert f"{MAIN}: 37 organisations, 37 members, 600 cases" in grown.output
    assert PASSWORD in grown.output
    again = await win("load", "--cases", "600")
    assert "new cases" not in again.output
    begun = await win("reset")
    assert begun.exit_code == 0, begun.output
    assert f"{MAIN}: 37 organisations, 37 members, {CASES[MAIN]} cases" in begun.output
    assert (await win("load", "--cases", "0")).exit_code == 2
