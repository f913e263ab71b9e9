"""What a request already did, so that sending it again does it once."""

import json
from collections.abc import Mapping
from typing import Any

from authz.actor import Actor
from infra.database import connection
from infra.errors import BadRequest, IdempotencyConflict

LONGEST = 200

LOCK = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"
FIND = """
SELECT request_hash, outcomes::text AS outcomes FROM idempotency
 WHERE territory_id = $1 AND account_id = $2 AND organisation_id = $3 AND key = $4
"""
KEEP = """
INSERT INTO idempotency (territory_id, account_id, organisation_id, key, request_hash, outcomes, created_at)
VALUES ($1, $2, $3, $4, $5, $6::jsonb, now())
"""


async def remembered(actor: Actor, key: str, request_hash: bytes) -> Mapping[str, Any] | None:
    """Return what the request with this key came to; `None` the first time.

    A second request with the same key waits for the first to end. Raises `IdempotencyConflict` if the key came with
    another request, `BadRequest` if it is no key.
    """
    if not 0 < len(key) <= LONGEST or not key.isascii() or not key.isprintable():
        raise BadRequest("error.idempotency_key", longest=LONGEST)
    await connection().execute(LOCK, f"{actor.account_id} {actor.organisation_id} {key}")
    row = await connection().fetchrow(FIND, actor.territory_id, actor.account_id, actor.organisation_id, key)
    if row is None:
        return None
    if row["request_hash"] != request_hash:
        raise IdempotencyConflict
    outcomes: Mapping[str, Any] = json.loads(row["outcomes"])
    return outcomes


async def remember(actor: Actor, key: str, request_hash: bytes, outcomes: Mapping[str, Any]) -> None:
    """Keep what each verb came to: ids and problems, nothing of anybody's data."""
    owner = (actor.territory_id, actor.account_id, actor.organisation_id)
    await connection().execute(KEEP, *owner, key, request_hash, json.dumps(outcomes))
