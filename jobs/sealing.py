"""Seals the log of reads, so that a change in what was sealed shows; `win audit verify` looks."""

from typing import Any

from infra.database import Context, transaction
from jobs.territories import territories
from tenants.access_log.seals import seal_some


async def seal(_context: dict[str, Any]) -> None:
    """Seal what every territory's log has come to since."""
    for territory_id in await territories():
        left = True
        while left:
            # Every seal by itself: one that is made stays, and nobody waits for all of them.
            async with transaction(Context(territory_id)) as connection:
                left = await seal_some(connection, territory_id) > 0
