"""Which organisation is meant."""

from uuid import UUID

from infra.database import connection
from infra.row_security import TERRITORY

BY_SLUG = f"SELECT id FROM organisation WHERE territory_id = {TERRITORY} AND slug = $1"


async def organisation_id(slug: str) -> UUID | None:
    """Return the id of the organisation with this short name, if the territory has one."""
    found: UUID | None = await connection().fetchval(BY_SLUG, slug)
    return found
