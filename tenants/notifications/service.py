"""The verbs of notifications: put one away, or several, or all."""

from collections.abc import Sequence
from uuid import UUID

from authz.actor import Actor
from infra.database import connection
from infra.errors import NotFound
from infra.row_security import TERRITORY

FOUND = f"SELECT id FROM notification WHERE territory_id = {TERRITORY} AND id = $1"
READ = f"UPDATE notification SET read_at = now() WHERE territory_id = {TERRITORY} AND id = $1 AND read_at IS NULL"
READ_ALL = f"UPDATE notification SET read_at = now() WHERE territory_id = {TERRITORY} AND read_at IS NULL"


async def mark_read(_actor: Actor, notification_id: UUID) -> UUID:
    """Say that I have read it; row security leaves none but my own. Raises `NotFound`."""
    found: UUID | None = await connection().fetchval(FOUND, notification_id)
    if found is None:
        raise NotFound
    await connection().execute(READ, notification_id)
    return found


async def mark_all_read(actor: Actor, notification_ids: Sequence[UUID] | None) -> UUID:
    """Say that I have read these, or all of mine; return which member I am. Raises `NotFound` for any that is none."""
    if notification_ids is None:
        await connection().execute(READ_ALL)
        return actor.member_id
    for notification_id in dict.fromkeys(notification_ids):
        await mark_read(actor, notification_id)
    return actor.member_id
