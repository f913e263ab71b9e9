"""Needs of a case: each carries the field that it belongs to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from authz.actions import Action
from authz.actor import Actor
from infra.clock import today
from infra.database import connection
from infra.errors import Invalid, Problem, ProblemCode, Refused
from tenants.cases import checks
from tenants.cases.checks import Mistake
from tenants.cases.need_catalogue import NEEDS
from tenants.cases.writing import ground_of, touch

MOST = 50

ADD = """
INSERT INTO case_need (territory_id, case_id, macro, field_bit, recorded_on) VALUES ($1, $2, $3, $4, $5) RETURNING id
"""
DESCRIBE = """
INSERT INTO case_need_detail (territory_id, need_id, case_id, field_bit, item, note) VALUES ($1, $2, $3, $4, $5, $6)
"""
FIND = "SELECT field_bit FROM case_need WHERE territory_id = $1 AND case_id = $2 AND id = $3"
REMOVE = (
    "DELETE FROM case_need_detail WHERE territory_id = $1 AND case_id = $2 AND need_id = $3",
    "DELETE FROM case_need WHERE territory_id = $1 AND case_id = $2 AND id = $3",
)


@dataclass(frozen=True)
class Need:
    """One need as it is kept."""

    macro: str
    item: str | None
    note: str | None

    @property
    def mask(self) -> int:
        """Fields that writing it touches."""
        mask = 1 << NEEDS[self.macro].seen_bit
        return mask | (1 << NEEDS[self.macro].told_bit if self.item or self.note else 0)


def checked_needs(given: Sequence[Mapping[str, Any]], *path: str) -> list[Need]:
    """Return the needs as they are kept. Raises `Invalid` with every problem."""
    if len(given) > MOST:
        raise Invalid([Problem(ProblemCode.TOO_MANY, path)])
    needs, problems = [], []
    for position, one in enumerate(given):
        where = (*path, str(position))
        macro, item = str(one["macro"]).lower(), (one.get("item") or "").lower() or None
        if macro not in NEEDS:
            problems.append(Problem(ProblemCode.UNKNOWN_ITEM, (*where, "macro")))
            continue
        if item is not None and item not in NEEDS[macro].items:
            problems.append(Problem(ProblemCode.UNKNOWN_ITEM, (*where, "item")))
        try:
            note = checks.text(2000)(one.get("note") or "")
        except Mistake as mistake:
            problems.append(mistake.at(*where, "note"))
            continue
        needs.append(Need(macro, item, note))
    if problems:
        raise Invalid(problems)
    return needs


async def add_needs(actor: Actor, case_id: UUID, needs: Sequence[Need]) -> None:
    """Write the needs; what may be written was asked before."""
    for need in needs:
        bit = NEEDS[need.macro].seen_bit
        row = await connection().fetchval(ADD, actor.territory_id, case_id, need.macro, bit, today())
        if need.item or need.note:
            where = (actor.territory_id, row, case_id, NEEDS[need.macro].told_bit)
            await connection().execute(DESCRIBE, *where, need.item, need.note)


async def update_needs(
    actor: Actor, case_id: UUID, expected_version: int, *, add: Sequence[Mapping[str, Any]], remove: Sequence[UUID]
) -> None:
    """Add and remove needs. Raises `NotFound`, `Refused`, `Invalid` or `Conflict`."""
    ground = await ground_of(actor, case_id)
    actor.require(Action.CASE_UPDATE)
    needs = checked_needs(add, "add")
    wanted = 0
    for need in needs:
        wanted |= need.mask
    problems = []
    for position, need_id in enumerate(remove):
        bit = await connection().fetchval(FIND, actor.territory_id, case_id, need_id)
        if bit is None:
            problems.append(Problem(ProblemCode.UNKNOWN_ITEM, ("remove", str(position))))
        else:
            wanted |= 1 << bit
    if problems:
        raise Invalid(problems)
    if wanted & ~ground.write_mask:
        raise Refused(action=Action.CASE_UPDATE.value)
    await touch(case_id, expected_version, ground)
    for need_id in remove:
        for statement in REMOVE:
            await connection().execute(statement, actor.territory_id, case_id, need_id)
    await add_needs(actor, case_id, needs)
