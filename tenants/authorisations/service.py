"""The verbs of authorisations: what the person agrees to share, or a public task requires, and taking it back."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from authz.actions import Action
from authz.actor import Actor
from authz.clauses import Basis
from authz.kinds import OrganisationKind
from authz.purposes import Purpose
from infra.clock import end_of_day, now, today
from infra.database import connection
from infra.errors import NotFound, ProblemCode, Refused
from infra.row_security import ORGANISATION, TERRITORY
from tenants.cases.writing import claim_case
from tenants.checks import Check, Findings, Wrong, lines, one_of
from tenants.events.models import EventKind
from tenants.events.recording import record
from tenants.sharing.inputs import named_fields, named_organisations

LONGEST_YEARS = 5
WARNED_BEFORE = timedelta(days=7)

GIVE = f"""
INSERT INTO authorisation (territory_id, case_id, holder_id, basis, purposes, organisation_ids, kinds, field_mask,
                           until, given_at, given_by)
VALUES ({TERRITORY}, $1, $2, $3, $4, $5, $6, $7, $8, now(), $9) RETURNING id
"""
# A public task is the law's and not the person's: where the pact rests nothing on it, it lets nobody see anything.
RESTS_ON_IT = f"""
SELECT EXISTS (
  SELECT FROM pact_term t JOIN organisation o ON o.territory_id = t.territory_id AND o.id = t.organisation_id
   WHERE t.territory_id = {TERRITORY} AND t.basis = '{Basis.PUBLIC_TASK}' AND t.purpose = ANY ($1)
     AND (o.id = ANY ($2) OR o.kind = ANY ($3)) AND t.organisation_id <> {ORGANISATION} AND t.read_mask & $4 <> 0)
"""
CASE_OF = f"SELECT case_id FROM authorisation WHERE territory_id = {TERRITORY} AND id = $1"
WITHDRAWN = f"SELECT withdrawn_at FROM authorisation WHERE territory_id = {TERRITORY} AND id = $1"
WITHDRAW = f"""
UPDATE authorisation SET withdrawn_at = now(), withdrawn_by = $2, withdrawal_reason = $3
 WHERE territory_id = {TERRITORY} AND id = $1
"""
NOTE_SUSPENDED = "SELECT note_suspended($1)"


async def give_authorisation(
    actor: Actor,
    case_id: UUID,
    *,
    basis: str,
    purposes: Sequence[str],
    organisations: Sequence[str],
    kinds: Sequence[str],
    fields: Sequence[str],
    until: date,
) -> UUID:
    """Record what may be shared of a case of ours, with whom, for what, and through which day."""
    own = await claim_case(case_id)
    actor.require(Action.AUTHORISATION_GIVE)
    if not own:
        raise Refused(action=Action.AUTHORISATION_GIVE.value)
    findings = Findings()
    ground = findings.require(one_of(Basis), basis, "basis")
    found_purposes = findings.each(one_of(Purpose), purposes, "purposes")
    found_kinds = findings.each(one_of(OrganisationKind), kinds, "kinds")
    partners = await named_organisations(findings, organisations, "organisations", actor.organisation_id)
    mask = named_fields(findings, fields, with_consent=ground == Basis.CONSENT)
    findings.require(_last_day(today()), until, "until")
    if not purposes:
        findings.add(ProblemCode.REQUIRED, "purposes")
    if not organisations and not kinds:
        findings.add(ProblemCode.REQUIRED, "organisations")
    if ground == Basis.PUBLIC_TASK:
        await _refuse_what_gives_nothing(findings, found_purposes, [*partners.values()], found_kinds, mask)
    findings.settle()
    facts = (ground, found_purposes, sorted(partners.values()), found_kinds, mask)
    end = end_of_day(until)
    authorisation_id: UUID = await connection().fetchval(
        GIVE, case_id, actor.organisation_id, *facts, end, actor.account_id
    )
    await _record_gift(case_id, authorisation_id, end)
    return authorisation_id


async def _refuse_what_gives_nothing(
    findings: Findings, purposes: Sequence[str], partners: Sequence[UUID], kinds: Sequence[str], mask: int
) -> None:
    """Find fault with a public task on which the pact rests nothing of this; what is left out has its own problem."""
    if not (purposes and mask) or not (partners or kinds):
        return
    if not await connection().fetchval(RESTS_ON_IT, purposes, partners, kinds, mask):
        findings.add(ProblemCode.NOT_SHAREABLE, "basis", text="problem.public_task_gives_nothing")


async def _record_gift(case_id: UUID, authorisation_id: UUID, until: datetime) -> None:
    """Say that it was given, and have the holder warned before it ends unless that is nearer already."""
    await record(EventKind.AUTHORISATION_GIVEN, case_id, authorisation_id=authorisation_id)
    warned = until - WARNED_BEFORE
    if warned > now():
        kind = EventKind.AUTHORISATION_WILL_END
        await record(kind, case_id, authorisation_id=authorisation_id, at=warned)


def _last_day(first: date) -> Check:
    def check(value: object) -> date:
        if not isinstance(value, date):
            raise Wrong(ProblemCode.INVALID_FORMAT)
        if value < first:
            raise Wrong(ProblemCode.IN_THE_PAST)
        if (value.year, value.month, value.day) > (first.year + LONGEST_YEARS, first.month, first.day):
            raise Wrong(ProblemCode.TOO_FAR)
        return value

    return check


async def withdraw_authorisation(actor: Actor, authorisation_id: UUID, reason: str) -> UUID:
    """Take it back: whoever saw the case by it sees it no more, from the next statement on."""
    case_id = await connection().fetchval(CASE_OF, authorisation_id)
    if case_id is None:
        raise NotFound
    await claim_case(case_id)
    findings = await check_withdrawal(actor, authorisation_id)
    text = findings.require(lines(500), reason, "reason")
    findings.settle()
    await connection().execute(WITHDRAW, authorisation_id, actor.account_id, text)
    await record(EventKind.AUTHORISATION_WITHDRAWN, case_id, authorisation_id=authorisation_id)
    await connection().execute(NOTE_SUSPENDED, case_id)
    return authorisation_id


async def check_withdrawal(actor: Actor, authorisation_id: UUID) -> Findings:
    """Return what is wrong with a withdrawal, be it made or only supposed. Raises `Refused`."""
    actor.require(Action.AUTHORISATION_WITHDRAW)
    findings = Findings()
    if await connection().fetchval(WITHDRAWN, authorisation_id) is not None:
        findings.add(ProblemCode.WRONG_STATE, "authorisation_id", text="problem.already_withdrawn")
    return findings
