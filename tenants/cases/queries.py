"""What verbs and queries ask about a case before anything else."""

from uuid import UUID

from infra.database import connection
from infra.errors import NotFound, Refused
from infra.row_security import ORGANISATION, TERRITORY

HELD = f"SELECT holder_id = {ORGANISATION} FROM case_file WHERE territory_id = {TERRITORY} AND id = $1"


async def demand_own_case(case_id: UUID) -> None:
    """Go on only if the reader's organisation holds the case. Raises `NotFound` if hidden, `Refused` if shared."""
    held = await connection().fetchval(HELD, case_id)
    if held is None:
        raise NotFound
    if not held:
        raise Refused(action="case.own")
