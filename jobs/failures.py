"""What has failed for good, events and letters: which there are, and another try."""

from uuid import UUID

from infra.database import Connection
from infra.row_security import TERRITORY

LIST = f"""
SELECT e.id, e.kind, o.slug, e.attempts, e.last_error, e.at
  FROM event e JOIN organisation o ON o.territory_id = e.territory_id AND o.id = e.organisation_id
 WHERE e.territory_id = {TERRITORY} AND e.state = 'failed' ORDER BY e.id
"""
RETRY = f"""
UPDATE event SET state = 'pending', attempts = 0, claimed_at = NULL, due_at = clock_timestamp()
 WHERE territory_id = {TERRITORY} AND id = $1 AND state = 'failed' RETURNING id
"""
ENTER = "SELECT set_config('win.territory_id', $1, true)"
TERRITORIES = "SELECT id, slug FROM territory ORDER BY slug"
LETTERS = "SELECT * FROM failed_letters()"
RETRY_LETTER = "SELECT retry_letter($1)"


async def failed(steward: Connection) -> list[str]:
    """Return one line for each, in every territory."""
    lines = []
    for territory in await steward.fetch(TERRITORIES):
        async with steward.transaction():
            await steward.execute(ENTER, str(territory["id"]))
            lines += [
                f"{row['id']}  {row['at']:%Y-%m-%d %H:%M}  {territory['slug']}/{row['slug']}  {row['kind']}  "
                f"{row['last_error']} ({row['attempts']} attempts)"
                for row in await steward.fetch(LIST)
            ]
    return lines + [
        f"{row['id']}  {row['at']:%Y-%m-%d %H:%M}  letter  {row['kind']}  "
        f"{row['last_error']} ({row['attempts']} attempts)"
        for row in await steward.fetch(LETTERS)
    ]


async def retry(steward: Connection, row: UUID) -> bool:
    """Make it due again, with all its attempts; tell whether there was such a failed event or letter."""
    for territory in await steward.fetch(TERRITORIES):
        async with steward.transaction():
            await steward.execute(ENTER, str(territory["id"]))
            if await steward.fetchval(RETRY, row):
                return True
    return bool(await steward.fetchval(RETRY_LETTER, row))
