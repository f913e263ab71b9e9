"""The verb of notifications: put one away."""

from uuid import UUID

from authz.actor import Actor
from infra.database import connection
from infra.errors import NotFound
from infra.row_security import TERRITORY

FOUND = f"SELECT id FROM notification WHERE territory_id = {TERRITORY} AND id = $1"
READ = f"UPDATE notification SET read_at = now() WHERE territory_id = {TERRITORY} AND id = $1 AND read_at IS NULL"


async def mark_read(_actor: Actor, notification_id: UUID) -> UUID:
    """Say that I have read it; row security leaves none but my own. Raises `NotFound`."""
    found: UUID | None = await connection().fetchval(FOUND, notification_id)
    if found is None:
        raise NotFound
    await connection().execute(READ, notification_id)
    return found
