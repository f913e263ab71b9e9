"""The territories that there are, for work that goes through them one by one."""

from uuid import UUID

from infra.database import transaction

TERRITORIES = "SELECT id FROM territory ORDER BY id"


async def territories() -> list[UUID]:
    """Return the id of each."""
    async with transaction() as connection:
        return [row["id"] for row in await connection.fetch(TERRITORIES)]
