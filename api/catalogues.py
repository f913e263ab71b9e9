"""The lists that values are chosen from, and the registry of fields, in the caller's language."""

from collections.abc import Iterator
from datetime import date
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any, cast

import strawberry

from api.reading.types import TYPES
from authz.fields import FIELDS, Sensitivity
from tenants.cases.catalogues import (
    DISADVANTAGES,
    EDUCATION_LEVELS,
    INCOME_BANDS,
    MUNICIPALITIES,
    Catalogue,
)
from tenants.cases.countries import COUNTRIES
from tenants.cases.field_names import FIELD_NAMES
from tenants.cases.need_catalogue import NEEDS

if TYPE_CHECKING:
    SensitivityName = Sensitivity
else:
    SensitivityName = TYPES.enum(Sensitivity)


@strawberry.enum(description="A list that values are chosen from. Unlike an enum it may grow at any time.")
class CatalogueName(Enum):
    CITIZENSHIP = strawberry.enum_value("CITIZENSHIP", description="Of `LegalStatus.citizenship`.")
    DISADVANTAGE = strawberry.enum_value("DISADVANTAGE", description="Of `LegalStatus.disadvantage`.")
    EDUCATION_LEVEL = strawberry.enum_value("EDUCATION_LEVEL", description="Of `Education.level`, lowest first.")
    INCOME_BAND = strawberry.enum_value("INCOME_BAND", description="Of `Economic.incomeBand`, lowest first.")
    MUNICIPALITY = strawberry.enum_value(
        "MUNICIPALITY", description="The towns of the territory; `Contacts.municipality` takes any ISTAT code."
    )
    NEED = strawberry.enum_value("NEED", description="The families of needs, of `Need.macro`.")
    NEED_ITEM = strawberry.enum_value("NEED_ITEM", description="Of `Need.item`, each within its family.")


CATALOGUES: dict[CatalogueName, Catalogue] = {
    CatalogueName.CITIZENSHIP: COUNTRIES,
    CatalogueName.DISADVANTAGE: DISADVANTAGES,
    CatalogueName.EDUCATION_LEVEL: EDUCATION_LEVELS,
    CatalogueName.INCOME_BAND: INCOME_BANDS,
    CatalogueName.MUNICIPALITY: MUNICIPALITIES,
    CatalogueName.NEED: {name.upper(): macro.label for name, macro in NEEDS.items()},
}


@strawberry.type(description="One item of a catalogue.")
class CatalogueEntry:
    code: str = strawberry.field(description="What is stored and sent; it is given once and never means another thing.")
    label: str = strawberry.field(description="For people, in the language of the caller.")
    within: str | None = strawberry.field(description="The code of the family that an item of NEED_ITEM belongs to.")
    valid_from: date | None = strawberry.field(description="The first day on which it may be chosen; null for always.")
    valid_until: date | None = strawberry.field(
        description="The last day on which it may be chosen; null while no end is set. It can be read ever after."
    )


@strawberry.type(name="Field", description="One field of a case that a pact can share.")
class RegistryField:
    key: str = strawberry.field(description="How pact, consent, offer and `disclosure` name it: `work.profile`.")
    group: str = strawberry.field(description="The part before the point; naming it means its unprotected fields.")
    sensitivity: SensitivityName = strawberry.field(description="How it has to be named before it may be shared.")
    label: str = strawberry.field(description="For people, in the language of the caller.")
    group_label: str = strawberry.field(description="The same of its group.")


@strawberry.type
class Query:
    @strawberry.field(
        description="A list that values are chosen from, in the order in which it is shown to people.",
    )
    async def catalogue(
        self, info: strawberry.Info, name: Annotated[CatalogueName, strawberry.argument(description="Which list.")]
    ) -> list[CatalogueEntry] | None:
        return list(entries(name, language_of(info)))

    @strawberry.field(description="The registry of fields, in its order, those that no value has yet too.")
    async def fields(self, info: strawberry.Info) -> list[RegistryField] | None:
        language = language_of(info)
        return [
            RegistryField(
                key=field.key,
                group=field.group,
                sensitivity=cast(Any, field.sensitivity.name),
                label=FIELD_NAMES[field.key][language],
                group_label=FIELD_NAMES[field.group][language],
            )
            for field in FIELDS
        ]


def language_of(info: strawberry.Info) -> int:
    """Return the place of the caller's language in a label."""
    return int(info.context.viewer.actor.language == "en")


def entries(name: CatalogueName, language: int) -> Iterator[CatalogueEntry]:
    """Yield the items of a catalogue."""
    if name is CatalogueName.NEED_ITEM:
        for macro, family in NEEDS.items():
            for code, label in family.items.items():
                yield entry(code, label[language], macro.upper())
    else:
        for code, label in CATALOGUES[name].items():
            yield entry(code, label[language])


def entry(code: str, label: str, within: str | None = None) -> CatalogueEntry:
    """Return an item; no item of any list has an end so far."""
    return CatalogueEntry(code=code, label=label, within=within, valid_from=None, valid_until=None)
