"""The log of reads is sealed: whoever changes it is found out."""

import hashlib
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import pytest

from infra.clock import new_id
from infra.database import as_role, connection_facts
from tenants.access_log.seals import Anchor, faults, last_anchor, seal

SLUG = "empolese-valdelsa"
READ = """
INSERT INTO access_log (territory_id, at, request_id, organisation_id, account_id, holder_id, case_id, fields_mask,
                        purpose, clause, authorisation_id, source_id, kind, reader_name, reader_role)
SELECT $1, now(), $2, o.id, $2, o.id, $2, 6, 'traineeship', 5, $2, gen_random_uuid(), 'opened', 'D''Elia | "x"',
       'operator' FROM organisation o WHERE o.slug = 'caritas-empoli'
"""

MANY = "FROM generate_series(1, 10001), organisation o"


@pytest.fixture
async def sealed(owner: asyncpg.Connection) -> AsyncIterator[tuple[asyncpg.Connection, UUID]]:
    """A territory with two seals of three reads each, undone afterwards."""
    undone = owner.transaction()
    await undone.start()
    territory = await owner.fetchval("SELECT id FROM territory WHERE slug = $1", SLUG)
    for _ in range(2):
        await owner.execute("SELECT set_config('win.territory_id', $1, true)", str(territory))
        for _ in range(3):
            await owner.execute(READ, territory, new_id())
        await seal(owner, territory)
    await owner.execute("SELECT set_config('win.territory_id', $1, true)", str(territory))
    yield owner, territory
    await undone.rollback()


async def test_an_untouched_log_holds(sealed: tuple[asyncpg.Connection, UUID]) -> None:
    connection, territory = sealed
    anchor = await last_anchor(connection, territory, SLUG)
    assert anchor is not None
    assert Anchor.read(str(anchor)) == anchor
    assert await faults(connection, territory, SLUG, [anchor]) == []
    assert await seal(connection, territory) == 0


async def test_a_chain_is_what_anybody_can_hash_again(sealed: tuple[asyncpg.Connection, UUID]) -> None:
    """The seals are computed here once more, without the functions of the database that made them."""
    connection, territory = sealed
    seals = await connection.fetch("SELECT number, entries, previous, hash FROM access_seal ORDER BY number")
    before = ""
    for seal_ in seals:
        rows = await connection.fetch("SELECT * FROM access_log WHERE seal = $1 ORDER BY id", seal_["number"])
        lines = [f"{before}|{seal_['number']}|{len(rows)}", *map(canonical, rows)]
        assert (seal_["entries"], seal_["previous"]) == (len(rows), before)
        assert seal_["hash"] == hashlib.sha256("\n".join(lines).encode()).hexdigest()
        before = seal_["hash"]
    assert len(seals) >= 2
    assert await faults(connection, territory, SLUG, []) == []


def canonical(row: asyncpg.Record) -> str:
    """Return the line that an entry is hashed as."""
    since = row["at"] - datetime(1970, 1, 1, tzinfo=UTC)
    microseconds = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
    who = [row["request_id"], row["organisation_id"], row["account_id"], row["holder_id"], row["case_id"]]
    ground = [row["source_id"], row["fields_mask"], row["purpose"] or "", row["clause"], row["authorisation_id"]]
    reader = [row["kind"], json.dumps(row["reader_name"], ensure_ascii=False), row["reader_role"], row["session_id"]]
    return "|".join(str("" if part is None else part) for part in (row["id"], microseconds, *who, *ground, *reader))


async def test_no_seal_is_over_more_than_a_statement_can_take(sealed: tuple[asyncpg.Connection, UUID]) -> None:
    connection, territory = sealed
    newest = await connection.fetchval("SELECT max(number) FROM access_seal")
    await connection.execute(READ.replace("FROM organisation o", MANY), territory, new_id())
    assert await seal(connection, territory) == 10_001
    await connection.execute("SELECT set_config('win.territory_id', $1, true)", str(territory))
    entries = await connection.fetch("SELECT entries FROM access_seal WHERE number > $1 ORDER BY number", newest)
    assert [row["entries"] for row in entries] == [10_000, 1]
    assert await faults(connection, territory, SLUG, []) == []


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE access_log SET fields_mask = 0",
        "UPDATE access_log SET clause = 6",
        "UPDATE access_log SET kind = 'listed'",
        "UPDATE access_log SET reader_name = 'Anna'",
        "UPDATE access_log SET at = at + interval '1 microsecond'",
        "UPDATE access_log SET organisation_id = gen_random_uuid()",
        "DELETE FROM access_log",
    ],
)
async def test_a_changed_entry_is_found(sealed: tuple[asyncpg.Connection, UUID], change: str) -> None:
    connection, territory = sealed
    newest = await connection.fetchval("SELECT max(number) FROM access_seal")
    one = "SELECT max(id::text)::uuid FROM access_log WHERE seal = $1"
    await connection.execute(f"{change} WHERE id = ({one})", newest - 1)
    found = await faults(connection, territory, SLUG, [])
    assert found == [f"{SLUG}: seal {newest - 1} does not fit its entries or the seal before it."]


async def test_a_chain_made_anew_is_found_by_its_anchor(sealed: tuple[asyncpg.Connection, UUID]) -> None:
    connection, territory = sealed
    anchor = await last_anchor(connection, territory, SLUG)
    assert anchor is not None
    await connection.execute("DELETE FROM access_log WHERE seal = $1", anchor.number)
    await connection.execute("DELETE FROM access_seal WHERE number = $1", anchor.number)
    assert await faults(connection, territory, SLUG, []) == []
    assert await faults(connection, territory, SLUG, [anchor]) == [
        f"{SLUG}: seal {anchor.number} is not the one of the anchor."
    ]


@pytest.mark.parametrize("role", ["win_app", "win_steward"])
@pytest.mark.parametrize(
    "statement", ["UPDATE access_log SET seal = 1", "DELETE FROM access_log", "DELETE FROM access_seal"]
)
async def test_nobody_who_serves_may_change_it(database_url: str, secret: str, role: str, statement: str) -> None:
    connection = await asyncpg.connect(**connection_facts(as_role(database_url, role, secret)))
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute(statement)
    await connection.close()
