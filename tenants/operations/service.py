"""What a request already did: the same key and body do it once, however often they come."""

import json
import re
from collections.abc import Mapping
from typing import Any

from authz.actor import Actor
from infra.database import connection
from infra.errors import BadRequest, IdempotencyConflict
from infra.row_security import ACCOUNT, ORGANISATION, TERRITORY

LONGEST = 200
KEY = re.compile(rf"[ -~]{{1,{LONGEST}}}")

# The second of two requests at once waits here until the first has ended, and then finds what it did.
LOCK = f"""
SELECT pg_advisory_xact_lock(hashtextextended(
    concat_ws(' ', {TERRITORY}::text, {ACCOUNT}::text, {ORGANISATION}::text, $1::text), 7463))
"""
FOUND = f"""
SELECT request_hash, outcomes::text AS outcomes FROM idempotency
 WHERE territory_id = {TERRITORY} AND account_id = {ACCOUNT} AND organisation_id = {ORGANISATION} AND key = $1
"""
REMEMBER = f"""
INSERT INTO idempotency (territory_id, account_id, organisation_id, key, request_hash, outcomes, created_at)
VALUES ({TERRITORY}, $1, $2, $3, $4, $5::text::jsonb, now())
"""


async def remembered(actor: Actor, key: str, request_hash: bytes) -> Mapping[str, Any] | None:
    """Return what the request with this key did, or None if it is new; from here to the end no other has the key.

    Raises `IdempotencyConflict` if another request had it, `BadRequest` for a key that cannot be one.
    """
    if not KEY.fullmatch(key):
        raise BadRequest("error.idempotency_key", longest=LONGEST)
    await connection().execute(LOCK, key)
    found = await connection().fetchrow(FOUND, key)
    if found is None:
        return None
    if found["request_hash"] != request_hash:
        raise IdempotencyConflict
    outcomes: Mapping[str, Any] = json.loads(found["outcomes"])
    return outcomes


async def remember(actor: Actor, key: str, request_hash: bytes, outcomes: Mapping[str, Any]) -> None:
    """Keep what the request did, in the transaction in which it did it."""
    await connection().execute(
        REMEMBER, actor.account_id, actor.organisation_id, key, request_hash, json.dumps(outcomes)
    )
