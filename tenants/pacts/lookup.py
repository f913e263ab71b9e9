"""Which version of the pact is meant."""

from uuid import UUID

from infra.database import connection
from infra.row_security import TERRITORY

VERSION = f"""
SELECT id FROM pact_version
 WHERE territory_id = {TERRITORY} AND version = coalesce($1::int, version)
   AND ($1::int IS NOT NULL OR in_force_from IS NOT NULL AND superseded_at IS NULL)
"""


async def version_id(version: int | None) -> UUID | None:
    """Return the id of that version, or of the one in force."""
    found: UUID | None = await connection().fetchval(VERSION, version)
    return found
