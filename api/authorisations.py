"""Queries and mutations of authorisations."""

from datetime import date
from typing import TYPE_CHECKING, Any

import strawberry
from strawberry import UNSET

from api.ids import row_id
from api.reading.answer import read_page
from api.reading.types import TYPES, page_of
from api.verbs import do, given, payload
from authz.actions import Action
from authz.clauses import Basis
from authz.kinds import OrganisationKind
from authz.purposes import Purpose
from tenants.authorisations import service
from tenants.authorisations.shape import AUTHORISATIONS

if TYPE_CHECKING:
    BasisName = Basis
    PurposeName = Purpose
    KindName = OrganisationKind
else:
    BasisName, PurposeName, KindName = TYPES.enum(Basis), TYPES.enum(Purpose), TYPES.enum(OrganisationKind)


@strawberry.input(description="What may be shared, with whom, for what, until when: as the person was told.")
class GiveAuthorisationInput:
    case_id: strawberry.ID
    basis: BasisName = strawberry.field(description="Special and judicial fields need CONSENT.")
    purposes: list[PurposeName] = strawberry.field(description="At least one; nothing is shared for any other.")
    fields: list[str] = strawberry.field(description="Keys of fields or groups; a special field is named itself.")
    until: date = strawberry.field(description="The last day of it.")
    organisations: list[str] = strawberry.field(default_factory=list, description="Slugs.")
    kinds: list[KindName] = strawberry.field(default_factory=list, description="Kinds of organisation.")


@strawberry.input(description="Which authorisation is taken back, and why.")
class WithdrawAuthorisationInput:
    authorisation_id: strawberry.ID
    reason: str = strawberry.field(description="For the holder's own records, at most 500 characters.")


@strawberry.input(description="Every condition that is given has to hold.")
class AuthorisationFilter:
    case_id: strawberry.ID | None = UNSET
    in_force: bool | None = strawberry.field(default=UNSET, description="Neither withdrawn nor over, or one of both.")
    purpose: PurposeName | None = strawberry.field(default=UNSET, description="One of those that it is given for.")

    def conditions(self) -> dict[str, str]:
        """Return the given conditions as text parameters."""
        values = {name: value for name, value in given(self).items() if value is not None}
        if "case_id" in values:
            values["case_id"] = row_id("case", values["case_id"])
        if "purpose" in values:
            values["purpose"] = values["purpose"].lower()
        return {name: str(value) for name, value in values.items()}


Given = payload("GiveAuthorisationPayload", "authorisation", "Authorisation")
Withdrawn = payload("WithdrawAuthorisationPayload", "authorisation", "Authorisation")


@strawberry.type
class Query:
    @page_of("Authorisation", "The authorisations of cases that my organisation holds, newest first.")
    async def authorisations(
        self,
        info: strawberry.Info,
        filter: AuthorisationFilter | None = UNSET,  # noqa: A002
        **paging: Any,
    ) -> Any:
        info.context.viewer.actor.require(Action.CASE_READ)
        return await read_page(
            info._raw_info, "Authorisation", AUTHORISATIONS, filters=filter.conditions() if filter else {}, **paging
        )


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
