"""The mutations of one's own account; what is read of it is the viewer's."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import strawberry

from api.identity import Viewer
from api.ids import row_id
from api.reading.answer import Asking
from api.verbs import Problem, do, payload, told
from infra.errors import Refused
from tenants.account import service
from tenants.account.service import Present
from tenants.members.codes import address_of
from tenants.members.secrets import hash_of

SECRET = ("changePassword", "startSecondFactor", "confirmSecondFactor", "endSecondFactor")
"""Mutations that are given a password or a code."""

Changed = payload("ChangePasswordPayload", "viewer", "Viewer")
Ended = payload("EndSessionPayload", "viewer", "Viewer")
OthersEnded = payload("EndOtherSessionsPayload", "viewer", "Viewer")
FactorEnded = payload("EndSecondFactorPayload", "viewer", "Viewer")
Spoken = payload("SetLanguagePayload", "viewer", "Viewer")
NewsSet = payload("SetNewsByMailPayload", "viewer", "Viewer")


@strawberry.input(description="The present password proves that it is I.")
class ChangePasswordInput:
    current_password: str = strawberry.field(description="In a variable, never in the document.")
    new_password: str = strawberry.field(description="At least 12 characters, and none of the obvious ones.")


@strawberry.input(description="Which of my sessions or tokens ends.")
class EndSessionInput:
    session_id: strawberry.ID


@strawberry.input(description="The language of all that I am told.")
class SetLanguageInput:
    language: str = strawberry.field(description="`it` or `en`.")


@strawberry.input(description="Whether a mail tells me that something waits.")
class SetNewsByMailInput:
    wanted: bool = strawberry.field(description="False, and no mail says any more that something waits for me.")


def is_secret(document: str) -> bool:
    """Tell whether a document may carry a password: a field is named in full wherever it is asked."""
    return any(name in document for name in SECRET)


def present(asking: Asking) -> Present:
    """Return the session that a change of the account is asked in. Raises `Refused` for a token."""
    demand_browser(asking.viewer)
    viewer = asking.viewer
    who = (viewer.session_id, viewer.actor.account_id, viewer.email, viewer.display_name)
    return Present(*who, asking.network_address, asking.device)


def demand_browser(viewer: Viewer) -> None:
    """Go on only in a session that a password has opened: a token that got lost must not take the account over."""
    if viewer.session_kind != "cookie":
        raise Refused("error.browser_only")


@strawberry.input(description="The present password proves that it is I.")
class StartSecondFactorInput:
    current_password: str = strawberry.field(description="In a variable, never in the document.")


@strawberry.input(description="A code proves that the application is set up.")
class ConfirmSecondFactorInput:
    code: str = strawberry.field(description="The first code that the application shows.")


@strawberry.input(description="Password and code prove that it is I.")
class EndSecondFactorInput:
    current_password: str = strawberry.field(description="In a variable, never in the document.")
    code: str = strawberry.field(description="A code of the application, or a recovery code.")


@strawberry.type
class StartSecondFactorPayload:
    secret: str | None = strawberry.field(description="To be typed into an application. It is told this once.")
    address: str | None = strawberry.field(description="The same for a QR code, as `otpauth://…`.")
    problems: list[Problem] = strawberry.field(description="Empty when it was done.")


@strawberry.type
class ConfirmSecondFactorPayload:
    recovery_codes: list[str] = strawberry.field(description="Each opens one session. They are told this once.")
    problems: list[Problem] = strawberry.field(description="Empty when it was done.")


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
            asking.standing.token_hash = hash_of(asking.renewed.secret)
            return asking.viewer.actor.member_id

        return Changed(outcome=await do(info, changed))

    @strawberry.mutation(
        description="Begin to set up codes by time (RFC 6238) as a second factor. None is asked until "
        "confirmSecondFactor. It takes no Idempotency-Key.",
    )
    async def start_second_factor(
        self,
        info: strawberry.Info,
        input: StartSecondFactorInput,  # noqa: A002
    ) -> StartSecondFactorPayload:
        secrets: list[str] = []

        async def started() -> UUID:
            asking: Asking = info.context
            secrets.append(await service.start_second_factor(present(asking), input.current_password))
            return asking.viewer.actor.member_id

        outcome = await do(info, started)
        secret = secrets[0] if secrets else None
        address = address_of(secret, info.context.viewer.email) if secret else None
        return StartSecondFactorPayload(secret=secret, address=address, problems=told(outcome, info))

    @strawberry.mutation(
        description="Ask a code from now on, proved by a first one. Every other session and token of mine ends. It "
        "takes no Idempotency-Key.",
    )
    async def confirm_second_factor(
        self,
        info: strawberry.Info,
        input: ConfirmSecondFactorInput,  # noqa: A002
    ) -> ConfirmSecondFactorPayload:
        codes: list[str] = []

        async def confirmed() -> UUID:
            asking: Asking = info.context
            codes.extend(await service.confirm_second_factor(present(asking), input.code))
            return asking.viewer.actor.member_id

        outcome = await do(info, confirmed)
        return ConfirmSecondFactorPayload(recovery_codes=codes, problems=told(outcome, info))

    @strawberry.mutation(graphql_type=FactorEnded, description="Ask no code any more. It takes no Idempotency-Key.")
    async def end_second_factor(self, info: strawberry.Info, input: EndSecondFactorInput) -> Any:  # noqa: A002
        async def ended() -> UUID:
            asking: Asking = info.context
            await service.end_second_factor(present(asking), input.current_password, input.code)
            return asking.viewer.actor.member_id

        return FactorEnded(outcome=await do(info, ended))

    @strawberry.mutation(graphql_type=Ended, description="End one of my open sessions, or one of my tokens.")
    async def end_session(self, info: strawberry.Info, input: EndSessionInput) -> Any:  # noqa: A002
        row = row_id("session", input.session_id)

        async def ended() -> UUID:
            viewer: Viewer = info.context.viewer
            await service.end_session(viewer.actor, row)
            demand_browser(viewer)
            if row == viewer.session_id:
                info.context.standing.token_hash = None
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

    @strawberry.mutation(
        graphql_type=NewsSet,
        description="Be told by mail that something waits for me, once a day at most and without any name, or not.",
    )
    async def set_news_by_mail(self, info: strawberry.Info, input: SetNewsByMailInput) -> Any:  # noqa: A002
        async def told_so() -> UUID:
            viewer: Viewer = info.context.viewer
            demand_browser(viewer)
            await service.set_news_by_mail(viewer.actor, input.wanted)
            return viewer.actor.member_id

        return NewsSet(outcome=await do(info, told_so))
