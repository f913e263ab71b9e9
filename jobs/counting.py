"""How much work waits, over all territories: numbers for an operator, which tell nothing of any case."""

from infra.database import Context, transaction
from infra.row_security import TERRITORY

TERRITORIES = "SELECT id FROM territory ORDER BY id"
# What is claimed, or waits for its next try, is due later than now.
COUNT = f"""
SELECT (SELECT count(*) FROM event WHERE territory_id = {TERRITORY} AND state = 'failed') AS failed,
       count(*) FILTER (WHERE due_at <= clock_timestamp()) AS waiting,
       count(*) FILTER (WHERE due_at > clock_timestamp() AND attempts > 0) AS trying,
       greatest(0, extract(epoch FROM clock_timestamp() - min(due_at)))::float8 AS oldest
  FROM event WHERE territory_id = {TERRITORY} AND state = 'pending'
"""


async def count() -> dict[str, float]:
    """Return how many events wait, are being tried and have failed, and for how many seconds the oldest has waited."""
    async with transaction() as connection:
        territories = [row["id"] for row in await connection.fetch(TERRITORIES)]
    total = {"failed": 0, "waiting": 0, "trying": 0, "oldest": 0.0}
    for territory_id in territories:
        async with transaction(Context(territory_id)) as connection:
            row = await connection.fetchrow(COUNT)
        oldest = max(total["oldest"], row["oldest"] or 0.0)
        total = {name: total[name] + row[name] for name in ("failed", "waiting", "trying")} | {"oldest": oldest}
    return total
