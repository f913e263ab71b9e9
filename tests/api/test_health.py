"""Alive, ready, which version, and the counters: what each tells, and to whom."""

import asyncpg
import pytest

from tests.api.people import Browser
from tests.conftest import setting

HERE, ELSEWHERE = "127.0.0.1", "198.51.100.7"


async def test_alive_ready_and_a_version(browser: Browser) -> None:
    client = browser(HERE)
    assert (await client.get("/livez")).text == "ok\n"
    response = await client.get("/readyz")
    body = response.json()
    # No worker runs here, and requests need none.
    assert body["parts"].pop("worker") != "ok"
    assert (response.status_code, body) == (200, {"ready": True, "parts": {"database": "ok", "pact": "ok"}})
    assert (await client.get("/version")).json() == {"name": "win", "version": "0.1.0"}


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param("DELETE FROM pact_grant", id="no decisions"),
        pytest.param("UPDATE pact_grant SET read_mask = read_mask | 3, write_mask = 0", id="other decisions"),
        pytest.param("DELETE FROM pact_term", id="no terms"),
    ],
)
async def test_a_pact_that_cannot_be_relied_on_is_not_ready(
    browser: Browser, owner: asyncpg.Connection, damage: str
) -> None:
    territory = await owner.fetchval("SELECT id FROM territory WHERE slug = 'valdarno-demo'")
    kept = {}
    for table in ("pact_grant", "pact_term"):
        async with owner.transaction():
            await owner.execute("SELECT set_config('win.territory_id', $1, true)", str(territory))
            kept[table] = await owner.fetchval(f"SELECT jsonb_agg(to_jsonb(t)) FROM {table} t")
    try:
        async with owner.transaction():
            await owner.execute("SELECT set_config('win.territory_id', $1, true)", str(territory))
            await owner.execute(damage)
        near, far = await browser(HERE).get("/readyz"), await browser(ELSEWHERE).get("/readyz")
    finally:
        async with owner.transaction():
            await owner.execute("SELECT set_config('win.territory_id', $1, true)", str(territory))
            for table, rows in kept.items():
                await owner.execute(f"DELETE FROM {table}")
                await owner.execute(
                    f"INSERT INTO {table} SELECT * FROM jsonb_populate_recordset(NULL::{table}, $1::text::jsonb)", rows
                )

    assert (near.status_code, far.status_code) == (503, 503)
    assert far.json() == {"ready": False, "parts": {"database": "ok", "pact": "failing", "worker": "failing"}}
    assert near.json()["parts"]["database"] == "ok"
    assert any("valdarno-demo" in sentence for sentence in near.json()["parts"]["pact"])
    assert (await browser(HERE).get("/readyz")).status_code == 200


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
