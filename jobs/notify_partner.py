"""Tells the invited organisations' members who may answer that joint work was proposed to them."""

from authz.actions import Action, action_mask
from authz.roles import MASKS
from infra.clock import now, today
from infra.database import Connection
from infra.row_security import TERRITORY
from jobs.job import Happened, Job

SECONDS = 20.0
MAY_ANSWER = [
    role.value for role, masks in MASKS.items() if masks.actions & action_mask([Action.JOINT_INTERVENTION_ANSWER])
]
# Who has answered meanwhile, or whose joint work is closed, need not be asked.
NOTIFY = f"""
INSERT INTO notification (territory_id, organisation_id, account_id, event_id, kind, case_id, joint_intervention_id, at)
SELECT p.territory_id, p.organisation_id, m.account_id, $1, $2, p.case_id, p.joint_intervention_id, $3
  FROM joint_intervention j
  JOIN joint_intervention_partner p ON p.territory_id = j.territory_id AND p.joint_intervention_id = j.id
   AND p.status = 'invited'
  JOIN member m ON m.territory_id = p.territory_id AND m.organisation_id = p.organisation_id
   AND m.role = ANY ($4) AND m.valid_from <= $5 AND (m.valid_until IS NULL OR m.valid_until >= $5)
 WHERE j.territory_id = {TERRITORY} AND j.id = $6 AND j.closed_at IS NULL
"""


async def run(connection: Connection, event: Happened) -> None:
    """Write the notifications."""
    moment = (now(), MAY_ANSWER, today())
    await connection.execute(NOTIFY, event.id, event.kind, *moment, event.joint_intervention_id)


NOTIFY_PARTNER = Job("notify_partner", SECONDS, run)
