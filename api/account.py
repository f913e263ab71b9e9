"""The mutations of one's own account; what is read of it is the viewer's."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import strawberry

from api.identity import Viewer
from api.ids import row_id
from api.reading.answer import Asking
from api.verbs import do, payload
from infra.errors import Refused
from tenants.account import service
from tenants.account.service import Present

SECRET = ("changePassword",)
"""Mutations that are given a password or a code."""

Changed = payload("ChangePasswordPayload", "viewer", "Viewer")
Ended = payload("EndSessionPayload", "viewer", "Viewer")
OthersEnded = payload("EndOtherSessionsPayload", "viewer", "Viewer")
Spoken = payload("SetLanguagePayload", "viewer", "Viewer")


@strawberry.input
class ChangePasswordInput:
    current_password: str
    new_password: str = strawberry.field(description="At least 12 characters, and none of the obvious ones.")


@strawberry.input
class EndSessionInput:
    session_id: strawberry.ID


@strawberry.input
class SetLanguageInput:
    language: str = strawberry.field(description="`it` or `en`.")


def is_secret(document: str) -> bool:
    """Tell whether a document may carry a password: a field is named in full wherever it is asked."""
    return any(name in document for name in SECRET)


def present(asking: Asking) -> Present:
    """Return the session that a change of the account is asked in. Raises `Refused` for a token."""
    demand_browser(asking.viewer)
    viewer = asking.viewer
    return Present(viewer.session_id, viewer.email, viewer.display_name, asking.network_address)


def demand_browser(viewer: Viewer) -> None:
    """Go on only in a session that a password has opened: a token that got lost must not take the account over."""
    if viewer.session_kind != "cookie":
        raise Refused("error.browser_only")


@strawberry.type
class Mutation:
    @strawberry.mutation(
        graphql_type=Changed,
        description="Set a new password. Every other session and token of mine ends; this session goes on under a new "
        "secret, which comes as its cookie. It takes no Idempotency-Key.",
    )
    async def change_password(self, info: strawberry.Info, input: ChangePasswordInput) -> Any:  # noqa: A002
        async def changed() -> UUID:
            asking: Asking = info.context
            asking.renewed = await service.change_password(present(asking), input.current_password, input.new_password)
            return asking.viewer.actor.member_id

        return Changed(outcome=await do(info, changed))

    @strawberry.mutation(graphql_type=Ended, description="End one of my open sessions, or one of my tokens.")
    async def end_session(self, info: strawberry.Info, input: EndSessionInput) -> Any:  # noqa: A002
        row = row_id("session", input.session_id)

        async def ended() -> UUID:
            viewer: Viewer = info.context.viewer
            await service.end_session(viewer.actor, row)
            demand_browser(viewer)
            return viewer.actor.member_id

        return Ended(outcome=await do(info, ended))

    @strawberry.mutation(graphql_type=OthersEnded, description="End all of my sessions and tokens but this one.")
    async def end_other_sessions(self, info: strawberry.Info) -> Any:
        async def ended() -> UUID:
            viewer: Viewer = info.context.viewer
            demand_browser(viewer)
            await service.end_other_sessions(viewer.actor, viewer.session_id)
            return viewer.actor.member_id

        return OthersEnded(outcome=await do(info, ended))

    @strawberry.mutation(graphql_type=Spoken, description="Be spoken to in this language, wherever I sign in.")
    async def set_language(self, info: strawberry.Info, input: SetLanguageInput) -> Any:  # noqa: A002
        async def spoken() -> UUID:
            viewer: Viewer = info.context.viewer
            demand_browser(viewer)
            language = await service.set_language(viewer.actor, input.language)
            info.context.viewer = replace(viewer, account_language=language).speaking(language)
            return viewer.actor.member_id

        return Spoken(outcome=await do(info, spoken))
