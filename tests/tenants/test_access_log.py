"""What the holder is told of a read: by the clause as it stood then, whatever was signed since."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from authz.clauses import parse_pact
from infra.clock import new_id, today
from infra.database import Connection
from tenants.access_log.shape import ACCESS_LOG
from tenants.pacts.service import bring_into_force, load_pact, parties_of
from tenants.reading.shapes import Selected
from tenants.reading.statements import PageRequest, page, run
from tenants.shapes import SHAPES
from tests.authz.documents import clause, document
from tests.tenants.land import SIGNED
from tests.tenants.office import PLACEMENT, Office, acting, open_office

READ = """
INSERT INTO access_log (territory_id, at, request_id, organisation_id, account_id, holder_id, case_id, source_id,
                        fields_mask, clause, authorisation_id, kind, reader_name, reader_role, session_id)
SELECT a.territory_id, now(), $2, a.organisation_id, $3, a.holder_id, a.case_id, a.source_id, a.read_mask, a.clause,
       a.authorisation_id, 'opened', 'Giulia', 'case_manager', $2
  FROM case_access a WHERE a.organisation_id = $1 AND a.case_id = $4
"""
TITLES = (Selected("nodes", "nodes", below=(Selected("clause", "clause", below=(Selected("title", "title"),)),)),)


@pytest.fixture
async def office(database: str, owner: Connection) -> AsyncIterator[Office]:
    async with open_office(owner) as office:
        yield office


async def sign(owner: Connection, office: Office, *clauses: Any, version: int) -> None:
    async with owner.transaction():
        slug = await owner.fetchval("SELECT slug FROM territory WHERE id = $1", office.territory_id)
        written = document(*clauses, territory=slug, version=version)
        joining = parties_of(parse_pact(written), SIGNED)
        await bring_into_force(
            owner, office.territory_id, await load_pact(owner, office.territory_id, written, joining), today()
        )


async def is_read(owner: Connection, office: Office, case: Any) -> None:
    async with owner.transaction():
        await owner.execute("SELECT set_config('win.territory_id', $1, true)", str(office.territory_id))
        me = office.giulia
        assert await owner.execute(READ, me.organisation_id, new_id(), me.account_id, case) == "INSERT 0 1"


async def titles(office: Office, case: Any) -> list[str | None]:
    """Return the titles of the clauses by which the case was read, in order."""
    statement = page(SHAPES, SHAPES["AccessLogEntry"], ACCESS_LOG, TITLES, PageRequest(9, filters=("case_id",)))
    given = {"territory": office.territory_id, "organisation": office.anna.organisation_id, "language": "it"}
    async with acting(office.anna):
        found = json.loads(await run(statement, {**given, "filter case_id": str(case)}) or "")
    return [node["clause"] and node["clause"]["title"] for node in reversed(found["nodes"])]


async def test_an_old_read_keeps_the_clause_that_it_was_made_by(owner: Connection, office: Office) -> None:
    case = await office.a_shared_case()
    await is_read(owner, office, case)
    other = {"it": "Tutt'altro", "en": "Something else"}
    await sign(owner, office, clause(PLACEMENT, title=other), version=2)
    await is_read(owner, office, case)
    assert await titles(office, case) == ["Testo.", "Tutt'altro"]
    await sign(owner, office, clause(PLACEMENT, number=7), version=3)
    assert await titles(office, case) == ["Testo.", "Tutt'altro"]
