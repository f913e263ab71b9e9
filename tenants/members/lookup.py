"""Who is a member: of my organisation, by id alone; and whose a session was."""

from uuid import UUID

from infra.database import connection, transaction
from infra.row_security import ORGANISATION, TERRITORY, is_current

IS_COLLEAGUE = f"""
SELECT EXISTS (SELECT FROM member m WHERE m.territory_id = {TERRITORY} AND m.organisation_id = {ORGANISATION}
                  AND m.id = $1 AND {is_current("m")})
"""


async def is_colleague(member_id: UUID) -> bool:
    """Tell whether this is a member of my organisation today; others' members are as absent ones."""
    return bool(await connection().fetchval(IS_COLLEAGUE, member_id))


async def member_of_session(token_hash: bytes) -> UUID | None:
    """Return whose session this is, or was before it ended."""
    async with transaction() as connection:
        found: UUID | None = await connection.fetchval("SELECT member_of_session($1)", token_hash)
    return found
