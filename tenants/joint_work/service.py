"""Verbs of joint interventions: propose, accept or decline, close."""

from collections.abc import Sequence
from uuid import UUID

from authz.actions import Action
from authz.actor import Actor
from infra.clock import now
from infra.database import connection
from infra.errors import Invalid, NotFound, Problem, ProblemCode, Refused
from tenants.authorisations.service import reason_of
from tenants.cases.checks import Mistake, text
from tenants.cases.writing import own_case
from tenants.joint_work.models import Answer
from tenants.sharing.choices import chosen_fields, chosen_organisations

MOST_PARTNERS = 20

GRANTED = """
SELECT g.organisation_id FROM pact_grant g
  JOIN pact_party p ON p.territory_id = g.territory_id AND p.pact_version_id = g.pact_version_id
   AND p.organisation_id = g.organisation_id AND (p.left_on IS NULL OR p.left_on > current_date)
 WHERE g.territory_id = $1 AND g.purpose = $2 AND g.organisation_id = ANY ($3) AND g.read_mask <> 0
"""
PROPOSE = """
INSERT INTO joint_intervention (territory_id, case_id, holder_id, purpose, offered_mask, message, proposed_at,
                                proposed_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id
"""
INVITE = """
INSERT INTO joint_intervention_partner (territory_id, joint_intervention_id, organisation_id, holder_id, case_id)
SELECT $1, $2, invited.id, $3, $4 FROM unnest($5::uuid[]) invited (id)
"""
FIND = "SELECT case_id, holder_id, closed_at FROM joint_intervention WHERE territory_id = $1 AND id = $2"
INVITATION = """
SELECT status FROM joint_intervention_partner
 WHERE territory_id = $1 AND joint_intervention_id = $2 AND organisation_id = $3 FOR UPDATE
"""
ANSWER = """
UPDATE joint_intervention_partner SET status = $4, answered_at = $5, answered_by = $6, decline_reason = $7
 WHERE territory_id = $1 AND joint_intervention_id = $2 AND organisation_id = $3
"""
CLOSE = """
UPDATE joint_intervention SET closed_at = $3, closed_by = $4, closing_reason = $5
 WHERE territory_id = $1 AND id = $2 AND closed_at IS NULL RETURNING id
"""


async def propose_joint_intervention(
    actor: Actor, case_id: UUID, purpose: str, partners: Sequence[str], fields: Sequence[str], message: str | None
) -> UUID:
    """Invite organisations to work on a case that the actor's organisation holds, and return the work's id.

    What is offered may be more than the pact shares: the least of all is what they see. Raises `NotFound`,
    `Refused` or `Invalid`.
    """
    await own_case(actor, case_id, Action.JOINT_INTERVENTION_PROPOSE)
    mask, problems = chosen_fields(fields)
    invited, unknown = await _invited(actor, purpose, partners)
    problems += unknown
    try:
        words = text(2000)(message or "")
    except Mistake as mistake:
        problems.append(mistake.at("message"))
    if problems:
        raise Invalid(problems)
    who = (actor.territory_id, case_id, actor.organisation_id)
    row: UUID = await connection().fetchval(PROPOSE, *who, purpose, mask, words, now(), actor.account_id)
    await connection().execute(INVITE, actor.territory_id, row, actor.organisation_id, case_id, invited)
    return row


async def accept_joint_intervention(actor: Actor, joint_intervention_id: UUID) -> UUID:
    """Take part. Raises `NotFound`, `Refused`, or `Invalid` if it was answered or closed before."""
    return await _answer(actor, joint_intervention_id, Answer.ACCEPTED)


async def decline_joint_intervention(actor: Actor, joint_intervention_id: UUID, reason: str) -> UUID:
    """Decline, with the reason. Raises `NotFound`, `Refused` or `Invalid`."""
    return await _answer(actor, joint_intervention_id, Answer.DECLINED, reason)


async def close_joint_intervention(actor: Actor, joint_intervention_id: UUID, reason: str) -> UUID:
    """End the joint work that the actor's organisation holds. Raises `NotFound`, `Refused` or `Invalid`."""
    found = await connection().fetchrow(FIND, actor.territory_id, joint_intervention_id)
    if found is None:
        raise NotFound
    if found["holder_id"] != actor.organisation_id:
        raise Refused(action=Action.JOINT_INTERVENTION_CLOSE.value)
    actor.require(Action.JOINT_INTERVENTION_CLOSE)
    where = (actor.territory_id, joint_intervention_id, now(), actor.account_id, reason_of(reason))
    if await connection().fetchval(CLOSE, *where) is None:
        raise Invalid([Problem(ProblemCode.WRONG_STATE, ("joint_intervention_id",))])
    return joint_intervention_id


async def _invited(actor: Actor, purpose: str, partners: Sequence[str]) -> tuple[list[UUID], list[Problem]]:
    """Return the ids of the partners that the pact lets take part, and what is wrong with the others."""
    if not partners:
        return [], [Problem(ProblemCode.REQUIRED, ("partners",))]
    if len(partners) > MOST_PARTNERS:
        return [], [Problem(ProblemCode.TOO_MANY, ("partners",))]
    known, problems = await chosen_organisations(actor, partners, "partners")
    rows = await connection().fetch(GRANTED, actor.territory_id, purpose, list(known.values()))
    granted = {row["organisation_id"] for row in rows} - {actor.organisation_id}
    problems += [
        Problem(ProblemCode.NOT_SHAREABLE, ("partners", str(position)))
        for position, slug in enumerate(partners)
        if slug in known and known[slug] not in granted
    ]
    return sorted(granted), problems


async def _answer(actor: Actor, joint_intervention_id: UUID, answer: Answer, reason: str = "") -> UUID:
    found = await connection().fetchrow(FIND, actor.territory_id, joint_intervention_id)
    if found is None:
        raise NotFound
    where = (actor.territory_id, joint_intervention_id, actor.organisation_id)
    status = await connection().fetchval(INVITATION, *where)
    if status is None:
        raise Refused(action=Action.JOINT_INTERVENTION_ANSWER.value)
    actor.require(Action.JOINT_INTERVENTION_ANSWER)
    if status != Answer.INVITED:
        raise Invalid([Problem(ProblemCode.ALREADY_ANSWERED, ("joint_intervention_id",))])
    if found["closed_at"] is not None:
        raise Invalid([Problem(ProblemCode.WRONG_STATE, ("joint_intervention_id",))])
    why = reason_of(reason) if answer is Answer.DECLINED else None
    await connection().execute(ANSWER, *where, answer.value, now(), actor.account_id, why)
    return joint_intervention_id
