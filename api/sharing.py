"""Queries about what somebody would see if something were done: they change nothing and read no value."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from api.ids import row_id
from api.joint_work import PurposeName
from api.reading.answer import alone, read_rows
from api.reading.types import TYPES
from api.verbs import Outcome, Problem, problems_of, told
from infra.errors import Invalid
from tenants.sharing import supposing
from tenants.sharing.shape import PREVIEWS, SUPPOSED
from tenants.sharing.supposing import Supposition

if TYPE_CHECKING:
    PartnerPreviews = list[Any]
else:
    _PREVIEW = TYPES.classes["PartnerPreview"]
    PartnerPreviews = list[_PREVIEW]


async def _organisations(self: "SharingPreview", info: strawberry.Info) -> Any:
    if self.supposed is None:
        return []
    return await read_rows(info._raw_info, "PartnerPreview", PREVIEWS, SUPPOSED, self.supposed.values)


@strawberry.type(description="What organisations would see of a case if something were done.")
class SharingPreview:
    supposed: strawberry.Private[Supposition | None]
    outcome: strawberry.Private[Outcome]
    organisations = strawberry.field(
        resolver=_organisations,
        graphql_type=PartnerPreviews,
        description="Each organisation concerned; none if there are problems.",
    )

    @strawberry.field(description="What the mutation would find wrong; empty if it would be done.")
    async def problems(self, info: strawberry.Info) -> list[Problem]:
        return told(self.outcome, info)


async def suppose(info: strawberry.Info, check: Callable[[], Awaitable[Supposition]]) -> SharingPreview:
    """Return the preview of what is supposed, or the problems of it."""
    try:
        return SharingPreview(supposed=await alone(info._raw_info, check), outcome=Outcome(None))
    except Invalid as invalid:
        return SharingPreview(supposed=None, outcome=Outcome(None, problems_of(invalid)))


@strawberry.type
class Query:
    @strawberry.field(
        description="What these partners would see of a case of mine if I proposed this and they accepted it today."
    )
    async def sharing_if_proposed(
        self,
        info: strawberry.Info,
        case_id: strawberry.ID,
        purpose: Annotated[PurposeName, strawberry.argument(description="The purpose that would be proposed.")],
        partners: Annotated[list[str], strawberry.argument(description="Slugs of the organisations to invite.")],
        fields: Annotated[list[str], strawberry.argument(description="Keys of fields or groups to offer.")],
    ) -> SharingPreview | None:
        case, aim, verb = row_id("case", case_id), purpose.value.lower(), supposing.if_proposed
        return await suppose(info, lambda: verb(info.context.viewer.actor, case, aim, partners, fields))

    @strawberry.field(
        description="What would be seen if an invitation were accepted today: by each who is invited, for the holder; "
        "for an invited organisation by itself, before it answers."
    )
    async def sharing_if_accepted(
        self, info: strawberry.Info, joint_intervention_id: strawberry.ID
    ) -> SharingPreview | None:
        row, verb = row_id("joint-intervention", joint_intervention_id), supposing.if_accepted
        return await suppose(info, lambda: verb(info.context.viewer.actor, row))

    @strawberry.field(
        description="Who would lose what if this authorisation were withdrawn, and who would still see what."
    )
    async def sharing_if_withdrawn(
        self, info: strawberry.Info, authorisation_id: strawberry.ID
    ) -> SharingPreview | None:
        row, verb = row_id("authorisation", authorisation_id), supposing.if_withdrawn
        return await suppose(info, lambda: verb(info.context.viewer.actor, row))

    @strawberry.field(description="What partners of joint work would see again if it stood on this authorisation too.")
    async def sharing_if_attached(
        self, info: strawberry.Info, joint_intervention_id: strawberry.ID, authorisation_id: strawberry.ID
    ) -> SharingPreview | None:
        work, row = row_id("joint-intervention", joint_intervention_id), row_id("authorisation", authorisation_id)
        verb = supposing.if_attached
        return await suppose(info, lambda: verb(info.context.viewer.actor, work, row))
