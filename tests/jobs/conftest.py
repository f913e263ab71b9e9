"""An office at work, with a Redis and a worker beside it."""

import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from authz.actor import Actor
from authz.roles import Role
from infra.database import SERVING_ROLE, STEWARD, Connection, as_role, close_pool, connection_facts, open_pool
from jobs.outbox import JOBS, Pace, relay
from tenants.demo.network import work_in
from tests.conftest import setting
from tests.infra.smtp import PostOffice, post_office
from tests.jobs.service import Service
from tests.tenants.office import HOLDER, PARTNER, Office, open_office
from tests.tenants.staff import hire

MEMBER = """
INSERT INTO member (territory_id, id, account_id, organisation_id, role, valid_from)
VALUES ($1, $2, $3, $4, $5, '2020-01-01')
"""


CONTEXT: dict[str, Any] = {"jobs": JOBS, "pace": Pace(), "is_stopping": lambda: False}


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
    connection = await asyncpg.connect(**connection_facts(as_role(database_url, STEWARD, secret)))
    await connection.execute("SELECT set_config('win.territory_id', $1, false)", str(office.territory_id))
    yield connection
    await connection.close()


@pytest.fixture(scope="module")
async def people(owner: Connection, office: Office) -> Mapping[str, Actor]:
    """Everybody who might be told; two of each side may answer, propose and consent."""
    return {
        "anna": office.anna,
        "chief": await hire(owner, office, HOLDER, Role.COORDINATOR),
        "piero": office.piero,
        "giulia": await hire(owner, office, PARTNER, Role.CASE_MANAGER),
        "ilaria": await hire(owner, office, PARTNER, Role.COORDINATOR),
        "luca": office.luca,
        "rosa": office.rosa,
    }


@pytest.fixture
async def work(database_url: str, secret: str) -> Any:
    """Do what the worker does, by its own functions and as its role."""

    @asynccontextmanager
    async def as_worker() -> AsyncIterator[None]:
        await close_pool()
        await open_pool(as_role(database_url, STEWARD, secret))
        try:
            yield
        finally:
            await close_pool()
            await open_pool(as_role(database_url, SERVING_ROLE, secret), max_size=10)

    async def working(*jobs: Any) -> None:
        async with as_worker():
            for job in jobs or (relay,):
                await job(CONTEXT)

    return working


@asynccontextmanager
async def mail() -> AsyncIterator[PostOffice]:
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(post_office())
        await stack.enter_async_context(setting("WIN_SMTP_URL", f"smtp://localhost:{server.port}?starttls=never"))
        await stack.enter_async_context(setting("WIN_PUBLIC_URL", "https://win.example/"))
        yield server
