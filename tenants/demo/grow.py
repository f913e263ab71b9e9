"""Making a demonstration territory as large as wanted: batch by batch, a table of each batch in one statement."""

from collections.abc import Callable
from uuid import UUID

from infra.database import Connection
from tenants.demo.cases import add_case
from tenants.demo.load import LOCK, SEED
from tenants.demo.network import read_network, work_in
from tenants.demo.rows import FILLED, Rows

BATCH = 10_000
TIDY = [f"VACUUM (ANALYZE) {table}" for table in FILLED]
"""Statistics for the planner, and the map by which a list is read from its index alone."""
FAVOURITE = "cooperativa-il-ponte"
"""More than half of the new cases are shared with it and live, so that one partner has a long list to read."""


def _tell_nobody(_made: int) -> None:
    pass


async def grow(
    connection: Connection, territory_id: UUID, cases: int, tell: Callable[[int], None] = _tell_nobody
) -> None:
    """Make this many more cases, a transaction a batch; `tell` hears after each how many are made.

    The connection is the owner's and in no transaction. Raises `LookupError` for a territory that is none of the
    demonstration's.
    """
    slug = await connection.fetchval("SELECT slug FROM territory WHERE id = $1 AND is_demo", territory_id)
    if slug is None:
        raise LookupError("there is no such demonstration territory")
    for made in range(0, cases, BATCH):
        size = min(BATCH, cases - made)
        async with connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock($1)", LOCK)
            await _add_batch(connection, slug, size)
        tell(made + size)
    for statement in TIDY:
        await connection.execute(statement)


async def count_cases(connection: Connection, territory_id: UUID) -> int:
    """Return how many cases a territory has."""
    async with connection.transaction():
        await work_in(connection, territory_id)
        found: int = await connection.fetchval("SELECT count(*) FROM case_file WHERE territory_id = $1", territory_id)
    return found


async def _add_batch(connection: Connection, slug: str, size: int) -> None:
    network, rows = await read_network(connection, slug, SEED, FAVOURITE), Rows()
    # Cases are never deleted one by one, so as many positions are taken at most.
    taken = await connection.fetchval("SELECT count(*) FROM person WHERE territory_id = $1", network.territory_id)
    for position in range(taken, taken + size):
        add_case(rows, network, position)
    await rows.write(connection, network.territory_id)
