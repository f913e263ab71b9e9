"""The members of an organisation, for whoever coordinates it: who they are, inviting, changing roles, removing."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from authz.roles import Role
from infra.errors import ErrorCode, NotFound, Refused
from tenants.members.roles import given_by
from web.ask import Answer, Told, ask, do
from web.forms import Typed, local, missing, read_form
from web.rendering import page, redirect, render

INVITATION = ("email", "displayName", "role")
SAVED = {"invited", "changed", "removed", "withdrawn", "link_sent", "factor_asked", "factor_confirmed"}


def roles(viewer: Mapping[str, Any]) -> list[str]:
    """Return the roles that the viewer may give, as the API writes them."""
    role = Role(viewer["role"].lower())
    return [one.name for one in given_by(role, is_lead=viewer["organisation"]["isLead"])]


async def members(request: Request) -> Response:
    """Show the members, and the invitations that nobody has accepted yet."""
    after = request.query_params.get("after") or None
    answer = await ask(request, "members", {"after": after})
    place = answer.data["members"]["pageInfo"]
    saved = request.query_params.get("saved", "")
    return render(
        request,
        "members.html",
        answer.language,
        viewer=answer.data["viewer"],
        members=answer.data["members"],
        invitations=answer.data["invitations"],
        lost=answer.data["factorResets"]["nodes"],
        given=roles(answer.data["viewer"]),
        saved=saved if saved in SAVED else "",
        following=f"/members?{urlencode({'after': place['endCursor']})}" if place["hasNextPage"] else "",
        first="/members" if after else "",
    )


async def invitation(request: Request) -> Response:
    """Show the form; most members are volunteers, and nobody gets more by mistake."""
    return await invitation_form(request, Typed([("role", Role.VOLUNTEER.name)]), [])


async def invitation_form(request: Request, typed: Typed, problems: Sequence[Any]) -> Response:
    """Render the form."""
    answer = await ask(request, "managing")
    return render(
        request,
        "member_invite.html",
        answer.language,
        status=422 if problems else 200,
        viewer=answer.data["viewer"],
        roles=roles(answer.data["viewer"]),
        typed=typed,
        problems=problems,
        inputs=INVITATION,
    )


async def invite(request: Request) -> Response:
    """Invite, or show what is wrong."""
    typed = await read_form(request)
    answer = await ask(request, "managing")
    role = chosen_role(typed, answer)
    if isinstance(role, list):
        return await invitation_form(request, typed, role)
    given = {"email": typed.text("email"), "displayName": typed.text("displayName"), "role": role}
    _, found = await do(request, "invite_member", given, once=typed.once)
    return await invitation_form(request, typed, found) if found else redirect("/members?saved=invited")


def chosen_role(typed: Typed, answer: Answer) -> str | list[dict[str, Any]]:
    """Return the role that was chosen, or the problem that none of those that may be given was."""
    role = typed.text("role")
    if role in roles(answer.data["viewer"]):
        return role
    return [missing("role", answer.language)]


async def withdraw(request: Request) -> Response:
    """Take an invitation back."""
    await read_form(request)
    await do(request, "withdraw_invitation", {"invitationId": request.path_params["invitation"]})
    return redirect("/members?saved=withdrawn#invitations")


async def role(request: Request) -> Response:
    """Show what the member is, and what they may become."""
    return await member_form(request, "member_role.html", Typed(), [])


async def removal(request: Request) -> Response:
    """Show what removing means, and ask whether that is meant."""
    return await member_form(request, "member_remove.html", Typed(), [])


async def member_form(request: Request, template: str, typed: Typed, problems: Sequence[Any]) -> Response:
    """Render a form about one member. Raises `NotFound`, or `Refused` if the role is not the viewer's to take."""
    answer = await ask(request, "member", {"id": request.path_params["member"]})
    member, viewer = answer.data["member"], answer.data["viewer"]
    if not member:
        raise NotFound
    if member["role"] not in roles(viewer):
        raise Refused
    if "role" not in typed.values:
        typed.put("role", member["role"])
    return render(
        request,
        template,
        answer.language,
        status=422 if problems else 200,
        viewer=viewer,
        member=member,
        roles=roles(viewer),
        typed=typed,
        problems=problems,
        inputs=["role"],
    )


