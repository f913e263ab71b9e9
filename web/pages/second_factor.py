"""Switching two-step verification on and off."""

import re
from typing import Any

import segno
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from infra.errors import ErrorCode
from tenants.members.codes import address_of
from web.ask import Told, ask, do
from web.forms import Problems, Typed, local, read_form
from web.rendering import page, redirect, render
from web.shown_once import forget, leave, left

HOME = "/account"
KEY_PAGE, CODES_PAGE = "/account/second-factor/key", "/account/second-factor/codes"
KEY = re.compile(r"[A-Z2-7]{32}")


async def shown(request: Request, template: str, problems: Problems, status: int = 200, **also: object) -> Response:
    """Render one of the pages; no password and no code is ever shown again."""
    answer = await ask(request, "viewer")
    inputs = ["currentPassword", "code"]
    values = {"viewer": answer.data["viewer"], "typed": Typed(), "problems": problems, "inputs": inputs, **also}
    return render(request, template, answer.language, status=status, **values)


async def attempted(
    request: Request, operation: str, given: dict[str, str], at: str
) -> tuple[dict[str, Any], Problems, int]:
    """Run a mutation; return its payload, the problems, and the status of a page that tells them."""
    try:
        payload, problems = await do(request, operation, given)
    except Told as told:
        if told.code != ErrorCode.TOO_MANY_ATTEMPTS:
            raise
        return {}, [local(at, told.message)], 429
    return payload, [dict(problem) for problem in problems], 422


async def begin(request: Request) -> Response:
    """Say what is needed, and ask the password."""
    return await shown(request, "factor_begin.html", [])


async def start(request: Request) -> Response:
    """Make a secret, for the page that shows it."""
    typed = await read_form(request)
    password = typed.values.get("currentPassword", [""])[0]
    payload, problems, status = await attempted(
        request, "start_second_factor", {"currentPassword": password}, "currentPassword"
    )
    if problems:
        return await shown(request, "factor_begin.html", problems, status)
    return leave(request, redirect(KEY_PAGE), KEY_PAGE, payload["secret"])


async def key(request: Request) -> Response:
    """Show the secret once. Whoever comes back to it begins anew."""
    secret = left(request)
    return redirect(HOME) if secret is None else forget(await key_page(request, secret, []))


async def key_page(request: Request, secret: str, problems: Problems, status: int = 200) -> Response:
    """Render the secret as a picture, as a link and as text, and ask the first code."""
    email = (await ask(request, "viewer")).data["viewer"]["email"]
    address = address_of(secret, email)
    spaced = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    picture = segno.make(address, micro=False).svg_inline(border=4, omitsize=True, svgclass=None, lineclass=None)
    words = {"secret": secret, "spaced": spaced, "address": address}
    drawn = Markup(picture)  # noqa: S704 - made by the library, of an address that it does not write into it
    return await shown(request, "factor_key.html", problems, status, words=words, picture=drawn)


async def confirm(request: Request) -> Response:
    """Switch it on, and lead to the recovery codes."""
    typed = await read_form(request)
    secret = typed.text("secret")
    if not KEY.fullmatch(secret):
        return redirect("/account/second-factor")
    payload, problems, status = await attempted(request, "confirm_second_factor", {"code": typed.text("code")}, "code")
    if problems:
        return leave(request, await key_page(request, secret, problems, status), KEY_PAGE, secret)
    return leave(request, redirect(CODES_PAGE), CODES_PAGE, " ".join(payload["recoveryCodes"]))


async def codes(request: Request) -> Response:
    """Show the recovery codes once."""
    told = left(request)
    return redirect(HOME) if told is None else forget(await shown(request, "factor_codes.html", [], codes=told.split()))


async def ask_end(request: Request) -> Response:
    """Ask the password and a code."""
    return await shown(request, "factor_end.html", [])


async def end(request: Request) -> Response:
    """Switch it off."""
    typed = await read_form(request)
    given = {"currentPassword": typed.values.get("currentPassword", [""])[0], "code": typed.text("code")}
    _, problems, status = await attempted(request, "end_second_factor", given, "currentPassword")
    if problems:
        return await shown(request, "factor_end.html", problems, status)
    return redirect(f"{HOME}?done=factor_off")


ROUTES = [
    Route("/account/second-factor", page(begin), methods=["GET"]),
    Route("/account/second-factor", page(start), methods=["POST"]),
    Route("/account/second-factor/confirm", page(confirm), methods=["POST"]),
    Route(KEY_PAGE, page(key), methods=["GET"]),
    Route(CODES_PAGE, page(codes), methods=["GET"]),
    Route("/account/second-factor/end", page(ask_end), methods=["GET"]),
    Route("/account/second-factor/end", page(end), methods=["POST"]),
]
