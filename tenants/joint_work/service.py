"""The verbs of joint interventions: the holder proposes and closes, each invited partner answers once."""

from collections.abc import Sequence
from uuid import UUID

from authz.actions import Action
from authz.actor import Actor
from authz.purposes import Purpose
from infra.clock import now
from infra.database import connection
from infra.errors import ProblemCode, Refused
from infra.row_security import ORGANISATION, TERRITORY
from tenants.cases.models import CaseStatus
from tenants.cases.writing import claim_case, within_row_security
from tenants.checks import Findings, lines, one_of, without_repeats
from tenants.events.models import EventKind
from tenants.events.recording import record
from tenants.joint_work.claiming import State, claim, look
from tenants.joint_work.lapsing import LAPSES_AFTER, REMINDED_BEFORE, waits
from tenants.joint_work.models import Answer
from tenants.joint_work.reasons import ClosingReason, DeclineReason
from tenants.sharing.inputs import named_fields, named_organisations
from tenants.sharing.standing import takes_part

MOST_PARTNERS = 20
ANSWERED = {
    Answer.ACCEPTED: EventKind.JOINT_INTERVENTION_ACCEPTED,
    Answer.DECLINED: EventKind.JOINT_INTERVENTION_DECLINED,
}

IS_CLOSED = f"SELECT status = '{CaseStatus.CLOSED}' FROM case_file WHERE territory_id = {TERRITORY} AND id = $1"
GRANTED = f"""
SELECT g.organisation_id FROM pact_grant g
 WHERE g.territory_id = {TERRITORY} AND g.organisation_id = ANY ($1) AND g.purpose = $2 AND g.read_mask <> 0
   AND {takes_part("g")}
"""
PROPOSE = f"""
INSERT INTO joint_intervention (territory_id, case_id, holder_id, purpose, proposed_at, proposed_by)
VALUES ({TERRITORY}, $1, $2, $3, now(), $4) RETURNING id
"""
OFFER = f"""
INSERT INTO joint_intervention_offer (territory_id, joint_intervention_id, case_id, holder_id, offered_mask, message)
VALUES ({TERRITORY}, $1, $2, $3, $4, $5)
"""
# What is proposed already, or under way, for the same purpose: a second one would only be taken for the first.
ALREADY = f"""
SELECT p.organisation_id
  FROM joint_intervention j
  JOIN joint_intervention_partner p
    ON p.territory_id = j.territory_id AND p.joint_intervention_id = j.id
   AND (p.status = 'accepted' OR p.status = 'invited' AND {waits("j")})
 WHERE j.territory_id = {TERRITORY} AND j.case_id = $1 AND j.purpose = $2 AND j.closed_at IS NULL
"""
INVITE = f"""
INSERT INTO joint_intervention_partner (territory_id, joint_intervention_id, organisation_id, holder_id, case_id)
SELECT {TERRITORY}, $1, o.id, $3, $4 FROM unnest($2::uuid[]) o (id)
"""
ANSWER = f"""
UPDATE joint_intervention_partner SET status = $2, answered_at = now(), answered_by = $3, decline_reason = $4
 WHERE territory_id = {TERRITORY} AND joint_intervention_id = $1 AND organisation_id = {ORGANISATION}
"""
SEE = "SELECT see_proposal($1)"
CLOSE = f"""
UPDATE joint_intervention SET closed_at = now(), closed_by = $2, closing_reason = $3
 WHERE territory_id = {TERRITORY} AND id = $1
"""


async def propose_joint_intervention(
    actor: Actor, case_id: UUID, purpose: str, partners: Sequence[str], fields: Sequence[str], message: str | None
) -> UUID:
    """Invite organisations to work with us on a case of ours, and offer them fields of it."""
    own, findings = await claim_case(case_id), Findings()
    aim, mask, invited = await check_proposal(actor, case_id, purpose, partners, fields, own, findings)
    text = findings.check(lines(2000), message, "message")
    findings.settle()
    row: UUID = await connection().fetchval(PROPOSE, case_id, actor.organisation_id, aim, actor.account_id)
    await connection().execute(OFFER, row, case_id, actor.organisation_id, mask, text)
    await connection().execute(INVITE, row, invited, actor.organisation_id, case_id)
    await record(EventKind.JOINT_INTERVENTION_PROPOSED, joint_intervention_id=row)
    lapses = now() + LAPSES_AFTER
    await record(EventKind.JOINT_INTERVENTION_WILL_LAPSE, joint_intervention_id=row, at=lapses - REMINDED_BEFORE)
    await record(EventKind.JOINT_INTERVENTION_LAPSED, joint_intervention_id=row, at=lapses)
    return row


