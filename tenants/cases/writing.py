"""How values of a case reach its tables: one writer of a case at a time, and never past row security."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from asyncpg import InsufficientPrivilegeError

from authz.actions import Action
from authz.fields import FIELD
from infra.database import connection
from infra.errors import NotFound, Refused
from infra.row_security import FIELD_MASK, ORGANISATION, TERRITORY, WRITE_MASK
from tenants.cases.groups import HEALTH_TABLE, Masks, Values
from tenants.sharing.row_security import HOLDERS

CASE_LOCK = 7462
"""What tells the locks of cases from others."""

# Row security leaves no row to whoever may not see the case: then nothing is locked and nothing is found. What
# decides who sees it (consent, acceptance, closing, a protected address) is changed under this lock, so that two
# changes at once cannot each miss the other.
CLAIM = f"""
SELECT holder_id = {ORGANISATION} AS own, pg_advisory_xact_lock(hashtextextended(id::text, {CASE_LOCK})) IS NULL
  FROM case_file WHERE territory_id = {TERRITORY} AND id = $1
"""
MASKS = f"""
SELECT coalesce(bit_or(read_mask), 0) & {FIELD_MASK}, coalesce(bit_or(write_mask), 0) & {WRITE_MASK}
  FROM case_access
 WHERE territory_id = {TERRITORY} AND organisation_id = {ORGANISATION} AND case_id = $1 AND until > now()
"""
WRITE_HEALTH = f"""
INSERT INTO case_health (territory_id, case_id, field_bit, detail) VALUES ({TERRITORY}, $1, $2, $3)
ON CONFLICT (territory_id, case_id, field_bit) DO UPDATE SET detail = EXCLUDED.detail
"""
LARGEST_VERSION = 2**31
ADDRESS = f"SELECT address, protected FROM case_address WHERE territory_id = {TERRITORY} AND case_id = $1"
TOUCH = "SELECT passed, actual, changed, changed_by, changed_at FROM touch_case($1, $2, $3, $4)"
IS_SEEN = f"SELECT true FROM case_file WHERE territory_id = {TERRITORY} AND id = $1"
CLEAR_HEALTH = f"DELETE FROM case_health WHERE territory_id = {TERRITORY} AND case_id = $1 AND field_bit = $2"


async def claim_case(case_id: UUID) -> bool:
    """Wait to be the only writer of the case until the transaction ends; tell whether my organisation holds it.

    Raises `NotFound` for one that is hidden or absent.
    """
    found = await connection().fetchrow(CLAIM, case_id)
    if found is None:
        raise NotFound
    return bool(found["own"])


async def masks_of(case_id: UUID) -> Masks:
    """Return what the acting member reads and writes of the case now."""
    return Masks(*await connection().fetchrow(MASKS, case_id))


@dataclass(frozen=True)
class Touched:
    """What came of counting a change: passed, or what of it others changed first, who and when."""

    passed: bool
    actual: int
    changed: int
    changed_by: str | None
    changed_at: datetime | None


async def touch(case_id: UUID, part: str, expected_version: int, fields: Iterable[int], judged_by: Masks) -> Touched:
    """Count a change to fields of a part of the case, each given by its mask.

    From here on no change of the pact gets in between. Raises `NotFound` if the case is gone from view, and `Refused`
    if a change of the pact has meanwhile taken away anything of the masks by which the change was judged.
    """
    found = await connection().fetchrow(TOUCH, case_id, part, within_range(expected_version), list(fields))
    if found is None:
        if not await connection().fetchval(IS_SEEN, case_id):
            raise NotFound
        raise not_writable()
    if found["passed"] and not judged_by.are_within(await masks_of(case_id)):
        raise not_writable()
    return Touched(*found)


def within_range(version: int) -> int:
    """Return the version as PostgreSQL can compare it; no case has one that is out of its range."""
    return version if abs(version) < LARGEST_VERSION else -1


def not_writable(action: Action = Action.CASE_UPDATE) -> Refused:
    """Return the refusal of a value that the member may not write; it says nothing of what is there."""
    return Refused("error.not_writable", action=action.value)


@asynccontextmanager
async def within_row_security() -> AsyncIterator[None]:
    """Turn a refusal by the database, such as of a ground that has just ended, into ours."""
    try:
        yield
    except InsufficientPrivilegeError as refused:
        raise not_writable() from refused


async def known_by(case_id: UUID, fields: Iterable[int], values: Values) -> list[int]:
    """Return these fields' masks; an address that nobody else saw before or sees then is changed for the holder alone.

    To whoever it is protected from it is as if there were none, and what is not there does not change.
    """
    written = values.get("case_address")
    if written is None:
        return list(fields)
    before = dict(await connection().fetchrow(ADDRESS, case_id) or {"address": None, "protected": False})
    shown = any(one["address"] and not one["protected"] for one in (before, {**before, **written}))
    address = FIELD["contacts.address"].mask
    return [mask if shown or mask != address else mask | HOLDERS for mask in fields]


async def write(case_id: UUID, values: Values) -> None:
    """Write these columns and leave every other as it is."""
    async with within_row_security():
        for table, columns in values.items():
            if table == HEALTH_TABLE:
                await _write_health(case_id, columns)
            else:
                await connection().execute(_upsert(table, tuple(columns)), case_id, *columns.values())


async def _write_health(case_id: UUID, details: dict[str, Any]) -> None:
    for key, detail in details.items():
        bit = FIELD[key].bit
        if detail is None:
            await connection().execute(CLEAR_HEALTH, case_id, bit)
        else:
            await connection().execute(WRITE_HEALTH, case_id, bit, detail)


@cache
def _upsert(table: str, columns: tuple[str, ...]) -> str:
    places = ", ".join(f"${position}" for position in range(2, len(columns) + 2))
    changes = ", ".join(f"{name} = EXCLUDED.{name}" for name in columns)
    return (
        f"INSERT INTO {table} (territory_id, case_id, {', '.join(columns)}) VALUES ({TERRITORY}, $1, {places}) "
        f"ON CONFLICT (territory_id, case_id) DO UPDATE SET {changes}"
    )
