"""Once a day, in the morning of Italy: a letter to each member for whom something waits that no letter has told of.

What is written is only that something waits, and where; the letters go out as all others do.
"""

from datetime import datetime, timedelta
from typing import Any

from infra.clock import ROME, now
from infra.database import Context, transaction
from jobs.territories import territories

HOUR = 7
GATHER = "SELECT gather_news($1, $2)"


def last_morning(moment: datetime) -> datetime:
    """Return the latest of the moments at which letters are due: what came later waits for the next one."""
    there = moment.astimezone(ROME)
    morning = there.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    return morning if morning <= there else morning - timedelta(days=1)


async def gather(_context: dict[str, Any]) -> None:
    """Write the letters that are due; a worker that was away in the morning does so when it is back."""
    before = last_morning(now())
    for territory_id in await territories():
        async with transaction(Context(territory_id)) as connection:
            await connection.execute(GATHER, territory_id, before)
