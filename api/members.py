"""Queries and mutations of the members of my organisation, and of invitations."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

import strawberry

from api.identity import Standing
from api.ids import row_id
from api.reading.answer import Asking, alone, read_one, read_page
from api.reading.types import TYPES, page_of
from api.verbs import do, payload
from authz.actions import Action
from authz.roles import Role
from infra.errors import NotFound
from tenants.invitations import service as invitations
from tenants.invitations.shape import INVITATIONS
from tenants.members import managing
from tenants.members.lookup import is_colleague
from tenants.members.shape import MEMBERS

if TYPE_CHECKING:
    RoleName = Role
else:
    RoleName = TYPES.enum(Role)


@strawberry.input(description="Who is asked, and what they will be.")
class InviteMemberInput:
    email: str = strawberry.field(description="Where the link is sent.")
    display_name: str = strawberry.field(description="At most 100 characters; whoever accepts may write it otherwise.")
    role: RoleName = strawberry.field(description="Not above my own.")


@strawberry.input(description="Which invitation is taken back.")
class WithdrawInvitationInput:
    invitation_id: strawberry.ID


@strawberry.input(description="Who gets which role.")
class ChangeMemberRoleInput:
    member_id: strawberry.ID
    role: RoleName = strawberry.field(description="From their next request on; not above my own.")


@strawberry.input(description="Whose membership ends.")
class RemoveMemberInput:
    member_id: strawberry.ID


Invited = payload("InviteMemberPayload", "invitation", "Invitation")
Withdrawn = payload("WithdrawInvitationPayload", "invitation", "Invitation")
Changed = payload("ChangeMemberRolePayload", "member", "Member")
Removed = payload("RemoveMemberPayload", "member", "Member")


@strawberry.type
class Query:
    @page_of("Member", "The members of my organisation, by name; for whoever manages them.")
    async def members(self, info: strawberry.Info, **paging: Any) -> Any:
        info.context.viewer.actor.require(Action.MEMBER_MANAGE)
        return await read_page(info._raw_info, "Member", MEMBERS, default=100, **paging)

    @strawberry.field(
        graphql_type=TYPES.classes["Member"] | None,
        description="A member of my organisation; for whoever manages them.",
    )
    async def member(self, info: strawberry.Info, id: strawberry.ID) -> Any:  # noqa: A002
        row = row_id("member", id)
        if not await alone(info._raw_info, lambda: is_colleague(row)):
            raise NotFound
        info.context.viewer.actor.require(Action.MEMBER_MANAGE)
        return await read_one(info._raw_info, "Member", row)

    @page_of(
        "Invitation", "Invitations of my organisation that are still open, newest first; for whoever manages members."
    )
    async def invitations(self, info: strawberry.Info, **paging: Any) -> Any:
        info.context.viewer.actor.require(Action.MEMBER_MANAGE)
        return await read_page(info._raw_info, "Invitation", INVITATIONS, default=100, **paging)


@strawberry.type
class Mutation:
    @strawberry.mutation(
        graphql_type=Invited, description="Ask somebody to become a member of my organisation; they get a link by mail."
    )
    async def invite_member(self, info: strawberry.Info, input: InviteMemberInput) -> Any:  # noqa: A002
        actor, role, verb = info.context.viewer.actor, input.role.value.lower(), invitations.invite_member
        return Invited(outcome=await do(info, lambda: verb(actor, input.email, input.display_name, role)))

    @strawberry.mutation(graphql_type=Withdrawn, description="Take an invitation back: its link leads nowhere.")
    async def withdraw_invitation(self, info: strawberry.Info, input: WithdrawInvitationInput) -> Any:  # noqa: A002
        row, verb = row_id("invitation", input.invitation_id), invitations.withdraw_invitation
        return Withdrawn(outcome=await do(info, lambda: verb(info.context.viewer.actor, row)))

    @strawberry.mutation(
        graphql_type=Changed, description="Give a member of my organisation another role, from their next request on."
    )
    async def change_member_role(self, info: strawberry.Info, input: ChangeMemberRoleInput) -> Any:  # noqa: A002
        row, role, verb = row_id("member", input.member_id), input.role.value.lower(), managing.change_member_role

        async def changed() -> UUID:
            asking: Asking = info.context
            done = await verb(asking.viewer.actor, row, role)
            if row == asking.viewer.actor.member_id:
                asking.standing.role = role
            return done

        return Changed(outcome=await do(info, changed))

    @strawberry.mutation(
        graphql_type=Removed, description="End a membership of my organisation: whoever is signed in by it is out."
    )
    async def remove_member(self, info: strawberry.Info, input: RemoveMemberInput) -> Any:  # noqa: A002
        row, verb = row_id("member", input.member_id), managing.remove_member

        async def removed() -> UUID:
            asking: Asking = info.context
            done = await verb(asking.viewer.actor, row)
            if row == asking.viewer.actor.member_id:
                asking.standing = Standing(None, None)
            return done

        return Removed(outcome=await do(info, removed))
