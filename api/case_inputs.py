"""Inputs about cases. A member left out is left as it is; one given as null is emptied."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import strawberry
from strawberry import UNSET

from api.reading.types import TYPES
from tenants.cases.catalogues import Sex
from tenants.cases.models import CaseStatus, ClosureReason

if TYPE_CHECKING:
    Status = CaseStatus
    Reason = ClosureReason
    SexName = Sex
else:
    Status, Reason, SexName = TYPES.enum(CaseStatus), TYPES.enum(ClosureReason), TYPES.enum(Sex)


@strawberry.input(description="Whom the case is about, as far as it is known.")
class PersonInput:
    given_name: str | None = UNSET
    family_name: str | None = UNSET
    born_on: date | None = UNSET
    birth_year: int | None = UNSET
    sex: SexName | None = UNSET
    identity_code: str | None = UNSET


@strawberry.input(description="A need as it is told at first; it is not changed, but removed and told anew.")
class NeedInput:
    macro: str
    item: str | None = UNSET
    note: str | None = UNSET


@strawberry.input(description="What is known at the first contact.")
class OpenCaseInput:
    person: PersonInput = strawberry.field(description="A name, or any other value.")
    municipality: str | None = strawberry.field(
        default=UNSET, description="ISTAT code of the town where the person lives."
    )
    needs: list[NeedInput] | None = strawberry.field(default=UNSET, description="At most 50.")
    external_reference: str | None = strawberry.field(
        default=UNSET, description="What my program calls it: at most 100 characters, each used once."
    )


@strawberry.input
class UpdateInput:
    case_id: strawberry.ID
    expected_version: int


@strawberry.input
class UpdateIdentityInput(UpdateInput, PersonInput):
    pass


@strawberry.input
class UpdateContactsInput(UpdateInput):
    municipality: str | None = UNSET
    phone: str | None = UNSET
    phone_note: str | None = UNSET
    email: str | None = UNSET
    address: str | None = UNSET
    address_protected: bool | None = UNSET


@strawberry.input
class UpdateLegalStatusInput(UpdateInput):
    citizenship: str | None = UNSET
    residence_permit: str | None = UNSET
    disadvantage: list[str] | None = UNSET


@strawberry.input
class UpdateEconomicInput(UpdateInput):
    income_band: str | None = UNSET
    isee_value: Decimal | None = UNSET
    isee_valid_until: date | None = UNSET
    debts: str | None = UNSET
    benefits: str | None = UNSET


@strawberry.input
class UpdateWorkInput(UpdateInput):
    profile: str | None = UNSET
    history: str | None = UNSET


@strawberry.input
class UpdateEducationInput(UpdateInput):
    level: str | None = UNSET
    languages: str | None = UNSET


@strawberry.input
class UpdateHousingInput(UpdateInput):
    situation: str | None = UNSET


@strawberry.input
class UpdateHealthInput(UpdateInput):
    conditions: str | None = UNSET
    disability: str | None = UNSET
    addictions: str | None = UNSET
    mental: str | None = UNSET


@strawberry.input
class UpdateJusticeInput(UpdateInput):
    measures: str | None = UNSET


@strawberry.input
class UpdateNeedsInput(UpdateInput):
    add: list[NeedInput] = strawberry.field(default_factory=list, description="At most 50.")
    remove: list[strawberry.ID] = strawberry.field(default_factory=list, description="Their `id`s, at most 50.")


@strawberry.input(description="Where the case goes from where it stands, and why if it ends.")
class ChangeCaseStatusInput:
    case_id: strawberry.ID
    status: Status = strawberry.field(description="One of those in `viewerCan { changeStatusTo }`.")
    expected_version: int | None = strawberry.field(
        default=UNSET, description="If given, nothing is changed where the status was changed after it."
    )
    reason: Reason | None = strawberry.field(default=UNSET, description="Why it is closed; needed then, and only then.")


@strawberry.input(description="Which case, and its name in another program.")
class SetExternalReferenceInput:
    case_id: strawberry.ID
    external_reference: str | None = strawberry.field(
        description="At most 100 characters, unique within my organisation; null or nothing takes it away."
    )
