"""A context leaves nothing behind, however its transaction ended and whoever gets the connection next."""

import asyncio
from random import Random
from uuid import UUID

import asyncpg
import pytest

from authz.roles import MASKS, Role
from infra.database import Context, connection, transaction

SETTINGS = ("territory_id", "organisation_id", "account_id", "field_mask", "write_mask", "actions")
RESIDUE = "SELECT " + ", ".join(f"nullif(current_setting('win.{name}', true), '')" for name in SETTINGS)
ROUNDS = 400


@pytest.fixture
async def holders(database: str, owner: asyncpg.Connection) -> list[Context]:
    """Contexts of organisations that hold cases, of both demonstration territories."""
    found = []
    masks = MASKS[Role.COORDINATOR]
    async with owner.transaction():
        for (territory,) in await owner.fetch("SELECT id FROM territory WHERE is_demo"):
            await owner.execute("SELECT set_config('win.territory_id', $1, true)", str(territory))
            for (holder,) in await owner.fetch("SELECT DISTINCT holder_id FROM case_file"):
                found.append(Context(territory, holder, UUID(int=1), masks.read, masks.write))
    return found


async def fails(context: Context) -> None:
    async with transaction(context):
        await connection().execute("SELECT 1 / 0")


async def raises(context: Context) -> None:
    async with transaction(context):
        raise asyncpg.DataError("on purpose")


async def is_cancelled(context: Context) -> None:
    async with transaction(context):
        work = asyncio.ensure_future(asyncio.sleep(3600))
        work.cancel()
        await work


async def ends_well(context: Context) -> None:
    async with transaction(context):
        rows = await connection().fetch(
            "SELECT DISTINCT territory_id, holder_id FROM case_file WHERE holder_id = $1", context.organisation_id
        )
        assert [tuple(row) for row in rows] == [(context.territory_id, context.organisation_id)]


async def test_nothing_is_left_on_a_connection(holders: list[Context]) -> None:
    chance = Random(7)  # noqa: S311 - a test's dice
    assert len({context.territory_id for context in holders}) >= 2
    for _ in range(ROUNDS):
        ways = [chance.choice([fails, raises, is_cancelled, ends_well, ends_well]) for _ in range(3)]
        ended = await asyncio.gather(*(way(chance.choice(holders)) for way in ways), return_exceptions=True)
        assert not any(isinstance(error, AssertionError) for error in ended)
        async with transaction() as bare:
            assert set(await bare.fetchrow(RESIDUE)) == {None}
            assert await bare.fetchval("SELECT current_user || ' ' || session_user") == "win_app win_app"
            assert await bare.fetchval("SELECT count(*) FROM case_file") == 0
