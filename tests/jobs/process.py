"""The worker as a process of the tests: the real one, at a quicker pace, with two more jobs."""

from datetime import timedelta

from infra.clock import new_id, now
from infra.database import Connection
from infra.row_security import TERRITORY
from infra.settings import settings
from jobs.job import Happened, Job
from jobs.outbox import JOBS, Pace
from jobs.worker import make_worker

# A new account each time: no unique key would keep a second effect out.
ECHO = f"""
INSERT INTO notification (territory_id, organisation_id, account_id, event_id, kind, case_id, at)
VALUES ({TERRITORY}, $1, $2, $3, 'echo', $4, $5)
"""
PACE = Pace(claim=timedelta(seconds=2), attempts=5, first_wait=timedelta(milliseconds=100))


async def echo(connection: Connection, event: Happened) -> None:
    await connection.execute(ECHO, event.organisation_id, new_id(), event.id, event.case_id, now())


async def poison(connection: Connection, event: Happened) -> None:
    await echo(connection, event)
    if event.data.get("poison"):
        raise ValueError("Amina Prova")


if __name__ == "__main__":
    more = {"echo": Job("echo", 5.0, echo), "poison": Job("poison", 5.0, poison)}
    make_worker(settings().redis_url or "", jobs={**JOBS, **more}, pace=PACE).run()
