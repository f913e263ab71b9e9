"""The verb of notifications: put one away."""

from uuid import UUID

from authz.actor import Actor
from infra.clock import now
from infra.database import connection
from infra.errors import NotFound
from infra.row_security import TERRITORY

READ = f"""
UPDATE notification SET read_at = coalesce(read_at, $2) WHERE territory_id = {TERRITORY} AND id = $1 RETURNING id
"""


async def mark_read(_actor: Actor, notification_id: UUID) -> UUID:
    """Say that I have read it; row security leaves none but my own. Raises `NotFound`."""
    found: UUID | None = await connection().fetchval(READ, notification_id, now())
    if found is None:
        raise NotFound
    return found
