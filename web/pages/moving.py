"""Moving a case on its path: to be taken on, suspended, closed with a reason, opened again."""

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from infra.errors import ErrorCode, Refused
from tenants.cases.models import ClosureReason
from web.ask import Answer, Told, ask, do
from web.forms import Typed, local, missing, read_form
from web.rendering import page, redirect, render
from web.texts import say

VERSION = "expectedVersion"
NAMES = ("status", "reason")
CLOSED = "CLOSED"


async def status(request: Request) -> Response:
    """Show the steps that may follow."""
    answer = await asked(request)
    return form(request, answer, Typed().put(VERSION, str(answer.data["case"]["version"])), [])


async def asked(request: Request) -> Answer:
    """Ask for the case. Raises `Refused` where the reader may move it nowhere."""
    answer = await ask(request, "case_status", {"id": request.path_params["case"]})
    if not answer.data["case"]["viewerCan"]["changeStatusTo"]:
        raise Refused
    return answer


def form(
    request: Request, answer: Answer, typed: Typed, problems: Sequence[Any], *, moved: bool = False, code: int = 200
) -> Response:
    """Render the form; `moved` says that somebody else was first."""
    case = answer.data["case"]
    return render(
        request,
        "case_status.html",
        answer.language,
        status=code,
        viewer=answer.data["viewer"],
        case=case,
        steps=case["viewerCan"]["changeStatusTo"],
        reasons=[reason.name for reason in ClosureReason],
        under_way=[one for one in case["jointInterventions"]["nodes"] if one["closedAt"] is None],
        typed=typed,
        problems=problems,
        inputs=NAMES,
        moved=moved,
        again={"moved": moved},
    )


async def change(request: Request) -> Response:
    """Move the case and go back to it, or show what is wrong."""
    typed = await read_form(request)
    answer = await asked(request)
    chosen, reason = typed.text("status"), typed.text("reason")
    if chosen not in answer.data["case"]["viewerCan"]["changeStatusTo"]:
        return form(request, answer, typed, [missing("status", answer.language)], code=422)
    if chosen == CLOSED and reason not in ClosureReason.__members__:
        return form(request, answer, typed, [local("reason", say(answer.language, "wrong.no_reason"))], code=422)
    given = {
        "caseId": answer.data["case"]["id"],
        "status": chosen,
        VERSION: typed.version(VERSION),
        **({"reason": reason} if chosen == CLOSED else {}),
    }
    try:
        _, found = await do(request, "change_case_status", given, once=typed.once)
    except Told as told:
        if told.code != ErrorCode.CONFLICT:
            raise
        answer = await asked(request)
        typed.put(VERSION, str(answer.data["case"]["version"]))
        return form(request, answer, typed, [], moved=True, code=409)
    if found:
        return form(request, answer, typed, found, code=422)
    return redirect(f"/cases/{answer.data['case']['id']}?saved=status")


ROUTES = [
    Route("/cases/{case}/status", page(status), methods=["GET"]),
    Route("/cases/{case}/status", page(change), methods=["POST"]),
]
