"""Seals the log of reads, so that a change in what was sealed shows; `win audit verify` looks."""

from typing import Any

from infra.database import Context, transaction

TERRITORIES = "SELECT id FROM territory ORDER BY id"
SEAL = "SELECT seal_access_log($1)"


async def seal(_context: dict[str, Any]) -> None:
    """Seal what every territory's log has come to since."""
    async with transaction() as connection:
        territories = [row["id"] for row in await connection.fetch(TERRITORIES)]
    for territory_id in territories:
        async with transaction(Context(territory_id)) as connection:
            await connection.execute(SEAL, territory_id)
