"""Sealing the log of reads, and finding out whether anybody has changed it since."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from infra.database import Connection

HEADS = """
SELECT number, hash FROM access_seal WHERE territory_id = $1 ORDER BY number
"""


@dataclass(frozen=True)
class Anchor:
    """A seal as it was seen once, kept where nobody who administers the database can write."""

    territory: str
    number: int
    hash: str

    def __str__(self) -> str:
        return f"{self.territory} {self.number} {self.hash}"

    @classmethod
    def read(cls, line: str) -> "Anchor":
        """Return the anchor of a line. Raises `ValueError`."""
        territory, number, digest = line.split()
        return cls(territory, int(number), digest)


async def seal(connection: Connection, territory_id: UUID) -> int:
    """Seal what was read since the last seal, as many seals as it takes; return how many entries; for the steward."""
    sealed = 0
    while entries := await seal_some(connection, territory_id):
        sealed += entries
    return sealed


async def seal_some(connection: Connection, territory_id: UUID) -> int:
    """Seal as much as goes under one seal and return how many entries that were: none when there is nothing left."""
    entries: int = await connection.fetchval("SELECT seal_access_log($1)", territory_id)
    return entries


async def faults(connection: Connection, territory_id: UUID, slug: str, anchors: Iterable[Anchor]) -> list[str]:
    """Return one sentence for every seal that does not hold.

    The chain shows what was changed or taken out of it; only an anchor shows that its end was cut off, or that all
    of it was written anew.
    """
    rows = await connection.fetch("SELECT number FROM broken_seals($1)", territory_id)
    found = [f"{slug}: seal {row['number']} does not fit its entries or the seal before it." for row in rows]
    await connection.execute("SELECT set_config('win.territory_id', $1, true)", str(territory_id))
    kept = {row["number"]: row["hash"] for row in await connection.fetch(HEADS, territory_id)}
    return found + [
        f"{slug}: seal {anchor.number} is not the one of the anchor."
        for anchor in anchors
        if anchor.territory == slug and kept.get(anchor.number) != anchor.hash
    ]


async def last_anchor(connection: Connection, territory_id: UUID, slug: str) -> Anchor | None:
    """Return the newest seal."""
    await connection.execute("SELECT set_config('win.territory_id', $1, true)", str(territory_id))
    rows = await connection.fetch(HEADS, territory_id)
    return Anchor(slug, rows[-1]["number"], rows[-1]["hash"]) if rows else None
