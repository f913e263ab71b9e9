"""Recording a consent, and withdrawing it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from authz.fields import GROUPS
from authz.purposes import Purpose
from infra.clock import today
from infra.errors import NotFound, Refused
from tenants.cases.disclosure import held_fields
from tenants.shapes import SHAPES
from web.ask import ask, do
from web.days import day_problem, read_day
from web.forms import Problems, Typed, local, missing, read_form
from web.rendering import page, redirect, render
from web.seeing import outlooks
from web.texts import day

NAMES = ("basis", "purposes", "kinds", "organisations", "fields", "until")
BASES = ("CONSENT", "PUBLIC_TASK")
HELD = {field.key: field for field in held_fields(SHAPES)}
"""Fields that a case can hold: what nobody can fill in is neither asked of the person nor offered to anybody."""
USUAL = [name for name in GROUPS if any(one.group == name and not one.is_sensitive for one in HELD.values())]
"""Groups that can be named whole; their specially protected fields are never covered by it."""
SENSITIVE = [key for key, field in HELD.items() if field.is_sensitive]
PURPOSES = [purpose.name for purpose in Purpose]


def receivers(data: Mapping[str, Any], own: str) -> list[Mapping[str, Any]]:
    """Return the other organisations to which the pact gives something today, by name."""
    found = data["organisations"]["nodes"]
    return sorted((one for one in found if one["slug"] != own and one["receivesFor"]), key=lambda one: str(one["name"]))


async def consent(request: Request) -> Response:
    """Show the form; a consent is usually given for a year."""
    return await form(request, Typed([("basis", BASES[0])]), [])


async def form(request: Request, typed: Typed, problems: Sequence[Any]) -> Response:
    """Render the form. Raises `Refused`."""
    answer = await ask(request, "consent", {"id": request.path_params["case"]})
    case, viewer = answer.data["case"], answer.data["viewer"]
    if not case["viewerCan"]["giveAuthorisation"]:
        raise Refused
    if "until" not in typed.values:
        typed.put("until", day(in_a_year(today()), "it"))
    others = receivers(answer.data, viewer["organisation"]["slug"])
    return render(
        request,
        "consent.html",
        answer.language,
        status=422 if problems else 200,
        viewer=viewer,
        case=case,
        bases=BASES,
        purposes=PURPOSES,
        kinds=sorted({one["kind"] for one in others}),
        organisations=others,
        usual=USUAL,
        sensitive=SENSITIVE,
        typed=typed,
        problems=problems,
        inputs=NAMES,
    )


def in_a_year(first: date) -> date:
    """Return the same day of the next year; of 29 February, the day before."""
    try:
        return first.replace(year=first.year + 1)
    except ValueError:
        return first.replace(year=first.year + 1, day=28)


async def give(request: Request) -> Response:
    """Record the consent and go back to the case, or show what is wrong."""
    typed = await read_form(request)
    asked = await ask(request, "consent", {"id": request.path_params["case"]})
    problems: Problems = []
    until = read_until(typed, asked.language, problems)
    basis = typed.text("basis")
    wanted = {"basis": basis in BASES, "purposes": typed.all("purposes"), "fields": typed.all("fields")}
    wanted["kinds"] = typed.all("kinds") or typed.all("organisations")
    problems += [missing(name, asked.language) for name, given in wanted.items() if not given]
    if problems:
        return await form(request, typed, problems)
    case = request.path_params["case"]
    known_kinds = {one["kind"] for one in receivers(asked.data, "")}
    agreed = {
        "caseId": case,
        "basis": basis,
        "purposes": [name for name in typed.all("purposes") if name in PURPOSES],
        "kinds": [name for name in typed.all("kinds") if name in known_kinds],
        "organisations": typed.all("organisations"),
        "fields": typed.all("fields"),
        "until": until,
    }
    _, found = await do(request, "give_authorisation", agreed, once=typed.once)
    if found:
        return await form(request, typed, found)
    return redirect(f"/cases/{case}?saved={'consent' if basis == BASES[0] else 'task'}#consents")


def read_until(typed: Typed, language: str, problems: Problems) -> str:
    """Return the last day as the API takes it; what cannot be read goes to the problems."""
    text = typed.text("until")
    try:
        return read_day(text)
    except ValueError as wrong:
        problems.append(local("until", day_problem(wrong, language)) if text else missing("until", language))
    return ""


async def withdrawal(request: Request) -> Response:
    """Show what withdrawing means, and ask why."""
    return await confirm(request, Typed(), [])


async def confirm(request: Request, typed: Typed, problems: Sequence[Any]) -> Response:
    """Render the page. Raises `NotFound` or `Refused`."""
    answer = await ask(request, "authorisation", {"id": request.path_params["authorisation"]})
    authorisation = answer.data["node"]
    if not authorisation or authorisation["case"] is None:
        raise NotFound
    if not authorisation["case"]["viewerCan"]["withdrawAuthorisation"]:
        raise Refused
    told = outlooks(answer.data["sharingIfWithdrawn"])
    return render(
        request,
        "withdraw.html",
        answer.language,
        status=422 if problems else 200,
        viewer=answer.data["viewer"],
        authorisation=authorisation,
        case=authorisation["case"],
        position=[one["id"] for one in authorisation["case"]["authorisations"]].index(authorisation["id"]) + 1,
        changes=[one for one in told if one.lost],
        unchanged=[one for one in told if one.seen and not one.lost],
        typed=typed,
        problems=problems,
        inputs=["reason"],
    )


async def withdraw(request: Request) -> Response:
    """Withdraw it: from the next statement on, nobody sees the case by it."""
    typed = await read_form(request)
    given = {"authorisationId": request.path_params["authorisation"], "reason": typed.text("reason")}
    payload, found = await do(request, "withdraw_authorisation", given, once=typed.once)
    if found:
        return await confirm(request, typed, found)
    return redirect(f"/cases/{payload['authorisation']['case']['id']}?saved=withdraw#consents")


ROUTES = [
    Route("/cases/{case}/consent", page(consent), methods=["GET"]),
    Route("/cases/{case}/consent", page(give), methods=["POST"]),
    Route("/consents/{authorisation}/withdraw", page(withdrawal), methods=["GET"]),
    Route("/consents/{authorisation}/withdraw", page(withdraw), methods=["POST"]),
]
