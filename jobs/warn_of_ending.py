"""Warns the holder's members who may give an authorisation that one is about to end."""

from authz.actions import Action, action_mask
from authz.roles import MASKS
from infra.clock import now, today
from infra.database import Connection
from infra.row_security import TERRITORY
from jobs.job import Happened, Job

SECONDS = 20.0
MAY_GIVE = [role.value for role, masks in MASKS.items() if masks.actions & action_mask([Action.AUTHORISATION_GIVE])]
# One that was withdrawn or has ended meanwhile is warned of no more.
WARN = f"""
INSERT INTO notification (territory_id, organisation_id, account_id, event_id, kind, case_id, authorisation_id, at)
SELECT a.territory_id, a.holder_id, m.account_id, $1, $2, a.case_id, a.id, $3
  FROM authorisation a
  JOIN member m ON m.territory_id = a.territory_id AND m.organisation_id = a.holder_id
   AND m.role = ANY ($4) AND m.valid_from <= $5 AND (m.valid_until IS NULL OR m.valid_until >= $5)
 WHERE a.territory_id = {TERRITORY} AND a.id = $6 AND a.withdrawn_at IS NULL AND a.until > $3
"""


async def run(connection: Connection, event: Happened) -> None:
    """Write the notifications."""
    await connection.execute(WARN, event.id, event.kind, now(), MAY_GIVE, today(), event.authorisation_id)


WARN_OF_ENDING = Job("warn_of_ending", SECONDS, run)
