"""Having joint work stand on a later consent: what would be seen by it again stands above the button that does it."""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from infra.errors import NotFound, Refused
from web.ask import ask, do
from web.forms import Typed, read_form
from web.rendering import page, redirect, render
from web.seeing import Outlook, outlooks

Choice = tuple[int, Mapping[str, Any], list[Outlook], str]
"""A consent with its position among those of the case, what it would give, or why it cannot be attached."""


async def choice(request: Request) -> Response:
    """Show the consents in force, each with what the partners would see by it again."""
    return await shown(request, Typed(), [])


async def shown(request: Request, typed: Typed, problems: Sequence[Any]) -> Response:
    """Render the page. Raises `NotFound` or `Refused`."""
    answer = await ask(request, "attachable", {"id": request.path_params["work"]})
    work = answer.data["node"]
    if not work or work["case"] is None:
        raise NotFound
    if not work["viewerCan"]["attach"]:
        raise Refused
    return render(
        request,
        "attach.html",
        answer.language,
        status=422 if problems else 200,
        viewer=answer.data["viewer"],
        work=work,
        choices=await choices(request, work),
        count=len(work["case"]["authorisations"]),
        typed=typed,
        problems=problems,
        inputs=["authorisation"],
    )


async def choices(request: Request, work: Mapping[str, Any]) -> list[Choice]:
    """Return the consents in force with their previews."""
    found = []
    for position, one in enumerate(work["case"]["authorisations"], 1):
        if one["inForce"]:
            asked = {"work": work["id"], "authorisation": one["id"]}
            preview = (await ask(request, "sharing_if_attached", asked)).data["sharingIfAttached"]
            problems = preview["problems"]
            found.append((position, one, outlooks(preview), problems[0]["message"] if problems else ""))
    return found


async def attach(request: Request) -> Response:
    """Attach the consent that was chosen, and go back to the joint work."""
    typed = await read_form(request)
    work = request.path_params["work"]
    given = {"jointInterventionId": work, "authorisationId": typed.text("authorisation")}
    _, found = await do(request, "attach_authorisation", given, once=typed.once)
    return await shown(request, typed, found) if found else redirect(f"/joint-work/{work}?saved=attach")


ROUTES = [
    Route("/joint-work/{work}/attach", page(choice), methods=["GET"]),
    Route("/joint-work/{work}/attach", page(attach), methods=["POST"]),
]
