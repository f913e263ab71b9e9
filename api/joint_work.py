"""Queries and mutations of joint interventions."""

from typing import TYPE_CHECKING, Any

import strawberry
from strawberry import UNSET

from api.ids import row_id
from api.reading.answer import read_page
from api.reading.types import TYPES, page_of
from api.verbs import do, given, payload
from authz.purposes import Purpose
from tenants.joint_work import service
from tenants.joint_work.attaching import attach_authorisation
from tenants.joint_work.reasons import ClosingReason, DeclineReason
from tenants.joint_work.shape import JOINT_INTERVENTIONS, JointInterventionStatus

if TYPE_CHECKING:
    PurposeName = Purpose
    StatusName = JointInterventionStatus
    DeclineReasonName = DeclineReason
    ClosingReasonName = ClosingReason
else:
    PurposeName = TYPES.enum(Purpose)
    StatusName = TYPES.enum(JointInterventionStatus)
    DeclineReasonName, ClosingReasonName = TYPES.enum(DeclineReason), TYPES.enum(ClosingReason)
PREFIX = "joint-intervention"


@strawberry.input(description="Who is invited to what, and what they would be shown.")
class ProposeJointInterventionInput:
    case_id: strawberry.ID
    purpose: PurposeName = strawberry.field(description="It decides which clause of the pact shares what.")
    partners: list[str] = strawberry.field(description="Slugs of the organisations to invite.")
    fields: list[str] = strawberry.field(description="Keys of fields or groups to offer.")
    message: str | None = strawberry.field(default=UNSET, description="For those invited, at most 2000 characters.")


@strawberry.input(description="Which invitation my organisation accepts.")
class AcceptJointInterventionInput:
    joint_intervention_id: strawberry.ID


@strawberry.input(description="Which invitation my organisation declines, and why.")
class DeclineJointInterventionInput:
    joint_intervention_id: strawberry.ID
    reason: DeclineReasonName = strawberry.field(description="Told to the holder.")


@strawberry.input(description="Which joint work ends, and why.")
class CloseJointInterventionInput:
    joint_intervention_id: strawberry.ID
    reason: ClosingReasonName = strawberry.field(description="Told to the partners.")


@strawberry.input(description="Which joint work is to stand on which authorisation.")
class AttachAuthorisationInput:
    joint_intervention_id: strawberry.ID
    authorisation_id: strawberry.ID = strawberry.field(
        description="An authorisation of the same case that is in force and names a partner that accepted."
    )


@strawberry.input(description="Every condition that is given has to hold.")
class JointInterventionFilter:
    waiting_for_us: bool | None = strawberry.field(
        default=UNSET, description="Whether my organisation is invited, has not answered, and still can."
    )
    status: StatusName | None = strawberry.field(default=UNSET, description="Where it stands, as far as I see it.")
    purpose: PurposeName | None = strawberry.field(default=UNSET, description="What it is for.")

    def conditions(self) -> dict[str, str]:
        """Return the given conditions as text parameters."""
        values = {name: value for name, value in given(self).items() if value is not None}
        if "purpose" in values:
            values["purpose"] = values["purpose"].lower()
        return {name: str(value) for name, value in values.items()}


@strawberry.input(description="Which proposal my organisation has read.")
class MarkProposalReadInput:
    joint_intervention_id: strawberry.ID


Proposed = payload("ProposeJointInterventionPayload", "joint_intervention", "JointIntervention")
Accepted = payload("AcceptJointInterventionPayload", "joint_intervention", "JointIntervention")
Declined = payload("DeclineJointInterventionPayload", "joint_intervention", "JointIntervention")
Attached = payload("AttachAuthorisationPayload", "joint_intervention", "JointIntervention")
Read = payload("MarkProposalReadPayload", "joint_intervention", "JointIntervention")
Closed = payload("CloseJointInterventionPayload", "joint_intervention", "JointIntervention")


@strawberry.type
class Query:
    @page_of("JointIntervention", "Joint interventions that my organisation holds or is invited to, newest first.")
    async def joint_interventions(
        self,
        info: strawberry.Info,
        filter: JointInterventionFilter | None = UNSET,  # noqa: A002
        **paging: Any,
    ) -> Any:
        return await read_page(
            info._raw_info,
            "JointIntervention",
            JOINT_INTERVENTIONS,
            filters=filter.conditions() if filter else {},
            **paging,
        )


@strawberry.type
class Mutation:
    @strawberry.mutation(graphql_type=Proposed, description="Invite organisations to work on a case that I hold.")
    async def propose_joint_intervention(self, info: strawberry.Info, input: ProposeJointInterventionInput) -> Any:  # noqa: A002
        actor = info.context.viewer.actor
        case = row_id("case", input.case_id)
        return Proposed(
            outcome=await do(
                info,
                lambda: service.propose_joint_intervention(
                    actor, case, input.purpose.value.lower(), input.partners, input.fields, input.message or None
                ),
            )
        )

    @strawberry.mutation(
        graphql_type=Read,
        description="Say that my organisation has read a proposal to it: the holder sees when, and not who. The first "
        "time counts.",
    )
    async def mark_proposal_read(self, info: strawberry.Info, input: MarkProposalReadInput) -> Any:  # noqa: A002
        row = row_id(PREFIX, input.joint_intervention_id)
        verb = service.mark_proposal_read
        return Read(outcome=await do(info, lambda: verb(info.context.viewer.actor, row)))

    @strawberry.mutation(graphql_type=Accepted, description="Take part: from now on the case is shared with us.")
    async def accept_joint_intervention(self, info: strawberry.Info, input: AcceptJointInterventionInput) -> Any:  # noqa: A002
        row = row_id(PREFIX, input.joint_intervention_id)
        verb = service.accept_joint_intervention
        return Accepted(outcome=await do(info, lambda: verb(info.context.viewer.actor, row)))

    @strawberry.mutation(graphql_type=Declined, description="Decline an invitation, with the reason.")
    async def decline_joint_intervention(self, info: strawberry.Info, input: DeclineJointInterventionInput) -> Any:  # noqa: A002
        row = row_id(PREFIX, input.joint_intervention_id)
        verb = service.decline_joint_intervention
        reason = input.reason.value.lower()
        return Declined(outcome=await do(info, lambda: verb(info.context.viewer.actor, row, reason)))

    @strawberry.mutation(graphql_type=Closed, description="End the joint work: partners see the case no more.")
    async def close_joint_intervention(self, info: strawberry.Info, input: CloseJointInterventionInput) -> Any:  # noqa: A002
        row = row_id(PREFIX, input.joint_intervention_id)
        verb = service.close_joint_intervention
        reason = input.reason.value.lower()
        return Closed(outcome=await do(info, lambda: verb(info.context.viewer.actor, row, reason)))

    @strawberry.mutation(
        graphql_type=Attached,
        description="Have joint work stand on a later authorisation too; by itself a new one gives nobody anything.",
    )
    async def attach_authorisation(self, info: strawberry.Info, input: AttachAuthorisationInput) -> Any:  # noqa: A002
        row = row_id(PREFIX, input.joint_intervention_id)
        authorisation = row_id("authorisation", input.authorisation_id)
        verb = attach_authorisation
        return Attached(outcome=await do(info, lambda: verb(info.context.viewer.actor, row, authorisation)))
