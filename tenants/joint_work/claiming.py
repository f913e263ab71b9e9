"""How a verb comes to be the only writer of a case by joint work on it, and how that then stands."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from infra.database import connection
from infra.errors import NotFound
from infra.row_security import ORGANISATION, TERRITORY
from tenants.cases.writing import CASE_LOCK
from tenants.joint_work.lapsing import waits
from tenants.joint_work.models import Answer
from tenants.sharing.standing import takes_part

# The partner may not see the case yet, so it is locked here by the joint intervention that they do see.
SEEN = f"""
SELECT holder_id = {ORGANISATION} AS own, pg_advisory_xact_lock(hashtextextended(case_id::text, {CASE_LOCK})) IS NULL
  FROM joint_intervention WHERE territory_id = {TERRITORY} AND id = $1
"""
STATE = f"""
SELECT j.closed_at, p.status, {takes_part("p")}, {waits("j")}
  FROM joint_intervention j
  LEFT JOIN joint_intervention_partner p
    ON p.territory_id = j.territory_id AND p.joint_intervention_id = j.id AND p.organisation_id = {ORGANISATION}
 WHERE j.territory_id = {TERRITORY} AND j.id = $1
"""


class State(NamedTuple):
    """Where a joint intervention stands for my organisation; no status without an invitation."""

    closed_at: datetime | None
    status: Answer | None
    takes_part: bool
    """Whether my organisation is a party of the pact in force, today."""
    waits: bool
    """Whether an invited organisation can still answer, as far as time goes."""


async def claim(joint_intervention_id: UUID) -> State:
    """Wait to be the only writer of the case, then look. Raises `NotFound` for joint work that is hidden or absent."""
    if await connection().fetchrow(SEEN, joint_intervention_id) is None:
        raise NotFound
    return await look(joint_intervention_id)


async def look(joint_intervention_id: UUID) -> State:
    """Return how joint work stands. Raises `NotFound` for joint work that is hidden or absent."""
    found = await connection().fetchrow(STATE, joint_intervention_id)
    if found is None:
        raise NotFound
    return State(*found)
