"""Queries and mutations of cases."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from enum import Enum
from typing import Annotated, Any
from uuid import UUID

import strawberry
from strawberry import UNSET
from strawberry.utils.str_converters import to_camel_case

from api import case_inputs as inputs
from api.ids import row_id
from api.nodes import visible
from api.reading.answer import read_page
from api.reading.types import TYPES, page_of
from api.verbs import do, given, payload
from authz.actions import Action
from infra.errors import BadRequest
from tenants.cases import service
from tenants.cases.identity_codes import spelt
from tenants.cases.listing import CASES
from tenants.cases.names import asked_words
from tenants.cases.references import as_stored, set_external_reference


@strawberry.input(description="Every condition that is given has to hold; each is a question about what I may read.")
class CaseFilter:
    status: inputs.Status | None = strawberry.field(default=UNSET, description="Where the case stands now.")
    number: str | None = strawberry.field(default=UNSET, description="The whole number, in capitals or not.")
    holder: str | None = strawberry.field(default=UNSET, description="Slug of the organisation that holds it.")
    opened_from: date | None = strawberry.field(default=UNSET, description="The first day of opening that is meant.")
    opened_to: date | None = strawberry.field(default=UNSET, description="The last day of opening that is meant.")
    municipality: str | None = strawberry.field(default=UNSET, description="ISTAT code.")
    name: str | None = strawberry.field(
        default=UNSET,
        description="Words that begin words of the name, in any order. Accents, capitals, apostrophes and hyphens do "
        "not matter, and other scripts are found by Latin letters.",
    )

    identity_code: str | None = strawberry.field(
        default=UNSET,
        description="The whole codice fiscale, STP or ENI code, in capitals or not. Of cases of others it is logged as "
        "a read of that field.",
    )

    external_reference: str | None = strawberry.field(
        default=UNSET, description="As it was set, to the letter. It finds cases of my organisation alone."
    )
    updated_since: datetime | None = strawberry.field(
        default=UNSET,
        description="Cases whose `updatedAt` is not before this. Ask from a minute before the last time: what was "
        "being written then comes with the time at which that began.",
    )

    def conditions(self) -> dict[str, str]:
        """Return the given conditions as text parameters. Raises `BadRequest` for one that asks for nothing."""
        values = given(self)
        if isinstance(self.name, str):
            values["name"] = asked_words(self.name)
        for name, value in values.items():
            # Whatever begins with nothing is every name there is: that is no search, and would be read of every case.
            if isinstance(value, str) and not any(sign.isalnum() for sign in value):
                raise BadRequest("error.empty_filter", name=to_camel_case(name))
        if isinstance(self.identity_code, str):
            values["identity_code"] = spelt(self.identity_code)
        if isinstance(self.external_reference, str):
            values["external_reference"] = as_stored(self.external_reference)
        values["status"] = self.status.value.lower() if self.status else None
        return {name: str(value) for name, value in values.items() if value is not None}


@strawberry.enum(description="Order of a list of cases; cases opened on the same day keep a stable order.")
class CaseOrder(Enum):
    OPENED_ON_DESC = strawberry.enum_value("OPENED_ON_DESC", description="Newest first; the usual order.")
    OPENED_ON_ASC = strawberry.enum_value("OPENED_ON_ASC", description="Oldest first.")


Opened = payload("OpenCasePayload", "case", "Case")
Updated = payload("UpdateCasePayload", "case", "Case")
Moved = payload("ChangeCaseStatusPayload", "case", "Case")


@strawberry.type
class Query:
    @page_of("Case", "The cases that I may see.")
    async def cases(
        self,
        info: strawberry.Info,
        filter: CaseFilter | None = UNSET,  # noqa: A002
        order_by: Annotated[
            CaseOrder | None, strawberry.argument(description="By the day of opening; newest first if nothing is said.")
        ] = UNSET,
        **paging: Any,
    ) -> Any:
        info.context.viewer.actor.require(Action.CASE_READ)
        return await read_page(
            info._raw_info,
            "Case",
            CASES,
            filters=filter.conditions() if filter else {},
            descending=order_by is CaseOrder.OPENED_ON_DESC if order_by else None,
            **paging,
        )

    @strawberry.field(graphql_type=TYPES.classes["Case"] | None, description="One case.")
    async def case(self, info: strawberry.Info, id: strawberry.ID) -> Any:  # noqa: A002
        return await visible(info, "Case", row_id("case", id))


async def update(info: strawberry.Info, source: Any, verb: Callable[..., Awaitable[None]], *converted: Any) -> Any:
    """Run an update of one group of fields and return its payload."""
    case = row_id("case", source.case_id)
    changes = given(source, "case_id", "expected_version")

    async def run() -> UUID:
        await verb(info.context.viewer.actor, case, source.expected_version, changes)
        return case

    return Updated(outcome=await do(info, run))


def updating(input_type: type, verb: Callable[..., Awaitable[None]], group: str) -> Any:
    """Make the mutation of one group of fields."""

    async def resolve(self: Any, info: strawberry.Info, input: Any) -> Any:  # noqa: A002
        return await update(info, input, verb)

    resolve.__annotations__["input"] = input_type
    return strawberry.mutation(resolver=resolve, graphql_type=Updated, description=f"Change {group} of a case.")


@strawberry.type
class Mutation:
    @strawberry.mutation(graphql_type=Opened, description="Open a case, which my organisation then holds.")
    async def open_case(self, info: strawberry.Info, input: inputs.OpenCaseInput) -> Any:  # noqa: A002
        person = given(input.person)
        needs = [given(need) for need in input.needs or ()]
        actor = info.context.viewer.actor
        verb = service.open_case
        return Opened(
            outcome=await do(
                info,
                lambda: verb(
                    actor,
                    person,
                    municipality=input.municipality or None,
                    needs=needs,
                    reference=input.external_reference or None,
                ),
            )
        )

    update_identity = updating(inputs.UpdateIdentityInput, service.update_identity, "the identity")
    update_contacts = updating(inputs.UpdateContactsInput, service.update_contacts, "the contacts")
    update_legal_status = updating(inputs.UpdateLegalStatusInput, service.update_legal_status, "the legal status")
    update_economic = updating(inputs.UpdateEconomicInput, service.update_economic, "the economic situation")
    update_work = updating(inputs.UpdateWorkInput, service.update_work, "the work situation")
    update_education = updating(inputs.UpdateEducationInput, service.update_education, "the education")
    update_housing = updating(inputs.UpdateHousingInput, service.update_housing, "the housing")
    update_health = updating(inputs.UpdateHealthInput, service.update_health, "the health data")
    update_justice = updating(inputs.UpdateJusticeInput, service.update_justice, "the judicial data")

    @strawberry.mutation(graphql_type=Updated, description="Add and remove needs of a case.")
    async def update_needs(self, info: strawberry.Info, input: inputs.UpdateNeedsInput) -> Any:  # noqa: A002
        case = row_id("case", input.case_id)
        add = [given(need) for need in input.add]
        remove = [row_id("need", need) for need in input.remove]

        async def run() -> UUID:
            await service.update_needs(info.context.viewer.actor, case, input.expected_version, add=add, remove=remove)
            return case

        return Updated(outcome=await do(info, run))

    @strawberry.mutation(
        graphql_type=Moved,
        description="Move a case of my organisation a step on its path. Closing it ends the joint work on it.",
    )
    async def change_case_status(self, info: strawberry.Info, input: inputs.ChangeCaseStatusInput) -> Any:  # noqa: A002
        case = row_id("case", input.case_id)
        reason = input.reason.value.lower() if input.reason else None
        expected = input.expected_version if input.expected_version is not strawberry.UNSET else None

        async def run() -> UUID:
            actor = info.context.viewer.actor
            await service.change_status(actor, case, input.status.value.lower(), reason, expected)
            return case

        return Moved(outcome=await do(info, run))

    @strawberry.mutation(
        graphql_type=Updated, description="Say what the program of my organisation calls a case that it holds."
    )
    async def set_external_reference(
        self,
        info: strawberry.Info,
        input: inputs.SetExternalReferenceInput,  # noqa: A002
    ) -> Any:
        case = row_id("case", input.case_id)

        async def run() -> UUID:
            await set_external_reference(info.context.viewer.actor, case, input.external_reference)
            return case

        return Updated(outcome=await do(info, run))
