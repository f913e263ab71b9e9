"""In which territories the pact cannot be relied on: there nothing is answered until it can; everywhere else it is."""

import asyncio
import time
from collections.abc import Mapping
from uuid import UUID

from infra.database import Context, transaction
from infra.errors import Unavailable
from infra.log import logger
from tenants.pacts.service import policy_health

FRESH = 5.0
"""For so many seconds what was found is told again: probes are many, and each look asks every territory."""
PAUSE = 60.0
"""So many seconds lie between two looks of a process that nobody probes."""
RETRY_AFTER = 60


class Soundness:
    """What was found at the last look."""

    def __init__(self) -> None:
        self.faults: Mapping[str, list[str]] = {}
        """What is wrong, by the slug of the territory; one that is not here is sound."""
        self.territories = 0
        self._denied: frozenset[UUID] = frozenset()
        self._looked_at = float("-inf")
        self._looking = asyncio.Lock()

    @property
    def serves_nobody(self) -> bool:
        """Tell whether there are territories, and none is sound."""
        return 0 < self.territories == len(self.faults)

    async def look(self) -> Mapping[str, list[str]]:
        """Look at the pact of each territory, unless that was done a moment ago; return what is wrong."""
        async with self._looking:
            if time.monotonic() - self._looked_at >= FRESH:
                await self._look()
                self._looked_at = time.monotonic()
        return self.faults

    async def _look(self) -> None:
        async with transaction() as connection:
            rows = await connection.fetch("SELECT territory_id, slug FROM territory_ids()")
        faults = {row["slug"]: found for row in rows if (found := await faults_in(row["territory_id"]))}
        for slug in sorted(faults.keys() ^ self.faults.keys()):
            logger().error(
                "territory denied: its pact is not sound" if slug in faults else "pact sound again", slug=slug
            )
        self.faults, self.territories = faults, len(rows)
        self._denied = frozenset(row["territory_id"] for row in rows if row["slug"] in faults)

    def demand(self, territory_id: UUID) -> None:
        """Go on only in a territory whose pact was sound at the last look. Raises `Unavailable`."""
        if territory_id in self._denied:
            raise Unavailable("error.pact_not_sound", retry_after=RETRY_AFTER)

    async def keep_looking(self) -> None:
        """Look again and again, until cancelled; while the database does not answer, what was found last holds."""
        while True:
            try:
                await self.look()
            except Exception as error:
                logger().warning("pacts could not be looked at", kind=type(error).__name__)
            await asyncio.sleep(PAUSE)


async def faults_in(territory_id: UUID) -> list[str]:
    """Return what is wrong with the pact of one territory, one sentence each."""
    async with transaction(Context(territory_id)) as connection:
        return await policy_health(connection)


PACTS = Soundness()
"""What this process knows."""
