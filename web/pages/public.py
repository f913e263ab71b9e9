"""The pages that need nobody signed in: what WIN is, whom to ask, help, privacy and accessibility."""

from collections.abc import Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from tenants.territories.contacts import contacts
from web.ask import ask, session_of
from web.guide import PICTURES, guide
from web.rendering import page, redirect, render, spoken

DAY = "max-age=86400"


async def home(request: Request) -> Response:
    """Say what WIN is and whom to ask; whoever is signed in goes on to their day."""
    if session_of(request) is not None:
        return redirect("/today")
    return render(request, "front.html", spoken(request), contacts=await contacts())


async def shown(request: Request, template: str, **context: Any) -> Response:
    """Render a page for whoever is there."""
    viewer: Mapping[str, Any] | None = None
    language = spoken(request)
    if session_of(request) is not None:
        answer = await ask(request, "viewer")
        viewer, language = answer.data["viewer"], answer.language
    return render(request, template, language, viewer=viewer, **context)


async def whom(request: Request) -> Response:
    """Show the contact of each territory."""
    return await shown(request, "contacts.html", contacts=await contacts())


async def instructions(request: Request) -> Response:
    """Show the guide for staff."""
    return await shown(request, "help.html", guide=guide())


async def privacy(request: Request) -> Response:
    """Say what is kept of whoever uses WIN and of whom it is about."""
    return await shown(request, "privacy.html", contacts=await contacts())


async def accessibility(request: Request) -> Response:
    """Show the declaration of accessibility."""
    return await shown(request, "accessibility.html", contacts=await contacts())


async def picture(request: Request) -> Response:
    """Give a picture of the guide."""
    known = {path.name: path for path in PICTURES.glob("*.png")}
    if (found := known.get(request.path_params["name"])) is None:
        raise HTTPException(404)
    return FileResponse(found, headers={"Cache-Control": DAY})


ROUTES = [
    Route("/", page(home), methods=["GET"]),
    Route("/contacts", page(whom), methods=["GET"]),
    Route("/help", page(instructions), methods=["GET"]),
    Route("/help/pictures/{name}", picture, methods=["GET"]),
    Route("/privacy", page(privacy), methods=["GET"]),
    Route("/accessibility", page(accessibility), methods=["GET"]),
]
