"""The verb by which the holder has running joint work stand on a later authorisation: a new one gives nothing alone."""

from uuid import UUID

from authz.actions import Action
from authz.actor import Actor
from infra.database import connection
from infra.errors import NotFound, ProblemCode, Refused
from infra.row_security import TERRITORY
from tenants.checks import Findings
from tenants.events.models import EventKind
from tenants.events.recording import record
from tenants.joint_work.claiming import State, claim
from tenants.sharing.standing import stood_on, takes_part

AUTHORISATION = f"""
SELECT a.withdrawn_at IS NOT NULL OR a.until <= now()
  FROM authorisation a
  JOIN joint_intervention j ON j.territory_id = a.territory_id AND j.case_id = a.case_id AND j.id = $1
 WHERE a.territory_id = {TERRITORY} AND a.id = $2
"""
# Partners that accepted and take part still, whom the authorisation names for this purpose; and whether they have it.
NAMED = f"""
SELECT p.organisation_id,
       EXISTS (SELECT FROM joint_intervention_authorisation s
                WHERE s.territory_id = p.territory_id AND s.joint_intervention_id = p.joint_intervention_id
                  AND s.organisation_id = p.organisation_id AND s.authorisation_id = $2
                  AND s.ended_at IS NULL) AS attached
  FROM joint_intervention j
  JOIN joint_intervention_partner p
    ON p.territory_id = j.territory_id AND p.joint_intervention_id = j.id AND p.status = 'accepted'
  JOIN organisation o ON o.territory_id = p.territory_id AND o.id = p.organisation_id
  JOIN authorisation a ON a.territory_id = j.territory_id AND a.id = $2 AND a.case_id = j.case_id
 WHERE j.territory_id = {TERRITORY} AND j.id = $1 AND {stood_on("j.purpose", "now()")} AND {takes_part("p")}
 ORDER BY p.organisation_id
"""
ATTACH = f"""
INSERT INTO joint_intervention_authorisation (territory_id, joint_intervention_id, organisation_id, authorisation_id,
                                              holder_id, case_id, attached_at, attached_by)
SELECT j.territory_id, j.id, o.id, $2, j.holder_id, j.case_id, now(), $4
  FROM joint_intervention j CROSS JOIN unnest($3::uuid[]) o (id)
 WHERE j.territory_id = {TERRITORY} AND j.id = $1
"""


async def attach_authorisation(actor: Actor, joint_intervention_id: UUID, authorisation_id: UUID) -> UUID:
    """Have joint work of ours stand on this authorisation too: whoever accepted and is named in it sees by it again."""
    state = await claim(joint_intervention_id)
    partners = await check_attachment(actor, joint_intervention_id, authorisation_id, state)
    await connection().execute(ATTACH, joint_intervention_id, authorisation_id, partners, actor.account_id)
    for partner in partners:
        await record(
            EventKind.JOINT_INTERVENTION_ATTACHED, joint_intervention_id=joint_intervention_id, partner_id=partner
        )
    return joint_intervention_id


async def check_attachment(
    actor: Actor, joint_intervention_id: UUID, authorisation_id: UUID, state: State
) -> list[UUID]:
    """Return the partners that would see by it, be it attached or only supposed to be."""
    ended = await connection().fetchval(AUTHORISATION, joint_intervention_id, authorisation_id)
    if ended is None:
        raise NotFound
    actor.require(Action.AUTHORISATION_GIVE)
    if state.status is not None:
        raise Refused(action=Action.AUTHORISATION_GIVE.value)
    findings = Findings()
    if state.closed_at is not None:
        findings.add(ProblemCode.WRONG_STATE, "joint_intervention_id", text="problem.joint_work_is_closed")
    named = await connection().fetch(NAMED, joint_intervention_id, authorisation_id)
    partners = [organisation for organisation, attached in named if not attached]
    if ended:
        findings.add(ProblemCode.WRONG_STATE, "authorisation_id", text="problem.authorisation_ended")
    elif not named:
        findings.add(ProblemCode.NOT_SHAREABLE, "authorisation_id", text="problem.authorisation_names_nobody")
    elif not partners:
        findings.add(ProblemCode.WRONG_STATE, "authorisation_id", text="problem.already_attached")
    findings.settle()
    return partners
