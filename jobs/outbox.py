"""From due events in PostgreSQL to effects that happen once.

    due event → claimed, and counted as an attempt → effect + `processed` + done, in one transaction

PostgreSQL is the truth; Redis only says that it is worth looking. A claim lapses after a while: what a worker held
when it was killed is claimed anew.
"""

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from infra.database import Connection, Context, transaction
from infra.log import logger
from infra.row_security import TERRITORY
from jobs.job import Happened, Job
from jobs.notify_partner import NOTIFY_PARTNER
from jobs.send_invitation import SEND_INVITATION
from jobs.warn_of_ending import WARN_OF_ENDING
from tenants.events.models import Errand, EventKind

JOBS: Mapping[str, Job] = {
    EventKind.JOINT_INTERVENTION_PROPOSED: NOTIFY_PARTNER,
    EventKind.AUTHORISATION_WILL_END: WARN_OF_ENDING,
    Errand.INVITATION_MADE: SEND_INVITATION,
}
IN_A_ROW = 20
SECONDS_OF_LOOKING = 20.0
ABANDONED, NO_SUCH_JOB = "Abandoned", "NoSuchJob"
LONGEST_DOUBLING = 10


@dataclass(frozen=True)
class Pace:
    """How long a claim holds, how often a job is tried, and how long it waits after the first failure."""

    claim: timedelta = timedelta(seconds=90)
    attempts: int = 6
    first_wait: timedelta = timedelta(seconds=5)

    def wait(self, attempts: int) -> timedelta:
        """Return the pause after so many attempts: twice as long each time."""
        doubled: int = 2 ** min(attempts - 1, LONGEST_DOUBLING)
        return self.first_wait * doubled


@dataclass(frozen=True)
class Claimed:
    """An event that is ours until its claim lapses; the moment of that is the claim's number."""

    id: UUID
    kind: str
    attempts: int
    lapses: datetime


CLAIM = f"""
UPDATE event SET attempts = attempts + 1, due_at = clock_timestamp() + $1
 WHERE territory_id = {TERRITORY} AND state = 'pending' AND id = (
       SELECT e.id FROM event e
        WHERE e.territory_id = {TERRITORY} AND e.state = 'pending' AND e.due_at <= clock_timestamp()
        ORDER BY e.due_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, kind, attempts, due_at AS lapses
"""
# Whoever was so slow that another has claimed it since finds nothing.
TAKE = f"""
SELECT id, kind, organisation_id, holder_id, case_id, authorisation_id, joint_intervention_id, invitation_id, data
  FROM event WHERE territory_id = {TERRITORY} AND id = $1 AND state = 'pending' AND due_at = $2 FOR UPDATE
"""
PROCESSED = f"""
INSERT INTO processed (territory_id, event_id, job, at) VALUES ({TERRITORY}, $1, $2, now())
ON CONFLICT DO NOTHING RETURNING true
"""
DONE = f"UPDATE event SET state = 'done', last_error = NULL WHERE territory_id = {TERRITORY} AND id = $1"
FAILED = f"""
UPDATE event SET last_error = $3, state = CASE WHEN $4 THEN 'failed' ELSE state END, due_at = clock_timestamp() + $5
 WHERE territory_id = {TERRITORY} AND id = $1 AND state = 'pending' AND due_at = $2
"""


async def relay(context: dict[str, Any]) -> None:
    """Do what is due, some of each territory in turn, until nothing is or it is time to be looked for again."""
    async with transaction() as connection:
        territories = [row["id"] for row in await connection.fetch("SELECT id FROM territory ORDER BY id")]
    until = time.monotonic() + SECONDS_OF_LOOKING
    busy = territories
    while busy and time.monotonic() < until:
        busy = [territory for territory in busy if await _some_of(context, Context(territory), until)]


async def _some_of(context: dict[str, Any], within: Context, until: float) -> bool:
    """Do some events of one territory; tell whether there may be more."""
    for _ in range(IN_A_ROW):
        if time.monotonic() >= until or not await _next(context, within):
            return False
    return True


async def _next(context: dict[str, Any], within: Context) -> bool:
    """Do the job of the event that has been due for longest; tell whether there was one."""
    pace: Pace = context["pace"]
    async with transaction(within) as connection:
        row = await connection.fetchrow(CLAIM, pace.claim)
    if row is None:
        return False
    claimed = Claimed(**dict(row))
    error: str | None = ABANDONED
    if claimed.attempts <= pace.attempts:
        error = await _try(context["jobs"], within, claimed)
    if error is not None:
        last = claimed.attempts >= pace.attempts
        facts = {"kind": claimed.kind, "id": str(claimed.id), "error": error, "attempt": claimed.attempts}
        logger().error("a job failed", **facts, last=last)
        async with transaction(within) as connection:
            await connection.execute(FAILED, claimed.id, claimed.lapses, error, last, pace.wait(claimed.attempts))
    return True


async def _try(jobs: Mapping[str, Job], within: Context, claimed: Claimed) -> str | None:
    """Run the job in one transaction; return the kind of error, of which words might name a person."""
    job = jobs.get(claimed.kind)
    if job is None:
        return NO_SUCH_JOB
    try:
        async with asyncio.timeout(job.seconds), transaction(within) as connection:
            await _effect(connection, job, claimed)
    except Exception as error:
        return type(error).__name__
    return None


async def _effect(connection: Connection, job: Job, claimed: Claimed) -> None:
    row = await connection.fetchrow(TAKE, claimed.id, claimed.lapses)
    if row is None:
        return
    if await connection.fetchval(PROCESSED, claimed.id, job.name):
        await job.run(connection, Happened(**{**dict(row), "data": json.loads(row["data"])}))
    await connection.execute(DONE, claimed.id)
