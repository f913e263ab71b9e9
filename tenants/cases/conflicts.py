"""Two who write the same part of a case: the second is told who was first, and both values of what collides."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from authz.fields import FIELD
from infra.database import connection
from infra.errors import Collision, Conflict
from infra.row_security import ORGANISATION, TERRITORY
from tenants.cases.groups import GROUPS, HEALTH_TABLE, Entry, Masks
from tenants.cases.writing import Touched

IS_OWN = f"SELECT holder_id = {ORGANISATION} FROM case_file WHERE territory_id = {TERRITORY} AND id = $1"
HEALTH_ROW = f"SELECT detail FROM case_health WHERE territory_id = {TERRITORY} AND case_id = $1 AND field_bit = $2"


def conflict(expected: int, touched: Touched, collisions: Sequence[Collision] = ()) -> Conflict:
    """Return the refusal of a change that came second."""
    return Conflict(expected, touched.actual, touched.changed_by, touched.changed_at, collisions)


async def collisions(
    case_id: UUID, group: str, touched: Touched, masks: Masks, changes: Mapping[str, object]
) -> list[Collision]:
    """Return what others changed of the group meanwhile, as far as the member reads it, with what they wanted.

    Of another organisation's case the values are left out: a refusal is rolled back, and a read that is not logged
    is none. Whoever reads the case again finds them.
    """
    tells = bool(await connection().fetchval(IS_OWN, case_id))
    return [
        Collision(
            entry.name,
            entry.field.key,
            _told(await _present(case_id, entry)) if tells else None,
            _told(changes.get(entry.name)),
            is_given=entry.name in changes,
            is_told=tells,
        )
        for entry in GROUPS[group]
        if touched.changed & masks.read & entry.field.mask
    ]


async def _present(case_id: UUID, entry: Entry) -> Any:
    if entry.table == HEALTH_TABLE:
        return await connection().fetchval(HEALTH_ROW, case_id, FIELD[entry.columns[0]].bit)
    column = f"SELECT {entry.columns[0]} FROM {entry.table} WHERE territory_id = {TERRITORY} AND case_id = $1"
    return await connection().fetchval(column, case_id)


def _told(value: Any) -> Any:
    """Return a value as the API writes it."""
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
