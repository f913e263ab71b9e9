"""Alive, ready, which version, and the counters: what each tells, and to whom."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from api import soundness
from api.soundness import PACTS
from tenants.members.service import issue_token
from tests.api.people import Browser
from tests.conftest import Ask, setting

SARA = ("sara@caritas-montevarchi.example", "caritas-montevarchi")
"""Of the second territory of the demonstration."""
VIEWER = "{ viewer { email } }"

HERE, ELSEWHERE = "127.0.0.1", "198.51.100.7"


async def test_alive_ready_and_a_version(browser: Browser) -> None:
    client = browser(HERE)
    assert (await client.get("/livez")).text == "ok\n"
    response = await client.get("/readyz")
    body = response.json()
    # No worker runs here, and requests need none.
    assert body["parts"].pop("worker") != "ok"
    assert (response.status_code, body) == (
        200,
        {"ready": True, "parts": {"database": "ok", "pact": "ok"}, "denied": []},
    )
    assert (await client.get("/version")).json() == {"name": "win", "version": "0.1.0"}


@asynccontextmanager
async def damaged(owner: asyncpg.Connection, damage: str) -> AsyncIterator[None]:
    """Damage the pact of the second territory for a while."""
    territory = await owner.fetchval("SELECT id FROM territory WHERE slug = 'valdarno-demo'")
    enter, kept = "SELECT set_config('win.territory_id', $1, true)", {}
    async with owner.transaction():
        await owner.execute(enter, str(territory))
        for table in ("pact_grant", "pact_term"):
            kept[table] = await owner.fetchval(f"SELECT jsonb_agg(to_jsonb(t)) FROM {table} t")
        await owner.execute(damage)
    try:
        yield
    finally:
        async with owner.transaction():
            await owner.execute(enter, str(territory))
            for table, rows in kept.items():
                await owner.execute(f"DELETE FROM {table}")
                await owner.execute(
                    f"INSERT INTO {table} SELECT * FROM jsonb_populate_recordset(NULL::{table}, $1::text::jsonb)", rows
                )


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param("DELETE FROM pact_grant", id="no decisions"),
        pytest.param("UPDATE pact_grant SET read_mask = read_mask | 3, write_mask = 0", id="other decisions"),
        pytest.param("DELETE FROM pact_term", id="no terms"),
    ],
)
async def test_a_territory_whose_pact_is_not_sound_is_denied_and_the_others_are_served(
    browser: Browser, owner: asyncpg.Connection, ask: Ask, damage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(soundness, "FRESH", 0.0)
    there = (await issue_token(owner, *SARA)).secret
    bearer = {"Authorization": f"Bearer {there}"}
    async with damaged(owner, damage):
        near, far = await browser(HERE).get("/readyz"), await browser(ELSEWHERE).get("/readyz")
        denied = await browser(ELSEWHERE).post("/graphql", json={"query": VIEWER}, headers=bearer)
        served = await ask("anna", VIEWER)
        metrics = (await browser(HERE).get("/metrics")).text
        monkeypatch.setattr(soundness, "FRESH", 60.0)
        monkeypatch.setattr(PACTS, "territories", 1)
        assert (await browser(HERE).get("/readyz")).status_code == 503  # there is no other
    monkeypatch.setattr(soundness, "FRESH", 0.0)
    assert (near.status_code, far.status_code) == (200, 200)
    assert far.json() == {"ready": True, "parts": {"database": "ok", "pact": "failing", "worker": "failing"}}
    assert (near.json()["parts"]["database"], near.json()["denied"]) == ("ok", ["valdarno-demo"])
    assert all("valdarno-demo" in sentence for sentence in near.json()["parts"]["pact"])
    assert (denied.status_code, denied.headers["retry-after"]) == (503, "60")
    assert denied.json()["errors"][0]["extensions"]["code"] == "UNAVAILABLE"
    assert "errors" not in served
    assert 'win_territory_denied{territory="valdarno-demo"} 1.0' in metrics
    assert (await browser(HERE).get("/readyz")).json()["denied"] == []
    again = await browser(ELSEWHERE).post("/graphql", json={"query": VIEWER}, headers=bearer)
    assert "errors" not in again.json()


async def test_a_database_that_is_gone_is_not_ready_and_the_process_lives(database: str, browser: Browser) -> None:
    from infra.database import close_pool, open_pool

    client = browser(HERE)
    await close_pool()
    try:
        response = await client.get("/readyz")
        assert response.status_code == 503
        assert response.json()["parts"]["database"] != "ok"
        assert "postgresql://" not in response.text
        assert (await client.get("/livez")).status_code == 200
    finally:
        await reopen(open_pool, database)


async def reopen(open_pool, database: str) -> None:  # type: ignore[no-untyped-def]
    """Open the pool of the run again."""
    from infra.database import as_role
    from infra.settings import settings

    key = settings().secret_key
    assert key is not None
    await open_pool(as_role(database, "win_app", key.get_secret_value()), max_size=10)


async def test_counters_are_for_this_machine(browser: Browser) -> None:
    assert "python_info" in (await browser(HERE).get("/metrics")).text
    assert (await browser("::1").get("/metrics")).status_code == 200
    for refused in (
        browser(ELSEWHERE),
        browser(HERE, **{"x-forwarded-for": ELSEWHERE}),
        browser(HERE, forwarded=f"for={ELSEWHERE}"),
        browser("not an address"),
    ):
        assert (await refused.get("/metrics")).status_code == 404


async def test_counters_are_for_whoever_has_the_token_if_there_is_one(browser: Browser) -> None:
    async with setting("WIN_METRICS_TOKEN", "una parola"):
        assert (await browser(HERE).get("/metrics")).status_code == 404
        for given, status in (("Bearer una parola", 200), ("Bearer una", 404), ("una parola", 404), ("Bearer ", 404)):
            response = await browser(ELSEWHERE).get("/metrics", headers={"authorization": given})
            assert response.status_code == status
