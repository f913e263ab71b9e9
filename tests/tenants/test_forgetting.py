"""What is over is deleted after its time, and nothing else; nobody but the steward may."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from infra.clock import new_id, now
from infra.database import as_role, connection_facts

OLD, RECENT = timedelta(days=91), timedelta(hours=1)
COUNT = """
SELECT (SELECT count(*) FROM session WHERE id = ANY ($1)), (SELECT count(*) FROM invitation WHERE id = ANY ($1)),
       (SELECT count(*) FROM event WHERE invitation_id = ANY ($1)),
       (SELECT count(*) FROM idempotency WHERE key = ANY ($1::text[])),
       (SELECT count(*) FROM sign_in_throttle WHERE key_hash = ANY ($1::text[]))
"""


async def put(owner: asyncpg.Connection, territory: UUID, ago: timedelta) -> UUID:
    """Put one of everything that was over so long ago, all by the same name."""
    name, over = new_id(), now() - ago
    member = await owner.fetchrow("SELECT id, account_id, organisation_id FROM member LIMIT 1")
    by = (territory, member["organisation_id"], member["account_id"])
    await owner.execute(
        "INSERT INTO session (id, token_hash, kind, account_id, territory_id, member_id, created_at, last_seen_at, "
        "expires_at, revoked_at) VALUES ($1, $2, 'cookie', $3, $4, $5, $6, $6, $7, $6)",
        *(name, name.bytes, member["account_id"], territory, member["id"], over, over + timedelta(days=9999)),
    )
    await owner.execute(
        "INSERT INTO invitation (territory_id, organisation_id, invited_by, id, email, display_name, role, invited_at, "
        "expires_at) VALUES ($1, $2, $3, $4, 'over@prova.example', 'Persona', 'volunteer', $5, $5)",
        *(*by, name, over),
    )
    event = await owner.fetchval(
        "INSERT INTO event (territory_id, organisation_id, account_id, id, kind, invitation_id, at, state) "
        "VALUES ($1, $2, $3, $4, 'invitation_made', $4, $5, 'done') RETURNING id",
        *(*by, name, over),
    )
    await owner.execute(
        "INSERT INTO processed (territory_id, event_id, job, at) VALUES ($1, $2, 'send_invitation', $3)",
        *(territory, event, over),
    )
    await owner.execute(
        "INSERT INTO idempotency (territory_id, organisation_id, account_id, key, request_hash, outcomes, created_at) "
        "VALUES ($1, $2, $3, $4, '1', '{}', $5)",
        *(*by, str(name), over),
    )
    await owner.execute(
        "INSERT INTO sign_in_throttle (key_hash, failed_at) VALUES ($1, ARRAY[$2::timestamptz])", str(name), over
    )
    return name


@pytest.fixture
async def territory(owner: asyncpg.Connection) -> AsyncIterator[UUID]:
    """Work in the demonstration territory, and undo it afterwards."""
    undone = owner.transaction()
    await undone.start()
    found: UUID = await owner.fetchval("SELECT id FROM territory WHERE slug = 'empolese-valdelsa'")
    await owner.execute("SELECT set_config('win.territory_id', $1, true)", str(found))
    yield found
    await undone.rollback()


async def test_what_is_over_goes_and_the_rest_stays(owner: asyncpg.Connection, territory: UUID) -> None:
    old, recent = await put(owner, territory, OLD), await put(owner, territory, RECENT)
    assert tuple(await owner.fetchrow(COUNT, [old])) == (1, 1, 1, 1, 1)
    while await owner.fetchval("SELECT forget($1, 1)", territory):
        pass
    await owner.execute("SELECT set_config('win.territory_id', $1, true)", str(territory))
    assert tuple(await owner.fetchrow(COUNT, [old])) == (0, 0, 0, 0, 0)
    assert tuple(await owner.fetchrow(COUNT, [recent])) == (1, 1, 1, 1, 1)


async def test_a_browser_that_is_known_for_long_stays_known(owner: asyncpg.Connection, territory: UUID) -> None:
    account = await owner.fetchval("SELECT id FROM account LIMIT 1")
    lasting = "INSERT INTO known_device (id, account_id, device_hash, known_until) VALUES ($1, $2, $3, $4)"
    for name, until in (("over", now() - timedelta(days=1)), ("lasts", now() + timedelta(days=30))):
        await owner.execute(lasting, new_id(), account, name, until)
    await owner.fetchval("SELECT forget($1, 100)", territory)
    left = await owner.fetch("SELECT device_hash FROM known_device WHERE device_hash IN ('over', 'lasts')")
    assert [row[0] for row in left] == ["lasts"]


async def test_a_letter_that_failed_stays_for_operators(owner: asyncpg.Connection, territory: UUID) -> None:
    put = "INSERT INTO letter (kind, email, language, at, due_at, state) VALUES ('news', $1, 'it', $2, $2, $3)"
    for days, state in ((2, "done"), (2, "failed"), (2, "pending"), (31, "failed"), (31, "pending")):
        await owner.execute(put, f"{days}.{state}@forgotten.example", now() - timedelta(days=days), state)
    await owner.fetchval("SELECT forget($1, 100)", territory)
    left = await owner.fetch("SELECT email FROM letter WHERE email LIKE '%@forgotten.example' ORDER BY email")
    assert [row[0].partition("@")[0] for row in left] == ["2.failed", "2.pending", "31.pending"]


async def test_the_serving_role_may_not(secret: str, database: str) -> None:
    serving = await asyncpg.connect(**connection_facts(as_role(database, "win_app", secret)))
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await serving.fetchval("SELECT forget($1, 100)", new_id())
    await serving.close()
