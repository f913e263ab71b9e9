"""What the holder's own program calls a case, so that it finds it again: `externalReference`."""

from uuid import UUID

from authz.actions import Action
from authz.actor import Actor
from infra.database import connection
from infra.errors import ProblemCode, Refused
from infra.row_security import ORGANISATION, TERRITORY
from tenants.cases.writing import claim_case, within_row_security
from tenants.checks import Findings, Text, Wrong

LONGEST = 100
READ = Text(LONGEST)
"""Nothing but what is around it is taken away: two spellings are two references."""

FORGET = f"DELETE FROM case_reference WHERE territory_id = {TERRITORY} AND case_id = $1"
KEEP = f"""
INSERT INTO case_reference (territory_id, case_id, holder_id, reference) VALUES ({TERRITORY}, $1, {ORGANISATION}, $2)
ON CONFLICT (territory_id, holder_id, reference) DO NOTHING RETURNING true
"""
TAKEN_BY = f"""
SELECT f.number FROM case_reference r JOIN case_file f ON f.territory_id = r.territory_id AND f.id = r.case_id
 WHERE r.territory_id = {TERRITORY} AND r.holder_id = {ORGANISATION} AND r.reference = $1
   AND r.case_id IS DISTINCT FROM $2
"""


def as_stored(text: str) -> str:
    """Return what is looked for as it would be stored; of what no reference can be, nothing is found."""
    try:
        return READ(text) or ""
    except Wrong:
        return ""


async def checked_reference(findings: Findings, value: str | None, case_id: UUID | None = None) -> str | None:
    """Return the reference as it is stored; one that another case of ours has is a problem."""
    reference: str | None = findings.check(READ, value, "external_reference")
    if reference and (number := await connection().fetchval(TAKEN_BY, reference, case_id)):
        findings.add(ProblemCode.TAKEN, "external_reference", number=number)
    return reference


async def keep_reference(case_id: UUID, reference: str) -> None:
    """Store it; whoever took it at this very moment was first."""
    if not await connection().fetchval(KEEP, case_id, reference):
        findings = Findings()
        number = await connection().fetchval(TAKEN_BY, reference, case_id)
        findings.add(ProblemCode.TAKEN, "external_reference", number=number)
        findings.settle()


async def set_external_reference(actor: Actor, case_id: UUID, reference: str | None) -> None:
    """Say what our program calls a case of ours; None takes it away. No version is asked, and none is counted."""
    own = await claim_case(case_id)
    actor.require(Action.CASE_UPDATE)
    if not own:
        raise Refused(action=Action.CASE_UPDATE.value)
    findings = Findings()
    stored = await checked_reference(findings, reference, case_id)
    findings.settle()
    async with within_row_security():
        await connection().execute(FORGET, case_id)
        if stored:
            await keep_reference(case_id, stored)
