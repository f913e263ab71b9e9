"""How much work waits, over all territories: numbers for an operator, which tell nothing of any case."""

from infra.database import transaction

# What is claimed, or waits for its next try, is being tried.
COUNT = """
SELECT coalesce(sum(failed), 0)::float8 AS failed, coalesce(sum(waiting), 0)::float8 AS waiting,
       coalesce(sum(trying), 0)::float8 AS trying, coalesce(max(oldest), 0) AS oldest
  FROM (SELECT * FROM work_in_each_territory() UNION ALL SELECT * FROM letters_at_work()) work
"""


async def count() -> dict[str, float]:
    """Return how many events and letters wait, are tried and have failed, and for how many seconds the oldest waits."""
    async with transaction() as connection:
        return dict(await connection.fetchrow(COUNT))
