"""The needs of a case: each carries the fields that it tells, and takes the right to all of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from infra.clock import today
from infra.database import connection
from infra.errors import ProblemCode
from infra.row_security import TERRITORY
from tenants.cases.groups import Masks
from tenants.cases.need_catalogue import NEEDS
from tenants.cases.need_fields import DETAIL, MACRO, told_mask
from tenants.cases.writing import within_row_security
from tenants.checks import Findings, lines, one_of

MOST_NEEDS = 50
ADD = f"""
INSERT INTO case_need (territory_id, case_id, macro, fields_mask, recorded_on)
VALUES ({TERRITORY}, $1, $2, $3, $4) RETURNING id
"""
TELL = f"""
INSERT INTO case_need_detail (territory_id, need_id, case_id, fields_mask, item, note)
VALUES ({TERRITORY}, $1, $2, $3, $4, $5)
"""
# A need of fields that the member does not read has no row for them: it is then told as an unknown one.
THESE = f"SELECT id, fields_mask FROM case_need WHERE territory_id = {TERRITORY} AND case_id = $1 AND id = ANY ($2)"
FORGET = f"DELETE FROM case_need_detail WHERE territory_id = {TERRITORY} AND case_id = $1 AND need_id = ANY ($2)"
THEIR_FIELDS = f"""
SELECT coalesce(bit_or(CASE fields_mask WHEN 0 THEN {MACRO}::bigint ELSE fields_mask END), 0)
  FROM case_need WHERE territory_id = {TERRITORY} AND case_id = $1 AND id = ANY ($2)
"""
REMOVE = f"DELETE FROM case_need WHERE territory_id = {TERRITORY} AND case_id = $1 AND id = ANY ($2)"


@dataclass(frozen=True)
class NewNeed:
    """A checked need."""

    macro: str
    item: str | None
    note: str | None

    @property
    def fields_mask(self) -> int:
        """The fields that it tells, besides those of needs themselves."""
        return told_mask(self.macro, self.item)

    @property
    def known_mask(self) -> int:
        """What it takes to know of it."""
        return MACRO | self.fields_mask

    @property
    def has_details(self) -> bool:
        return bool(self.item or self.note)

    @property
    def written_mask(self) -> int:
        """What is said to have been written: those who do not read its fields are not told that it is there."""
        return self.fields_mask or MACRO

    def may_be_written(self, masks: Masks) -> bool:
        return masks.may_add(self.known_mask | (DETAIL if self.has_details else 0))


def checked_needs(findings: Findings, needs: Sequence[Mapping[str, object]], path: str) -> list[NewNeed]:
    """Return the needs that are right; what is wrong with the others goes to the findings."""
    if len(needs) > MOST_NEEDS:
        findings.add(ProblemCode.TOO_MANY, path)
        return []
    found = [_checked(findings, need, path, str(position)) for position, need in enumerate(needs)]
    return [need for need in found if need]


def _checked(findings: Findings, need: Mapping[str, object], *path: str) -> NewNeed | None:
    macro = findings.require(one_of(NEEDS), need.get("macro"), *path, "macro")
    note = findings.check(lines(2000), need.get("note"), *path, "note")
    if macro is None:
        return None
    item = findings.check(one_of(NEEDS[macro].items), need.get("item") or None, *path, "item")
    return NewNeed(macro, item, note)


async def add_needs(case_id: UUID, needs: Sequence[NewNeed]) -> None:
    """Write these needs, recorded today."""
    async with within_row_security():
        for need in needs:
            need_id = await connection().fetchval(ADD, case_id, need.macro, need.fields_mask, today())
            if need.has_details:
                await connection().execute(TELL, need_id, case_id, need.fields_mask, need.item, need.note)


async def may_remove(findings: Findings, case_id: UUID, need_ids: Sequence[UUID], masks: Masks) -> bool:
    """Tell whether these may be removed; one that is not a visible need of the case goes to the findings.

    A need goes with its details, even those that the member does not see: so it takes the right to both.
    """
    if len(need_ids) > MOST_NEEDS:
        findings.add(ProblemCode.TOO_MANY, "remove")
        return True
    rows = {row["id"]: row for row in await connection().fetch(THESE, case_id, list(need_ids))}
    for position, need_id in enumerate(need_ids):
        if need_id not in rows:
            findings.add(ProblemCode.UNKNOWN_ITEM, "remove", str(position))
    return all(masks.may_add(MACRO | DETAIL | row["fields_mask"]) for row in rows.values())


async def fields_of_needs(case_id: UUID, need_ids: Sequence[UUID]) -> list[int]:
    """Return, for each of these needs, the mask of the fields that it takes to know of it."""
    rows = await connection().fetch(THESE, case_id, list(need_ids))
    return [MACRO | row["fields_mask"] for row in rows]


async def remove_needs(case_id: UUID, need_ids: Sequence[UUID]) -> int:
    """Remove these needs and all that was told of them; return the fields that they told."""
    mask: int = await connection().fetchval(THEIR_FIELDS, case_id, list(need_ids))
    await connection().execute(FORGET, case_id, list(need_ids))
    await connection().execute(REMOVE, case_id, list(need_ids))
    return mask
