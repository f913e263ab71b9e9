"""A write that waits for a change of the pact is judged by the pact that it finds then."""

import asyncio
from collections.abc import AsyncIterator
from contextvars import Context

import pytest

from authz.fields import FIELD
from infra.database import Connection
from infra.errors import Refused
from tenants.cases.service import update_contacts
from tests.tenants.office import Office, do, open_office, stored, version_of
from tests.tenants.staff import work_in

WAITS = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pg_blocking_pids(pid) @> ARRAY[$1::int])"
WIDEN = "UPDATE {table} SET write_mask = write_mask | $2 WHERE territory_id = $1"
NARROW = "UPDATE pact_term SET write_mask = write_mask & ~$2::bigint WHERE territory_id = $1"


@pytest.fixture
async def office(database: str, owner: Connection) -> AsyncIterator[Office]:
    async with open_office(owner) as office:
        yield office


async def test_what_the_pact_permits_no_more_is_not_written(owner: Connection, office: Office) -> None:
    """Of the row that the telephone is in something else may still be written: row security lets it through."""
    case = await office.a_shared_case()
    async with owner.transaction():
        await work_in(owner, office)
        for table in ("pact_grant", "pact_term"):
            await owner.execute(WIDEN.format(table=table), office.territory_id, FIELD["contacts.email"].mask)
    version = await version_of(office, case)
    write = do(office.giulia, update_contacts, case, version, {"phone": "+390571000000"})
    async with owner.transaction():
        await work_in(owner, office)
        await owner.execute(NARROW, office.territory_id, FIELD["contacts.phone"].mask)
        late = asyncio.create_task(write, context=Context())
        while True:
            if late.done() or await owner.fetchval(WAITS, owner.get_server_pid()):
                break
            await asyncio.sleep(0.005)
        assert not late.done(), "nothing was put to the test"
    (told,) = await asyncio.gather(late, return_exceptions=True)
    assert isinstance(told, Refused)
    assert await version_of(office, case) == version
    assert await stored(office, "case_contacts", case, "phone") in (None, (None,))
    await do(office.giulia, update_contacts, case, version, {"email": "amina@prova.example"})
