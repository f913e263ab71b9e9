"""A forgotten password: asking for a link, and the page of the link, which nobody else is told of."""

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.devices import device_of, mark
from api.sessions import network_address
from infra.errors import Invalid, NotFound, TooManyAttempts, Unavailable
from infra.messages import say as say_message
from tenants.account.resetting import Forgotten, ask_link, find, reset
from web.forms import Typed, local, missing, read_form
from web.pages.invitations import unseen
from web.pages.sign_in import said
from web.rendering import page, redirect, render, spoken
from web.texts import say


async def forgotten(request: Request) -> Response:
    """Ask for which address; or say that a mail is on its way, if there is anybody to get it."""
    return forgotten_form(request, Typed(), [])


def forgotten_form(request: Request, typed: Typed, problems: Sequence[Any], status: int = 422) -> Response:
    """Render the form."""
    return render(
        request,
        "forgotten.html",
        spoken(request),
        status=status if problems else 200,
        typed=typed,
        problems=problems,
        inputs=["email"],
        sent=request.query_params.get("sent") == "1",
    )


async def ask(request: Request) -> Response:
    """Have a link sent; the answer is the same whether or not the address has an account."""
    typed = await read_form(request, with_token=False)
    language, email = spoken(request), typed.text("email")
    if not email:
        return forgotten_form(request, typed, [missing("email", language)])
    try:
        await ask_link(email, network_address(request), language)
    except TooManyAttempts as error:
        return forgotten_form(request, typed, [local("", said(language, error))], status=429)
    return redirect("/forgotten?sent=1")


async def link(request: Request) -> Response:
    """Show the form of a new password; looking uses nothing up, because mail programs look too."""
    try:
        found = await find(request.path_params["link"])
    except NotFound:
        return gone(request)
    return reset_form(request, found, [])


def gone(request: Request) -> Response:
    """Say that the link leads nowhere, which is all that is ever said of one."""
    return render(request, "reset_gone.html", spoken(request), status=404)


def reset_form(request: Request, found: Forgotten, problems: Sequence[Any]) -> Response:
    """Render the form; no password is ever shown again."""
    status = 422 if problems else 200
    given: dict[str, Any] = {"typed": Typed(), "problems": problems, "inputs": ["newPassword", "repeatPassword"]}
    return render(request, "reset.html", spoken(request), status=status, forgotten=found, **given)


async def take(request: Request) -> Response:
    """Set the password, and go on to sign in with it: a second factor is asked there."""
    typed = await read_form(request, with_token=False)
    language, device = spoken(request), device_of(request)
    new, repeated = (typed.values.get(name, [""])[0] for name in ("newPassword", "repeatPassword"))
    try:
        found = await find(request.path_params["link"])
        if not new:
            return reset_form(request, found, [missing("newPassword", language)])
        if new != repeated:
            return reset_form(request, found, [local("repeatPassword", say(language, "wrong.repeat"))])
        await reset(request.path_params["link"], new, device)
    except NotFound:
        return gone(request)
    except Invalid as invalid:
        told = [local("newPassword", say_message(language, one.message_id, **one.values)) for one in invalid.problems]
        return reset_form(request, found, told)
    except Unavailable as error:
        return reset_form(request, found, [local("", said(language, error))])
    return mark(redirect("/sign-in?reset=1"), device)


ROUTES = [
    Route("/forgotten", page(forgotten), methods=["GET"]),
    Route("/forgotten", page(ask), methods=["POST"]),
    Route("/reset/{link}", unseen(link), methods=["GET"]),
    Route("/reset/{link}", unseen(take), methods=["POST"]),
]