async def change(request: Request) -> Response:
    """Change the role, or show why not."""
    typed = await read_form(request)
    role = chosen_role(typed, await ask(request, "managing"))
    if isinstance(role, list):
        return await member_form(request, "member_role.html", typed, role)
    _, found = await do(
        request, "change_member_role", {"memberId": request.path_params["member"], "role": role}, once=typed.once
    )
    if found:
        return await member_form(request, "member_role.html", typed, found)
    return redirect("/members?saved=changed")


async def remove(request: Request) -> Response:
    """Remove the member, or show why not; whoever removes themselves is out too."""
    typed = await read_form(request)
    _, found = await do(request, "remove_member", {"memberId": request.path_params["member"]}, once=typed.once)
    if found:
        return await member_form(request, "member_remove.html", typed, found)
    return redirect("/members?saved=removed")


async def assistance(request: Request) -> Response:
    """Show what can be done for somebody who does not get in any more."""
    return await help_form(request, [])


async def help_form(request: Request, problems: Sequence[Any], status: int = 422) -> Response:
    """Render the ways back for a member. Raises `NotFound`."""
    answer = await ask(request, "member", {"id": request.path_params["member"]})
    member = answer.data["member"]
    if not member:
        raise NotFound
    return render(
        request,
        "member_help.html",
        answer.language,
        status=status if problems else 200,
        viewer=answer.data["viewer"],
        member=member,
        typed=Typed(),
        problems=problems,
        inputs=[],
    )


async def helped(request: Request, operation: str, saved: str) -> Response:
    """Do it, or show why not."""
    typed = await read_form(request)
    try:
        _, found = await do(request, operation, {"memberId": request.path_params["member"]}, once=typed.once)
    except Told as told:
        if told.code != ErrorCode.TOO_MANY_ATTEMPTS:
            raise
        return await help_form(request, [local("", told.message)], status=429)
    return await help_form(request, found) if found else redirect(f"/members?saved={saved}")


async def send_link(request: Request) -> Response:
    """Have a link for a new password sent to the member."""
    return await helped(request, "send_password_reset", "link_sent")


async def ask_factor(request: Request) -> Response:
    """Say that the member has lost the second factor."""
    return await helped(request, "ask_factor_reset", "factor_asked")


async def confirm_factor(request: Request) -> Response:
    """Confirm what somebody else has asked."""
    typed = await read_form(request)
    given = {"requestId": request.path_params["request"]}
    _, found = await do(request, "confirm_factor_reset", given, once=typed.once)
    return redirect("/members#lost" if found else "/members?saved=factor_confirmed")


ROUTES = [
    Route("/members", page(members), methods=["GET"]),
    Route("/members/invite", page(invitation), methods=["GET"]),
    Route("/members/invite", page(invite), methods=["POST"]),
    Route("/members/invitations/{invitation}/withdraw", page(withdraw), methods=["POST"]),
    Route("/members/lost/{request}/confirm", page(confirm_factor), methods=["POST"]),
    Route("/members/{member}/help", page(assistance), methods=["GET"]),
    Route("/members/{member}/help/password", page(send_link), methods=["POST"]),
    Route("/members/{member}/help/factor", page(ask_factor), methods=["POST"]),
    Route("/members/{member}/role", page(role), methods=["GET"]),
    Route("/members/{member}/role", page(change), methods=["POST"]),
    Route("/members/{member}/remove", page(removal), methods=["GET"]),
    Route("/members/{member}/remove", page(remove), methods=["POST"]),
]
