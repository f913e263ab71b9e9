"""Deletes what is over and about people: ended sessions, counts of sign-ins, keys of requests, old invitations."""

from typing import Any

from infra.database import Context, transaction
from jobs.territories import territories

FORGET = "SELECT forget($1, $2)"
MOST = 10_000
"""Of each kind in one statement, which has to end in the time that is given to statements."""


async def forget(_context: dict[str, Any]) -> None:
    """Delete in every territory until nothing is over."""
    for territory_id in await territories():
        left = True
        while left:
            async with transaction(Context(territory_id)) as connection:
                left = await connection.fetchval(FORGET, territory_id, MOST) > 0
