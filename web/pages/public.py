"""The pages that need nobody signed in: what WIN is, whom to ask, help, privacy and accessibility."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tenants.territories.contacts import contacts
from web.ask import ask, session_of
from web.guide import guide
from web.rendering import page, redirect, render, spoken
from web.texts import TEXTS


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
    return await statement(request, "privacy")


async def accessibility(request: Request) -> Response:
    """Show the declaration of accessibility."""
    return await statement(request, "accessibility")


async def statement(request: Request, name: str) -> Response:
    """Show a page that is all text, and whom to ask about it."""
    return await shown(request, "statement.html", name=name, parts=parts(name), contacts=await contacts())


def parts(name: str) -> list[str]:
    """Return the headings of such a page, in the order of their names."""
    return sorted(
        text.removesuffix("_text") for text in TEXTS if text.startswith(f"{name}.") and text.endswith("_text")
    )


ROUTES = [
    Route("/", page(home), methods=["GET"]),
    Route("/contacts", page(whom), methods=["GET"]),
    Route("/help", page(instructions), methods=["GET"]),
    Route("/privacy", page(privacy), methods=["GET"]),
    Route("/accessibility", page(accessibility), methods=["GET"]),
]
