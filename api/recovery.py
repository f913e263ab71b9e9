"""Ways back for a member who lost the password or the second factor; what is asked without a session is on pages."""

from typing import Any
from uuid import UUID

import strawberry

from api.ids import row_id
from api.reading.answer import read_page
from api.reading.types import page_of
from api.verbs import do, payload
from authz.actions import Action
from tenants.account import resetting
from tenants.account.shape import FACTOR_RESETS

Sent = payload("SendPasswordResetPayload", "member", "Member")
Asked = payload("AskFactorResetPayload", "member", "Member")
Confirmed = payload("ConfirmFactorResetPayload", "viewer", "Viewer")


@strawberry.input(description="Whom a link for a new password is sent to.")
class SendPasswordResetInput:
    member_id: strawberry.ID = strawberry.field(description="A member of my organisation.")


@strawberry.input(description="Who has lost what shows the codes, and the recovery codes too.")
class AskFactorResetInput:
    member_id: strawberry.ID = strawberry.field(description="A member of my organisation, and not I.")


@strawberry.input(description="What somebody else has asked.")
class ConfirmFactorResetInput:
    request_id: strawberry.ID = strawberry.field(description="One of `factorResets` that I may confirm.")


@strawberry.type
class Query:
    @page_of(
        "FactorReset",
        "Members who have lost their second factor, until somebody confirms it; for whoever manages "
        "members, and of all organisations for whoever coordinates the territory.",
    )
    async def factor_resets(self, info: strawberry.Info, **paging: Any) -> Any:
        info.context.viewer.actor.require(Action.MEMBER_MANAGE)
        return await read_page(info._raw_info, "FactorReset", FACTOR_RESETS, default=100, **paging)


@strawberry.type
class Mutation:
    @strawberry.mutation(
        graphql_type=Sent,
        description="Have a link for a new password sent to a member of my organisation; I do not get to see it. Three "
        "in a quarter of an hour at most.",
    )
    async def send_password_reset(self, info: strawberry.Info, input: SendPasswordResetInput) -> Any:  # noqa: A002
        row, verb = row_id("member", input.member_id), resetting.send_password_reset
        return Sent(outcome=await do(info, lambda: verb(info.context.viewer.actor, row)))

    @strawberry.mutation(
        graphql_type=Asked,
        description="Say that a member of my organisation has lost the second factor. It ends when somebody else "
        "confirms it; the member is told by mail.",
    )
    async def ask_factor_reset(self, info: strawberry.Info, input: AskFactorResetInput) -> Any:  # noqa: A002
        row, verb = row_id("member", input.member_id), resetting.ask_factor_reset
        return Asked(outcome=await do(info, lambda: verb(info.context.viewer.actor, row)))

    @strawberry.mutation(
        graphql_type=Confirmed,
        description="Confirm what another has asked: the member's second factor and all their sessions end, and they "
        "are told by mail.",
    )
    async def confirm_factor_reset(self, info: strawberry.Info, input: ConfirmFactorResetInput) -> Any:  # noqa: A002
        row: UUID = row_id("factorreset", input.request_id)
        verb = resetting.confirm_factor_reset
        return Confirmed(outcome=await do(info, lambda: verb(info.context.viewer.actor, row)))