async def check_proposal(
    actor: Actor,
    case_id: UUID,
    purpose: str,
    partners: Sequence[str],
    fields: Sequence[str],
    own: bool,
    findings: Findings,
) -> tuple[str | None, int, list[UUID]]:
    """Return purpose, offered fields and partners of a proposal, be it made or only supposed."""
    actor.require(Action.JOINT_INTERVENTION_PROPOSE)
    if not own:
        raise Refused(action=Action.JOINT_INTERVENTION_PROPOSE.value)
    aim = findings.require(one_of(Purpose), purpose, "purpose")
    mask = named_fields(findings, fields, with_consent=True)
    invited = await _partners(findings, actor, aim, partners)
    already = {row[0] for row in await connection().fetch(ALREADY, case_id, aim)}
    if already.intersection(invited):
        findings.add(ProblemCode.WRONG_STATE, "partners", text="problem.already_proposed")
    if await connection().fetchval(IS_CLOSED, case_id):
        findings.add(ProblemCode.WRONG_STATE, "case_id", text="problem.case_is_closed")
    return aim, mask, invited


async def _partners(findings: Findings, actor: Actor, purpose: str | None, slugs: Sequence[str]) -> list[UUID]:
    """Return the organisations to invite; each has to be a party to which the pact gives something for the purpose."""
    if not slugs:
        findings.add(ProblemCode.REQUIRED, "partners")
    me = actor.organisation_id
    found = await named_organisations(findings, slugs, "partners", me, most=MOST_PARTNERS)
    if purpose is not None:
        granted = {row[0] for row in await connection().fetch(GRANTED, list(found.values()), purpose)}
        for position, slug in enumerate(slugs):
            if found.get(slug, me) not in {me, *granted}:
                findings.add(ProblemCode.NOT_SHAREABLE, "partners", str(position), text="problem.partner_not_in_pact")
    return without_repeats(found[slug] for slug in slugs if slug in found)


async def mark_proposal_read(_actor: Actor, joint_intervention_id: UUID) -> UUID:
    """Say that my organisation has read what it was proposed, so that the holder knows; who of us has, nobody is told.

    Raises `NotFound`. The first time counts, and for the holder it does nothing.
    """
    await look(joint_intervention_id)
    await connection().execute(SEE, joint_intervention_id)
    return joint_intervention_id


async def accept_joint_intervention(actor: Actor, joint_intervention_id: UUID) -> UUID:
    """Take part: from here on the case is shared with us, as far as pact, authorisation and offer allow."""
    return await _answer(actor, joint_intervention_id, Answer.ACCEPTED, None, Findings())


async def decline_joint_intervention(actor: Actor, joint_intervention_id: UUID, reason: str) -> UUID:
    """Do not take part, and say why, by an item of the list."""
    findings = Findings()
    text = findings.require(one_of(DeclineReason), reason, "reason")
    return await _answer(actor, joint_intervention_id, Answer.DECLINED, text, findings)


async def _answer(actor: Actor, row: UUID, answer: Answer, reason: str | None, findings: Findings) -> UUID:
    state = await claim(row)
    actor.require(Action.JOINT_INTERVENTION_ANSWER)
    if state.status is None:
        raise Refused(action=Action.JOINT_INTERVENTION_ANSWER.value)
    check_answer(state, answer, findings)
    findings.settle()
    async with within_row_security():
        await connection().execute(ANSWER, row, answer.value, actor.account_id, reason)
    await record(ANSWERED[answer], joint_intervention_id=row)
    return row


def check_answer(state: State, answer: Answer, findings: Findings) -> None:
    """Find what is wrong with an answer, be it given or only supposed."""
    if state.status != Answer.INVITED:
        findings.add(ProblemCode.ALREADY_ANSWERED, "joint_intervention_id")
    elif state.closed_at is not None:
        findings.add(ProblemCode.WRONG_STATE, "joint_intervention_id", text="problem.joint_work_is_closed")
    elif not state.waits:
        findings.add(ProblemCode.WRONG_STATE, "joint_intervention_id", text="problem.proposal_lapsed")
    if answer is Answer.ACCEPTED and not state.takes_part:
        findings.add(ProblemCode.WRONG_STATE, "joint_intervention_id", text="problem.not_a_party")


async def close_joint_intervention(actor: Actor, joint_intervention_id: UUID, reason: str) -> UUID:
    """End joint work that we hold: no partner sees the case by it any more."""
    state = await claim(joint_intervention_id)
    actor.require(Action.JOINT_INTERVENTION_CLOSE)
    if state.status is not None:
        raise Refused(action=Action.JOINT_INTERVENTION_CLOSE.value)
    findings = Findings()
    text = findings.require(one_of(ClosingReason), reason, "reason")
    if state.closed_at is not None:
        findings.add(ProblemCode.WRONG_STATE, "joint_intervention_id", text="problem.joint_work_is_closed")
    findings.settle()
    await connection().execute(CLOSE, joint_intervention_id, actor.account_id, text)
    await record(EventKind.JOINT_INTERVENTION_CLOSED, joint_intervention_id=joint_intervention_id)
    return joint_intervention_id
