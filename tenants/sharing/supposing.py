"""What may be supposed about sharing a case, and by whom; nothing is changed, and nothing is locked."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

from authz.actions import Action
from authz.actor import Actor
from infra.database import connection
from infra.errors import NotFound
from infra.row_security import ORGANISATION, TERRITORY
from tenants.authorisations.service import check_withdrawal
from tenants.checks import Findings
from tenants.joint_work.attaching import check_attachment
from tenants.joint_work.claiming import look
from tenants.joint_work.lapsing import waits
from tenants.joint_work.models import Answer
from tenants.joint_work.service import check_answer, check_proposal

OWN_CASE = f"SELECT holder_id = {ORGANISATION} FROM case_file WHERE territory_id = {TERRITORY} AND id = $1"
CASE_OF_WORK = f"""
SELECT j.case_id, array_agg(p.organisation_id) FILTER (WHERE p.status = 'invited' AND j.closed_at IS NULL
                                               AND {waits("j")})
  FROM joint_intervention j
  JOIN joint_intervention_partner p ON p.territory_id = j.territory_id AND p.joint_intervention_id = j.id
 WHERE j.territory_id = {TERRITORY} AND j.id = $1 GROUP BY j.case_id
"""
CASE_OF_AUTHORISATION = f"SELECT case_id FROM authorisation WHERE territory_id = {TERRITORY} AND id = $1"


@dataclass(frozen=True)
class Supposition:
    """Something that is not done yet about one case: a proposal, an answer, a withdrawal or an attachment."""

    case: UUID
    purpose: str | None = None
    offered: int | None = None
    partners: Sequence[UUID] = ()
    accepted: Sequence[UUID] = ()
    withdrawn: UUID | None = None
    attached_to: UUID | None = None
    attached: UUID | None = None
    shown: Sequence[UUID] | None = None
    """The organisations to tell about; without it, everybody who is concerned."""

    @property
    def values(self) -> Mapping[str, object]:
        """Return the parameters of the query `PREVIEWS`."""
        return asdict(self)


async def if_proposed(
    actor: Actor, case_id: UUID, purpose: str, partners: Sequence[str], fields: Sequence[str]
) -> Supposition:
    """Suppose that we proposed this and all of them accepted today. Raises what the proposal would raise."""
    own = await connection().fetchval(OWN_CASE, case_id)
    if own is None:
        raise NotFound
    findings = Findings()
    aim, mask, invited = await check_proposal(actor, case_id, purpose, partners, fields, own, findings)
    findings.settle()
    return Supposition(case_id, purpose=aim, offered=mask, partners=invited, shown=invited)


async def if_accepted(actor: Actor, joint_intervention_id: UUID) -> Supposition:
    """Suppose that whoever is still invited accepted today: an invited organisation learns of itself alone.

    To such a one it raises what accepting would raise.
    """
    state = await look(joint_intervention_id)
    actor.require(Action.CASE_READ)
    if state.status is not None:
        findings = Findings()
        check_answer(state, Answer.ACCEPTED, findings)
        findings.settle()
    found = await connection().fetchrow(CASE_OF_WORK, joint_intervention_id)
    return Supposition(found[0], accepted=[joint_intervention_id], shown=found[1] or [])


async def if_withdrawn(actor: Actor, authorisation_id: UUID) -> Supposition:
    """Suppose that this authorisation were taken back. Raises what the withdrawal would raise."""
    case_id = await connection().fetchval(CASE_OF_AUTHORISATION, authorisation_id)
    if case_id is None:
        raise NotFound
    (await check_withdrawal(actor, authorisation_id)).settle()
    return Supposition(case_id, withdrawn=authorisation_id)


async def if_attached(actor: Actor, joint_intervention_id: UUID, authorisation_id: UUID) -> Supposition:
    """Suppose that joint work of ours stood on this authorisation too. Raises what attaching it would raise."""
    state = await look(joint_intervention_id)
    partners = await check_attachment(actor, joint_intervention_id, authorisation_id, state)
    case_id: UUID = await connection().fetchval(CASE_OF_AUTHORISATION, authorisation_id)
    return Supposition(case_id, attached_to=joint_intervention_id, attached=authorisation_id, shown=partners)
