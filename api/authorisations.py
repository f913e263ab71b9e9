"""Mutations of authorisations."""

from datetime import date
from typing import TYPE_CHECKING, Any

import strawberry

from api.ids import row_id
from api.reading.types import TYPES
from api.verbs import do, payload
from authz.kinds import OrganisationKind
from authz.purposes import Purpose
from tenants.authorisations import service
from tenants.authorisations.models import Basis

if TYPE_CHECKING:
    BasisName = Basis
    PurposeName = Purpose
    KindName = OrganisationKind
else:
    BasisName, PurposeName, KindName = TYPES.enum(Basis), TYPES.enum(Purpose), TYPES.enum(OrganisationKind)


@strawberry.input
class GiveAuthorisationInput:
    case_id: strawberry.ID
    basis: BasisName
    purposes: list[PurposeName]
    fields: list[str] = strawberry.field(description="Keys of fields or groups; a special field is named itself.")
    until: date = strawberry.field(description="The last day of it.")
    organisations: list[str] = strawberry.field(default_factory=list, description="Slugs.")
    kinds: list[KindName] = strawberry.field(default_factory=list, description="Kinds of organisation.")


@strawberry.input
class WithdrawAuthorisationInput:
    authorisation_id: strawberry.ID
    reason: str


Given = payload("GiveAuthorisationPayload", "authorisation", "Authorisation")
Withdrawn = payload("WithdrawAuthorisationPayload", "authorisation", "Authorisation")


@strawberry.type
class Mutation:
    @strawberry.mutation(graphql_type=Given, description="Record a consent of the person, or a public task.")
    async def give_authorisation(self, info: strawberry.Info, input: GiveAuthorisationInput) -> Any:  # noqa: A002
        actor = info.context.viewer.actor
        case = row_id("case", input.case_id)
        return Given(
            outcome=await do(
                info,
                lambda: service.give_authorisation(
                    actor,
                    case,
                    basis=input.basis.value.lower(),
                    purposes=[purpose.value.lower() for purpose in input.purposes],
                    organisations=input.organisations,
                    kinds=[kind.value.lower() for kind in input.kinds],
                    fields=input.fields,
                    until=input.until,
                ),
            )
        )

    @strawberry.mutation(graphql_type=Withdrawn, description="Withdraw it: whoever saw the case by it sees it no more.")
    async def withdraw_authorisation(self, info: strawberry.Info, input: WithdrawAuthorisationInput) -> Any:  # noqa: A002
        row = row_id("authorisation", input.authorisation_id)
        verb = service.withdraw_authorisation
        return Withdrawn(outcome=await do(info, lambda: verb(info.context.viewer.actor, row, input.reason)))
