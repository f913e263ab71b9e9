"""What a person names when a case is to be shared: fields and organisations."""

from collections.abc import Sequence
from uuid import UUID

from authz.fields import FIELD, GROUPS, SENSITIVE, group_mask, mask_of
from infra.database import connection
from infra.errors import ProblemCode
from infra.row_security import TERRITORY, is_current
from tenants.checks import MOST_AT_ONCE, Findings, slug

ORGANISATIONS = f"""
SELECT slug, id FROM organisation o
 WHERE territory_id = {TERRITORY} AND slug = ANY ($1) AND {is_current("o")}
"""


def named_fields(findings: Findings, names: Sequence[str], *, with_consent: bool) -> int:
    """Return the fields as a mask; a group covers its common and confidential fields, and the others need consent."""
    if not names:
        findings.add(ProblemCode.REQUIRED, "fields")
    if len(names) > MOST_AT_ONCE:
        findings.add(ProblemCode.TOO_MANY, "fields")
        return 0
    mask = 0
    for position, name in enumerate(names):
        path = ("fields", str(position))
        if name not in FIELD and name not in GROUPS:
            findings.add(ProblemCode.UNKNOWN_FIELD, *path)
        elif name not in FIELD and not group_mask(name) & ~SENSITIVE:
            findings.add(ProblemCode.NOT_SHAREABLE, *path, text="problem.name_each_field")
        elif name in FIELD and FIELD[name].is_sensitive and not with_consent:
            findings.add(ProblemCode.NEEDS_CONSENT, *path)
        else:
            mask |= mask_of([name])
    return mask


async def named_organisations(
    findings: Findings, slugs: Sequence[str], path: str, me: UUID, *, most: int = MOST_AT_ONCE
) -> dict[str, UUID]:
    """Return the ids of these organisations, which are active now and not my own, by slug."""
    if len(slugs) > most:
        findings.add(ProblemCode.TOO_MANY, path)
        return {}
    named = [findings.require(slug, name, path, str(position)) for position, name in enumerate(slugs)]
    rows = await connection().fetch(ORGANISATIONS, [name for name in named if name])
    found: dict[str, UUID] = dict(rows)
    for position, name in enumerate(named):
        if name and name not in found:
            findings.add(ProblemCode.UNKNOWN_ORGANISATION, path, str(position))
        elif name and found[name] == me:
            findings.add(ProblemCode.NOT_SHAREABLE, path, str(position), text="problem.own_organisation")
    return found
