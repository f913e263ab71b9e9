"""Queries about the network itself: who asks, its organisations, its pact."""

from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from strawberry import UNSET

from api.reading.answer import alone, read_one, read_page
from api.reading.types import TYPES, page_of
from authz.actions import Action
from authz.kinds import OrganisationKind
from authz.purposes import Purpose
from infra.errors import NotFound
from tenants.organisations.lookup import organisation_id
from tenants.organisations.shape import ORGANISATIONS
from tenants.pacts.lookup import version_id
from tenants.pacts.shape import PACTS

if TYPE_CHECKING:
    KindName = OrganisationKind
    PurposeName = Purpose
else:
    KindName, PurposeName = TYPES.enum(OrganisationKind), TYPES.enum(Purpose)


@strawberry.input(description="Every condition that is given has to hold.")
class OrganisationFilter:
    kind: KindName | None = strawberry.field(default=UNSET, description="What it is by law or by mission.")
    receives_for: PurposeName | None = strawberry.field(
        default=UNSET, description="Organisations that the pact lets see something for this purpose, today."
    )

    def conditions(self) -> dict[str, str]:
        """Return the given conditions as text parameters."""
        given = {"kind": self.kind, "receives_for": self.receives_for}
        return {name: value.value.lower() for name, value in given.items() if value}


@strawberry.type
class Query:
    @strawberry.field(graphql_type=TYPES.classes["Viewer"] | None, description="Whoever asks.")
    async def viewer(self, info: strawberry.Info) -> Any:
        return await read_one(info._raw_info, "Viewer", info.context.viewer.actor.member_id)

    @page_of("Organisation", "The organisations of the territory.")
    async def organisations(
        self,
        info: strawberry.Info,
        filter: OrganisationFilter | None = UNSET,  # noqa: A002
        **paging: Any,
    ) -> Any:
        info.context.viewer.actor.require(Action.ORGANISATION_READ)
        filters = filter.conditions() if filter else {}
        return await read_page(info._raw_info, "Organisation", ORGANISATIONS, filters=filters, default=100, **paging)

    @strawberry.field(
        graphql_type=TYPES.classes["Organisation"] | None,
        description="One organisation of the territory by its short name; by its `id` ask `node`.",
    )
    async def organisation(
        self,
        info: strawberry.Info,
        slug: Annotated[str, strawberry.argument(description="As the pact and inputs name it.")],
    ) -> Any:
        info.context.viewer.actor.require(Action.ORGANISATION_READ)
        row = await alone(info._raw_info, lambda: organisation_id(slug))
        if row is None:
            raise NotFound
        return await read_one(info._raw_info, "Organisation", row)

    @page_of("Pact", "The versions of the pact, newest first, those that are not in force too.")
    async def pact_versions(self, info: strawberry.Info, **paging: Any) -> Any:
        info.context.viewer.actor.require(Action.PACT_READ)
        return await read_page(info._raw_info, "Pact", PACTS, **paging)

    @strawberry.field(
        graphql_type=TYPES.classes["Pact"] | None, description="The pact in force, or an earlier version of it."
    )
    async def pact(
        self,
        info: strawberry.Info,
        version: Annotated[
            int | None, strawberry.argument(description="The number of a version; the one in force if nothing is said.")
        ] = UNSET,
    ) -> Any:
        info.context.viewer.actor.require(Action.PACT_READ)
        row = await alone(info._raw_info, lambda: version_id(None if version is UNSET else version))
        if row is None:
            raise NotFound
        return await read_one(info._raw_info, "Pact", row)
