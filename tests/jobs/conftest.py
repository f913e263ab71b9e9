"""An office at work, with a Redis and a worker beside it."""

import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from infra.database import Connection, as_role, connection_facts
from tenants.demo.network import work_in
from tests.conftest import setting
from tests.jobs.service import Service
from tests.tenants.office import Office, open_office

MEMBER = """
INSERT INTO member (territory_id, id, account_id, organisation_id, role, valid_from)
VALUES ($1, $2, $3, $4, $5, '2020-01-01')
"""


@pytest.fixture(scope="module")
async def office(database: str, owner: Connection) -> AsyncIterator[Office]:
    async with open_office(owner) as office:
        async with owner.transaction():
            await work_in(owner, office.territory_id)
            for one in (office.anna, office.piero, office.giulia, office.luca, office.rosa):
                place = (office.territory_id, one.member_id, one.account_id, one.organisation_id)
                await owner.execute(MEMBER, *place, one.role.value)
        yield office


@pytest.fixture(scope="module")
async def service(database_url: str) -> AsyncIterator[Service]:
    """Redis runs, and whoever commits rings at it; the worker starts when it is looked after."""
    with tempfile.TemporaryDirectory(prefix="win-test-") as folder:
        path = Path(folder)
        path.chmod(0o755)  # noqa: ASYNC240 (once, before anything runs)
        service = Service(path / "data", database_url)
        service.start_redis()
        async with setting("WIN_REDIS_URL", service.redis.url):
            yield service
        await service.stop()


@pytest.fixture(scope="module")
async def watching(office: Office, database_url: str, secret: str) -> AsyncIterator[Connection]:
    """A connection that sees all of the office's territory."""
    connection = await asyncpg.connect(**connection_facts(as_role(database_url, "win_steward", secret)))
    await connection.execute("SELECT set_config('win.territory_id', $1, false)", str(office.territory_id))
    yield connection
    await connection.close()
