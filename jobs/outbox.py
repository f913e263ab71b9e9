"""From due events in PostgreSQL to effects that happen once.

    due event → claimed → effect + `processed` + done, in one transaction

PostgreSQL is the truth; Redis only says that it is worth looking. A claim lapses after a while: what a worker held
when it was killed is claimed anew. Only what a job raised counts as an attempt; to be interrupted is nobody's fault.
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
from jobs.notify import NOTIFY
from jobs.send_invitation import SEND_INVITATION
from tenants.events.models import Errand
from tenants.notifications.telling import TELLING

JOBS: Mapping[str, Job] = {
    **dict.fromkeys(TELLING, NOTIFY),
    Errand.INVITATION_MADE: SEND_INVITATION,
}
IN_A_ROW = 20
SECONDS_OF_LOOKING = 20.0
NO_SUCH_JOB = "NoSuchJob"
LONGEST_DOUBLING = 10


@dataclass(frozen=True)
class Pace:
    """How long a claim holds, how often a job is tried, and how long it waits after the first failure.

    A claim holds for longer than any job may take; when it lapses, whoever made it is gone.
    """

    claim: timedelta = timedelta(seconds=45)
    attempts: int = 6
    first_wait: timedelta = timedelta(seconds=5)

    def wait(self, attempts: int) -> timedelta:
        """Return the pause after so many attempts: twice as long each time."""
        doubled: int = 2 ** min(attempts - 1, LONGEST_DOUBLING)
        return self.first_wait * doubled


@dataclass(frozen=True)
class Claimed:
    """An event that is ours until its claim lapses; the moment at which it was claimed is the claim's number."""

    id: UUID
    kind: str
    attempts: int
    claimed_at: datetime
    interrupted: bool
    """Whether a claim had lapsed: the worker that held it did not come to its end."""


WITH_WORK = "SELECT * FROM territories_with_work($1)"
# Looked for once, whatever the plan: as a joined query it could be looked for again for each row, and claim several.
CLAIM = f"""
WITH longest AS MATERIALIZED (
    SELECT e.id, e.claimed_at IS NOT NULL AS interrupted FROM event e
     WHERE e.territory_id = {TERRITORY} AND e.state = 'pending' AND e.due_at <= clock_timestamp()
       AND (e.claimed_at IS NULL OR e.claimed_at <= clock_timestamp() - $1::interval)
     ORDER BY e.due_at LIMIT 1 FOR UPDATE SKIP LOCKED)
UPDATE event SET claimed_at = clock_timestamp()
  FROM longest
 WHERE event.territory_id = {TERRITORY} AND event.id = longest.id
RETURNING event.id, event.kind, event.attempts, event.claimed_at, longest.interrupted
"""
# Whoever was so slow that another has claimed it since finds nothing.
TAKE = f"""
SELECT id, kind, organisation_id, holder_id, case_id, authorisation_id, joint_intervention_id, invitation_id, data
  FROM event WHERE territory_id = {TERRITORY} AND id = $1 AND state = 'pending' AND claimed_at = $2 FOR UPDATE
"""
PROCESSED = f"""
INSERT INTO processed (territory_id, event_id, job, at) VALUES ({TERRITORY}, $1, $2, now())
ON CONFLICT DO NOTHING RETURNING true
"""
DONE = f"""
UPDATE event SET state = 'done', claimed_at = NULL, last_error = NULL WHERE territory_id = {TERRITORY} AND id = $1
"""
FAILED = f"""
UPDATE event SET last_error = $3, attempts = attempts + 1, state = CASE WHEN $4 THEN 'failed' ELSE state END,
       due_at = clock_timestamp() + $5, claimed_at = NULL
 WHERE territory_id = {TERRITORY} AND id = $1 AND state = 'pending' AND claimed_at = $2
"""
LET_GO = f"UPDATE event SET claimed_at = NULL WHERE territory_id = {TERRITORY} AND id = $1 AND claimed_at = $2"


async def relay(context: dict[str, Any]) -> None:
    """Do what is due, some of each territory in turn, until nothing is or it is time to be looked for again.

    Where nothing is due that costs one statement, however many territories there are.
    """
    pace: Pace = context["pace"]
    until = time.monotonic() + SECONDS_OF_LOOKING
    did_some = True
    while did_some and may_go_on(context, until):
        async with transaction() as connection:
            busy = [row[0] for row in await connection.fetch(WITH_WORK, pace.claim)]
        did_some = False
        for territory in busy:
            did_some |= await _some_of(context, Context(territory), until)


def may_go_on(context: Mapping[str, Any], until: float) -> bool:
    """Tell whether another event may be begun: a worker that is told to stop finishes the one that it has."""
    return time.monotonic() < until and not context["is_stopping"]()


async def _some_of(context: dict[str, Any], within: Context, until: float) -> bool:
    """Do some events of one territory; tell whether there was any."""
    done = 0
    while done < IN_A_ROW and may_go_on(context, until) and await _next(context, within):
        done += 1
    return done > 0


async def _next(context: dict[str, Any], within: Context) -> bool:
    """Do the job of the event that has been due for longest; tell whether there was one."""
    pace: Pace = context["pace"]
    async with transaction(within) as connection:
        row = await connection.fetchrow(CLAIM, pace.claim)
    if row is None:
        return False
    claimed = Claimed(**dict(row))
    facts = {"kind": claimed.kind, "id": str(claimed.id)}
    if claimed.interrupted:
        logger().warning("a job was interrupted, and begins again", **facts)
    error = await _try(context["jobs"], within, claimed)
    if error is not None:
        attempts = claimed.attempts + 1
        last = attempts >= pace.attempts
        logger().error("a job failed", **facts, error=error, attempt=attempts, last=last)
        async with transaction(within) as connection:
            await connection.execute(FAILED, claimed.id, claimed.claimed_at, error, last, pace.wait(attempts))
    return True


async def _try(jobs: Mapping[str, Job], within: Context, claimed: Claimed) -> str | None:
    """Run the job in one transaction; return the kind of error, of which words might name a person."""
    job = jobs.get(claimed.kind)
    if job is None:
        return NO_SUCH_JOB
    try:
        async with asyncio.timeout(job.seconds), transaction(within) as connection:
            await _effect(connection, job, claimed)
    except asyncio.CancelledError:
        async with transaction(within) as connection:
            await connection.execute(LET_GO, claimed.id, claimed.claimed_at)
        raise
    except Exception as error:
        return type(error).__name__
    return None


async def _effect(connection: Connection, job: Job, claimed: Claimed) -> None:
    row = await connection.fetchrow(TAKE, claimed.id, claimed.claimed_at)
    if row is None:
        return
    if await connection.fetchval(PROCESSED, claimed.id, job.name):
        await job.run(connection, Happened(**{**dict(row), "data": json.loads(row["data"])}))
    await connection.execute(DONE, claimed.id)
