"""Notes which parts of joint work are suspended although nobody did anything: a day has passed.

An authorisation or a clause's days are over, or the partner has ended or left the pact. A withdrawal notes it itself.
"""

from typing import Any

from infra.database import Context, transaction
from jobs.territories import territories

NOTE_SUSPENDED = "SELECT note_suspended(NULL)"


async def suspend(_context: dict[str, Any]) -> None:
    """Note it in every territory, once for each part; from then on whoever it concerns is told."""
    for territory_id in await territories():
        async with transaction(Context(territory_id)) as connection:
            await connection.execute(NOTE_SUSPENDED)
