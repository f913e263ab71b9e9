"""The worker as a process of the tests: the real one, at its real pace, with three more jobs."""

from infra.clock import new_id, now
from infra.database import Connection
from infra.row_security import TERRITORY
from infra.settings import settings
from jobs.job import Happened, Job
from jobs.outbox import JOBS
from jobs.worker import make_worker

# A new account each time: no unique key would keep a second effect out.
ECHO = f"""
INSERT INTO notification (territory_id, organisation_id, account_id, event_id, kind, case_id, at)
VALUES ({TERRITORY}, $1, $2, $3, 'echo', $4, $5)
"""
GATE = 7462_001
"""A lock that a test holds for as long as a job is to wait."""


async def echo(connection: Connection, event: Happened) -> None:
    await connection.execute(ECHO, event.organisation_id, new_id(), event.id, event.case_id, now())


async def poison(connection: Connection, event: Happened) -> None:
    await echo(connection, event)
    if event.data.get("poison"):
        raise ValueError("Amina Prova")


async def wait_at_the_gate(connection: Connection, event: Happened) -> None:
    await connection.execute("SELECT pg_advisory_xact_lock($1)", GATE)
    await echo(connection, event)


def run() -> None:
    """Be the worker."""
    more = {"echo": Job("echo", 5.0, echo), "poison": Job("poison", 5.0, poison)}
    more["gate"] = Job("gate", 20.0, wait_at_the_gate)
    make_worker(settings().redis_url or "", jobs={**JOBS, **more}).run()
