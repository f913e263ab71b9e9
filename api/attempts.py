"""Which ids a request named: where it met something that is not there for it, the holders of what is are told."""

from contextvars import ContextVar
from dataclasses import dataclass, field
from uuid import UUID

from infra.database import Context, connection, transaction

LOG = "SELECT log_refused($1, $2, $3)"


@dataclass
class Attempts:
    """The rows that one request asked for by their ids, and for whom."""

    request_id: UUID
    named: set[UUID] = field(default_factory=set)
    context: Context | None = None
    session_id: UUID | None = None
    is_in_vain: bool = False
    """Whether something of it was not there."""

    async def log(self) -> None:
        """Write down what was asked for in vain, in a transaction of its own: a mutation's was rolled back.

        The database decides what of it is there. It takes the same steps for what is not.
        """
        if self.is_in_vain and self.context is not None and self.named:
            async with transaction(self.context):
                await connection().execute(LOG, sorted(self.named), self.request_id, self.session_id)


_running: ContextVar[Attempts | None] = ContextVar("attempts", default=None)


def begin(request_id: UUID) -> Attempts:
    """Take note, from here on, of the ids that this request names."""
    attempts = Attempts(request_id)
    _running.set(attempts)
    return attempts


def name(row: UUID) -> None:
    """Take note of one id."""
    attempts = _running.get()
    if attempts is not None:
        attempts.named.add(row)


def miss() -> None:
    """Take note that something was not there."""
    attempts = _running.get()
    if attempts is not None:
        attempts.is_in_vain = True
