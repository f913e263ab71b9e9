"""How a verb says what it did: a row in its own transaction, so that there is no act without its event."""

import json
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from infra.database import after_commit, connection
from infra.errors import NotFound
from infra.queue import ring
from infra.row_security import ACCOUNT, ORGANISATION, TERRITORY
from tenants.events.models import EventKind
from tenants.notifications.telling import TELLING

# An invited partner does not see the case: it is known to them by the joint intervention.
RECORD = f"""
INSERT INTO event (territory_id, kind, organisation_id, account_id, holder_id, case_id, authorisation_id,
                   joint_intervention_id, partner_id, fields_mask, data, at, due_at, state)
SELECT {TERRITORY}, $1, {ORGANISATION}, {ACCOUNT}, about.holder_id, about.case_id, $3, $4, $5, $6, $7::jsonb,
       coalesce($8, now()), CASE WHEN $9 THEN coalesce($8, now()) END, CASE WHEN $9 THEN 'pending' ELSE 'done' END
  FROM (SELECT c.holder_id, c.id AS case_id FROM case_file c
         WHERE $4::uuid IS NULL AND c.territory_id = {TERRITORY} AND c.id = $2
        UNION ALL
        SELECT j.holder_id, j.case_id FROM joint_intervention j
         WHERE j.territory_id = {TERRITORY} AND j.id = $4) about
"""


async def record(
    kind: EventKind,
    case_id: UUID | None = None,
    *,
    authorisation_id: UUID | None = None,
    joint_intervention_id: UUID | None = None,
    partner_id: UUID | None = None,
    fields_mask: int = 0,
    data: Mapping[str, str] | None = None,
    at: datetime | None = None,
) -> None:
    """Write what my organisation did, now or `at` a time to come; from then on whoever it concerns is told of it.

    `data` never holds anything about a person. An event of joint work finds its case by it. With `partner_id` it is
    that partner's and the holder's to know, and no other partner's.
    """
    is_told = kind in TELLING
    subjects = (case_id, authorisation_id, joint_intervention_id, partner_id, fields_mask)
    moments = (json.dumps(dict(data or {})), at, is_told)
    if await connection().execute(RECORD, kind.value, *subjects, *moments) != "INSERT 0 1":
        raise NotFound
    if is_told and at is None:
        after_commit(ring)
