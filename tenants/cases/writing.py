"""Writing a case: what may be written, what is wrong with it, and then all of it or nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from authz.actions import Action
from authz.actor import Actor
from authz.fields import FIELD
from infra.database import connection
from infra.errors import Conflict, Invalid, NotFound, Problem, ProblemCode, Refused
from tenants.cases.checks import Mistake
from tenants.cases.groups import GROUPS, Value

GROUND = """
SELECT c.version, c.holder_id = $2 AS own,
       (SELECT coalesce(bit_or(a.write_mask), 0) FROM case_access a
         WHERE a.territory_id = $1 AND a.organisation_id = $2 AND a.case_id = c.id AND a.until > now()) AS write_mask
  FROM case_file c WHERE c.territory_id = $1 AND c.id = $3
"""


@dataclass(frozen=True)
class Ground:
    """What the actor's organisation may do to a case that it sees."""

    version: int
    own: bool
    write_mask: int


async def ground_of(actor: Actor, case_id: UUID) -> Ground:
    """Return the actor's ground on the case. Raises `NotFound`, the same for hidden and absent."""
    row = await connection().fetchrow(GROUND, actor.territory_id, actor.organisation_id, case_id)
    if row is None:
        raise NotFound
    return Ground(row["version"], row["own"], row["write_mask"] & actor.write_mask)


async def own_case(actor: Actor, case_id: UUID, action: Action) -> None:
    """Go on only if the actor's organisation holds the case and the role has this verb."""
    ground = await ground_of(actor, case_id)
    if not ground.own:
        raise Refused(action=action.value)
    actor.require(action)


async def update_group(
    actor: Actor, group: str, case_id: UUID, expected_version: int, changes: Mapping[str, object]
) -> None:
    """Write what is given of one group.

    Raises `NotFound`, `Refused` for a field that the actor may not write, `Invalid`, or `Conflict` for a version
    that is not the present one.
    """
    ground = await ground_of(actor, case_id)
    actor.require(Action.CASE_UPDATE)
    written = checked(group, changes)
    demand_writable(ground.write_mask, (value for value, _ in written))
    await touch(case_id, expected_version, ground)
    await write(actor, case_id, written)


def checked(group: str, changes: Mapping[str, object], *prefix: str) -> list[tuple[Value, object]]:
    """Return the given values as they are kept. Raises `Invalid` with every problem."""
    written, problems = [], []
    for value in GROUPS[group]:
        if value.name not in changes:
            continue
        given = changes[value.name]
        try:
            written.append((value, None if given is None else value.check(given)))
        except Mistake as mistake:
            problems.append(mistake.at(*prefix, value.name))
    if problems:
        raise Invalid(problems)
    return written


def demand_writable(write_mask: int, values: Iterable[Value]) -> None:
    """Go on only if each of the values may be written. Raises `Refused`."""
    if any(not value.mask & write_mask for value in values):
        raise Refused(action=Action.CASE_UPDATE.value)


async def touch(case_id: UUID, expected_version: int, ground: Ground) -> None:
    """Take the next version of the case. Raises `Conflict` if somebody else took it first."""
    if not -(2**31) <= expected_version < 2**31:
        raise Conflict(expected_version, ground.version)
    if await connection().fetchval("SELECT touch_case($1, $2)", case_id, expected_version) is None:
        actual = await connection().fetchval("SELECT version FROM case_file WHERE id = $1", case_id)
        if actual is None or actual == expected_version:
            raise Refused(action=Action.CASE_UPDATE.value)
        raise Conflict(expected_version, actual)


async def write(actor: Actor, case_id: UUID, written: Sequence[tuple[Value, object]]) -> None:
    """Write the values into their tables."""
    tables: dict[str, dict[str, object]] = {}
    for value, kept in written:
        if value.table == "case_health":
            await write_health(actor, case_id, FIELD[value.field].bit, kept)
            continue
        tables.setdefault(value.table, {}).update(columns(value, kept))
    for table, kept_columns in tables.items():
        await upsert(actor, case_id, table, kept_columns)


def columns(value: Value, kept: object) -> Mapping[str, object]:
    """Return a value as the columns that keep it."""
    match value.name:
        case "identity_code":
            code, kind = kept if isinstance(kept, tuple) else (None, None)
            return {"code": code, "kind": kind}
        case "born_on":
            # The year is a field of its own, for whoever may know no more than that.
            return {"birth_date": kept, "birth_year": getattr(kept, "year", None)}
        case "address_protected":
            return {"protected": bool(kept)}
        case _:
            return {value.column: kept}


async def upsert(actor: Actor, case_id: UUID, table: str, kept: Mapping[str, object]) -> None:
    """Write one group's row of the case, the first time or again; the names come from our declarations."""
    names = list(kept)
    places = ", ".join(f"${number}" for number in range(3, 3 + len(names)))
    sets = ", ".join(f"{name} = EXCLUDED.{name}" for name in names)
    statement = (
        f"INSERT INTO {table} (territory_id, case_id, {', '.join(names)}) VALUES ($1, $2, {places}) "
        f"ON CONFLICT (territory_id, case_id) DO UPDATE SET {sets}"
    )
    await refusing(statement, actor.territory_id, case_id, *kept.values())


async def write_health(actor: Actor, case_id: UUID, bit: int, kept: object) -> None:
    """Write or clear one field of health, which is a row of its own."""
    key = (actor.territory_id, case_id, bit)
    if kept is None:
        await refusing("DELETE FROM case_health WHERE territory_id = $1 AND case_id = $2 AND field_bit = $3", *key)
        return
    await refusing(
        "INSERT INTO case_health (territory_id, case_id, field_bit, detail) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT (territory_id, case_id, field_bit) DO UPDATE SET detail = EXCLUDED.detail",
        *key,
        kept,
    )


async def refusing(statement: str, *arguments: object) -> None:
    """Run a statement that row security may refuse: who writes over a row has to be able to read it."""
    try:
        await connection().execute(statement, *arguments)
    except asyncpg.InsufficientPrivilegeError:
        raise Refused(action=Action.CASE_UPDATE.value) from None


def required(*path: str) -> Problem:
    """Return the problem of something that is missing."""
    return Problem(ProblemCode.REQUIRED, path)
