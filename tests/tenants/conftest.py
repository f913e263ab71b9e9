"""A territory that nothing else has rows in."""

from collections.abc import AsyncIterator

import pytest

from infra.database import Connection
from tests.tenants.land import Land, settle


@pytest.fixture
async def land(owner: Connection) -> AsyncIterator[Land]:
    """Gone with its transaction when the test ends."""
    work = owner.transaction()
    await work.start()
    yield await settle(owner)
    await work.rollback()
