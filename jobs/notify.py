"""Tells members what happened, by the table of who is told; whom it concerns is decided now, when they are told."""

from infra.database import Connection
from jobs.job import Happened, Job
from tenants.events.models import EventKind
from tenants.notifications.telling import TELL, TELLING

SECONDS = 20.0


async def run(connection: Connection, event: Happened) -> None:
    """Write the notifications."""
    kind = EventKind(event.kind)
    await connection.execute(TELL[kind], event.id, TELLING[kind].roles)


NOTIFY = Job("notify", SECONDS, run)
