"""What a person chooses when they share: fields by their names, organisations by their slugs."""

from collections.abc import Sequence
from uuid import UUID

from authz.actor import Actor
from authz.fields import UnknownField, mask_of
from infra.database import connection
from infra.errors import Problem, ProblemCode

VALID = """
SELECT o.slug, o.id FROM organisation o
 WHERE o.territory_id = $1 AND o.slug = ANY ($2) AND current_date >= o.valid_from
   AND current_date <= coalesce(o.valid_until, 'infinity')
"""


def chosen_fields(names: Sequence[str]) -> tuple[int, list[Problem]]:
    """Return the fields and groups as a mask, and what is wrong with them; a group has no special field in it."""
    problems = [Problem(ProblemCode.REQUIRED, ("fields",))] if not names else []
    mask = 0
    for position, name in enumerate(names):
        try:
            mask |= mask_of([name])
        except UnknownField:
            problems.append(Problem(ProblemCode.UNKNOWN_FIELD, ("fields", str(position))))
    return mask, problems


async def chosen_organisations(actor: Actor, slugs: Sequence[str], path: str) -> tuple[dict[str, UUID], list[Problem]]:
    """Return the ids of the organisations that are valid today, and what is wrong with the others."""
    rows = await connection().fetch(VALID, actor.territory_id, [slug for slug in slugs if "\x00" not in slug])
    known = {row["slug"]: row["id"] for row in rows}
    problems = [
        Problem(ProblemCode.UNKNOWN_ORGANISATION, (path, str(position)))
        for position, slug in enumerate(slugs)
        if slug not in known
    ]
    return known, problems
