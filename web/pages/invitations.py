"""The page of an invitation's link. Whoever has the link is let in, so nothing of it leaves this page or is logged."""

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.devices import agent_of, device_of, mark
from api.sessions import network_address, session_cookie
from infra.errors import Invalid, NotFound, TooManyAttempts, Unauthenticated
from infra.messages import say as say_message
from tenants.invitations.accepting import Acceptance, AccountAppeared, Linked, accept, find
from web.forms import Typed, local, read_form
from web.pages.sign_in import HOME, begin, said
from web.rendering import Endpoint, page, render, spoken

INPUTS = {"display_name": "displayName", "password": "password", "code": "code"}
UNSAID = "/invitations/-"


async def invitation(request: Request) -> Response:
    """Show who invites to what; looking uses nothing up, because mail programs look too."""
    try:
        found = await find(request.path_params["link"])
    except NotFound:
        return gone(request)
    return form(request, found, Typed([("displayName", found.display_name)]), [])


def gone(request: Request) -> Response:
    """Say that the link leads nowhere, which is all that is ever said of one."""
    return render(request, "invitation_gone.html", spoken(request), status=404)


def form(request: Request, found: Linked, typed: Typed, problems: Sequence[Any], status: int = 422) -> Response:
    """Render the form: a name and a new password, or the password that the account has."""
    return render(
        request,
        "invitation.html",
        spoken(request),
        status=status if problems else 200,
        invitation=found,
        typed=Typed([("displayName", typed.text("displayName"))]),  # a code may have been used up
        problems=problems,
        inputs=list(INPUTS.values()),
    )


def unseen(endpoint: Endpoint) -> Endpoint:
    """Wrap an endpoint: its address is told neither to pages that are opened from here nor to a log of requests."""
    whole = page(endpoint)

    async def answered(request: Request) -> Response:
        response = await whole(request)
        response.headers["Referrer-Policy"] = "strict-origin"
        # We log no requests; a server that does looks here when the answer begins.
        request.scope.update(path=UNSAID, raw_path=UNSAID.encode())
        return response

    return answered


async def take(request: Request) -> Response:
    """Become a member and go on, signed in."""
    typed = await read_form(request, with_token=False)
    link, language = request.path_params["link"], spoken(request)
    try:
        found = await find(link)
        replaced, device = session_cookie(request), device_of(request)
        given = Acceptance(
            display_name=typed.text("displayName"),
            password=typed.values.get("password", [""])[0],
            language=language,
            network_address=network_address(request),
            replaces=replaced.token_hash if replaced else None,
            code=typed.text("code"),
            device=device,
            agent=agent_of(request),
        )
        return mark(begin(await accept(link, given), HOME), device)
    except NotFound:
        return gone(request)
    except Invalid as invalid:
        problems = [
            local(INPUTS[problem.path[0]], say_message(language, problem.message_id), problem.code)
            for problem in invalid.problems
        ]
        return form(request, found, typed, problems)
    except (Unauthenticated, TooManyAttempts) as error:
        status = 429 if isinstance(error, TooManyAttempts) else 422
        where = "code" if error.text == "sign_in.wrong_code" else "password"
        return form(request, found, typed, [local(where, said(language, error))], status)
    except AccountAppeared:
        return await invitation(request)


ROUTES = [
    Route("/invitations/{link}", unseen(invitation), methods=["GET"]),
    Route("/invitations/{link}", unseen(take), methods=["POST"]),
]
