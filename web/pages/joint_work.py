"""Joint interventions: propose with a preview of what the partner will see, answer, close."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from authz.fields import GROUPS, mask_of, names_of
from infra.errors import NotFound, Refused
from tenants.joint_work.reasons import ClosingReason, DeclineReason
from web.again import again_of
from web.ask import Answer, ask, do
from web.forms import Problems, Typed, local, missing, read_form
from web.pages.authorisations import HELD, PURPOSES, SENSITIVE, USUAL, receivers
from web.rendering import by_address, page, redirect, render
from web.seeing import outlooks
from web.texts import say

NAMES = ("purpose", "partners", "fields", "message")
VERBS = ("accept", "decline", "close")
REASONS = {
    "decline": [reason.name for reason in DeclineReason],
    # The last is said by the closing of the case itself.
    "close": [reason.name for reason in ClosingReason if reason is not ClosingReason.CASE_CLOSED],
}
SAVED = ("send", "unseen", "attach", *VERBS)


async def joint_interventions(request: Request) -> Response:
    """Show those that my organisation holds or is invited to."""
    after, waiting = request.query_params.get("after") or None, "waiting" in request.query_params
    asked = {"first": 25, "after": after, "waiting": waiting or None}
    answer = await ask(request, "joint_interventions", asked)
    found = answer.data["jointInterventions"]
    place, kept = found["pageInfo"], {"waiting": "1"} if waiting else {}
    following = f"/joint-work?{urlencode({**kept, 'after': place['endCursor']})}" if place["hasNextPage"] else ""
    return render(
        request,
        "joint_interventions.html",
        answer.language,
        viewer=answer.data["viewer"],
        found=found,
        following=following,
        first=f"/joint-work{'?waiting=1' if waiting else ''}" if after else "",
        waiting=waiting,
    )


async def proposal(request: Request) -> Response:
    """Show the form."""
    answer = await allowed(request)
    shown = again_of(request)
    if shown is not None and not shown.problems and shown.typed.text("step") == "preview":
        return shown_before(request, answer, shown.typed, await previewed(request, shown.typed))
    return form(request, answer, as_agreed(answer.data["case"]), [])


def as_agreed(case: Mapping[str, Any]) -> Typed:
    """Return the form as the only consent that holds has it; where there are several, nothing is chosen."""
    typed, valid = Typed(), [one for one in case["authorisations"] if one["inForce"]]
    if len(valid) != 1:
        return typed
    (consent,) = valid
    if len(consent["purposes"]) == 1:
        typed.put("purpose", *consent["purposes"])
    if len(consent["organisations"]) == 1 and not consent["kinds"]:
        typed.put("partners", consent["organisations"][0]["slug"])
    agreed = set(consent["fields"])
    whole = [name for name in USUAL if {one.key for one in GROUPS[name] if not one.is_sensitive} <= agreed]
    return typed.put("fields", *whole, *(name for name in SENSITIVE if name in agreed))


async def allowed(request: Request) -> Answer:
    """Return what the pages of a proposal are made from. Raises `Refused`."""
    answer = await ask(request, "proposal", {"id": request.path_params["case"]})
    if not answer.data["case"]["viewerCan"]["proposeJointIntervention"]:
        raise Refused
    return answer


def form(request: Request, answer: Answer, typed: Typed, problems: Sequence[Any]) -> Response:
    """Render the form with what was chosen."""
    viewer, case = answer.data["viewer"], answer.data["case"]
    return render(
        request,
        "propose.html",
        answer.language,
        status=422 if problems else 200,
        viewer=viewer,
        case=case,
        valid=any(one["inForce"] for one in case["authorisations"]),
        purposes=PURPOSES,
        partners=receivers(answer.data, viewer["organisation"]["slug"]),
        usual=USUAL,
        sensitive=SENSITIVE,
        typed=typed,
        problems=problems,
        inputs=NAMES,
    )


async def propose(request: Request) -> Response:
    """Show what the partners would see; once that was seen, send the proposal."""
    typed = await read_form(request)
    answer = await allowed(request)
    step = typed.text("step")
    if step == "change":
        return by_address(request, typed) or form(request, answer, typed, [])
    problems: Problems = [
        missing(name, answer.language)
        for name in ("purpose", "partners", "fields")
        if not typed.all(name) or (name == "purpose" and typed.text(name) not in PURPOSES)
    ]
    if problems:
        return form(request, answer, typed, problems)
    if step != "send":
        preview = await previewed(request, typed)
        if preview["problems"]:
            return form(request, answer, typed, preview["problems"])
        return by_address(request, typed.put("step", "preview")) or shown_before(request, answer, typed, preview)
    given = {
        "caseId": request.path_params["case"],
        "purpose": typed.text("purpose"),
        "partners": typed.all("partners"),
        "fields": typed.all("fields"),
        "message": typed.text("message") or None,
    }
    payload, found = await do(request, "propose_joint_intervention", given, once=typed.once)
    if found:
        return form(request, answer, typed, found)
    return redirect(f"/joint-work/{payload['jointIntervention']['id']}?saved=send")


async def previewed(request: Request, typed: Typed) -> Mapping[str, Any]:
    """Return what the partners would see, or what is wrong with the proposal."""
    asked: dict[str, Any] = {name: typed.all(name) for name in ("partners", "fields")}
    asked |= {"case": request.path_params["case"], "purpose": typed.text("purpose")}
    preview: Mapping[str, Any] = (await ask(request, "sharing_if_proposed", asked)).data["sharingIfProposed"]
    return preview


def shown_before(request: Request, answer: Answer, typed: Typed, preview: Mapping[str, Any]) -> Response:
    """Render the preview: for each partner, what it will see and what it will not, and why."""
    case = answer.data["case"]
    shown = outlooks(preview)
    return render(
        request,
        "propose_preview.html",
        answer.language,
        viewer=answer.data["viewer"],
        case=case,
        typed=typed,
        shown=shown,
        offered=names_of_mask(typed.all("fields")),
        empty={entry["field"] for entry in case["disclosure"] if entry["state"] == "EMPTY"},
        useful=any(one.seen for one in shown),
        names=NAMES,
    )


def names_of_mask(names: Sequence[str]) -> set[str]:
    """Return the keys of the fields that these names of fields and groups offer."""
    return set(names_of(mask_of(names)))


async def joint_intervention(request: Request) -> Response:
    """Show one, with what I may do about it."""
    return await detail(request, Typed(), [])


async def detail(request: Request, typed: Typed, problems: Sequence[Any]) -> Response:
    """Render the page of one. Raises `NotFound`."""
    answer = await ask(request, "joint_intervention", {"id": request.path_params["work"]})
    work, saved = answer.data["node"], request.query_params.get("saved", "")
    preview = answer.data["sharingIfAccepted"]
    if not work:
        raise NotFound
    if is_new_to(answer.data["viewer"], work):
        await do(request, "mark_proposal_read", {"jointInterventionId": work["id"]})
    return render(
        request,
        "joint_intervention.html",
        answer.language,
        status=422 if problems else 200,
        viewer=answer.data["viewer"],
        work=work,
        offered=[name for name in work["fields"] or () if name in HELD],
        offer=set(work["fields"] or ()),
        waiting=outlooks(preview) if work["status"] != "CLOSED" else [],
        obstacles=preview["problems"] if preview and work["viewerCan"]["answer"] else [],
        decline_reasons=REASONS["decline"],
        closing_reasons=REASONS["close"],
        saved=saved if saved in SAVED else "",
        typed=typed,
        problems=problems,
        inputs=["reason"],
        here=f"/joint-work/{work['id']}",
    )


def is_new_to(viewer: Mapping[str, Any], work: Mapping[str, Any]) -> bool:
    """Tell whether my organisation is invited and nobody of it has opened the proposal before."""
    mine = [one for one in work["partners"] if one["organisation"]["slug"] == viewer["organisation"]["slug"]]
    return any(one["status"] == "INVITED" and not one["seenAt"] for one in mine)


async def answer_or_close(request: Request) -> Response:
    """Accept, decline or close it."""
    typed = await read_form(request)
    identifier, verb = request.path_params["work"], request.path_params["verb"]
    if verb not in VERBS:
        raise NotFound
    given: Mapping[str, Any] = {"jointInterventionId": identifier}
    if verb in REASONS:
        if typed.text("reason") not in REASONS[verb]:
            answer = await ask(request, "joint_intervention", {"id": identifier})
            return await detail(request, typed, [local("reason", say(answer.language, "wrong.no_reason"))])
        given = {**given, "reason": typed.text("reason")}
    payload, found = await do(request, f"{verb}_joint_intervention", given, once=typed.once)
    if found:
        return await detail(request, typed, found)
    case = payload["jointIntervention"].get("case")
    where = f"/cases/{case['id']}" if case else f"/joint-work/{identifier}"
    # Whoever accepts what nothing is shared by, or no more, is not told that they now see it.
    return redirect(f"{where}?saved={'unseen' if verb == 'accept' and not case else verb}")


ROUTES = [
    Route("/joint-work", page(joint_interventions), methods=["GET"]),
    Route("/cases/{case}/propose", page(proposal), methods=["GET"]),
    Route("/cases/{case}/propose", page(propose), methods=["POST"]),
    Route("/joint-work/{work}", page(joint_intervention), methods=["GET"]),
    Route("/joint-work/{work}/{verb}", page(answer_or_close), methods=["POST"]),
]
