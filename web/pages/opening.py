"""Opening a case: the person, the town and a first need, on one page."""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from authz.actions import Action
from infra.errors import Refused
from web.ask import ask, do
from web.forms import Problems, Typed, read_form
from web.groups import IDENTITY, MUNICIPALITY, need_choices, read_need
from web.rendering import page, redirect, render

NAMES = [*(value.name for value in IDENTITY), MUNICIPALITY.name, "need", "note"]
OF_NEED = {"macro": "need", "item": "need", "note": "note", "person": "givenName"}


async def new_case(request: Request) -> Response:
    """Show the form."""
    return await form(request, Typed(), [])


async def form(request: Request, typed: Typed, problems: Sequence[Any]) -> Response:
    """Render the form with what was typed, and what is wrong with it. Raises `Refused`."""
    answer = await ask(request, "new_case")
    if Action.CASE_OPEN.name not in answer.data["viewer"]["actions"]:
        raise Refused
    return render(
        request,
        "case_new.html",
        answer.language,
        status=422 if problems else 200,
        viewer=answer.data["viewer"],
        values=IDENTITY,
        town=MUNICIPALITY,
        needs=need_choices(answer.language),
        typed=typed,
        problems=problems,
        inputs=NAMES,
    )


async def open_case(request: Request) -> Response:
    """Open the case and go to it, or show what is wrong."""
    typed = await read_form(request)
    language = (await ask(request, "new_case")).language
    problems: Problems = []
    read = {value.name: value.read(typed, language, problems) for value in IDENTITY}
    need = read_need(typed, language, problems)
    if problems:
        return await form(request, typed, problems)
    given = {
        "person": {name: value for name, value in read.items() if value is not None},
        "municipality": MUNICIPALITY.read(typed, language, problems),
        "needs": [need] if need else [],
    }
    payload, found = await do(request, "open_case", given, once=typed.once)
    if found:
        return await form(request, typed, [at_inputs(problem) for problem in found])
    return redirect(f"/cases/{payload['case']['id']}?saved=opened")


def at_inputs(problem: Mapping[str, Any]) -> dict[str, Any]:
    """Return the problem with the names of this page's inputs in its path."""
    return {**problem, "path": [OF_NEED.get(part, part) for part in problem["path"]]}


ROUTES = [
    Route("/cases/new", page(new_case), methods=["GET"]),
    Route("/cases/new", page(open_case), methods=["POST"]),
]
