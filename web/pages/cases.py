"""The list of cases, and one case: every group with what is visible, empty or withheld, and who sees it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from authz.fields import FIELD
from tenants.cases.catalogues import MUNICIPALITIES
from tenants.cases.models import CaseStatus
from web.ask import ask
from web.forms import read_form
from web.groups import GROUPS, Group, Value, need_label
from web.rendering import page, redirect, render
from web.searches import LONGEST, concealed, revealed
from web.seeing import Ground, grounds_of
from web.texts import label, say

ORDERS = ("OPENED_ON_DESC", "OPENED_ON_ASC")
PAGE = 25
OPEN = ("number", "status", "municipality", "holder")
"""What an address may have as it was typed."""
HIDDEN = "words"
SAVED = {name: name for name in ("opened", "consent", "task", "withdraw", "accept", "close", "status")}
SAVED |= dict.fromkeys((*GROUPS, "needs"), "group")
"""What was done before coming here, and the name of the sentence that says so."""


@dataclass(frozen=True)
class Line:
    """One value of a case, or why it is not there."""

    name: str
    text: str
    state: str
    reason: str
    clause: Mapping[str, Any] | None = None
    until: str | None = None
    sensitive: bool = False


@dataclass(frozen=True)
class Section:
    """One group of a case on its page."""

    name: str
    lines: Sequence[Line]
    may_change: bool

    @property
    def reason(self) -> str:
        """Return the reason that withholds all of it, if it is one and the same."""
        reasons = {line.reason if line.state == "WITHHELD" else "" for line in self.lines}
        return reasons.pop() if len(reasons) == 1 else ""

    @property
    def ground(self) -> Mapping[str, Any] | None:
        """Return the clause by which all that is visible of it is shared, if it is one and the same."""
        found = {(line.clause["number"], line.until): line.clause for line in self.lines if line.clause}
        return next(iter(found.values())) if len(found) == 1 else None

    @property
    def until(self) -> str | None:
        """Return the last day of that."""
        return next((line.until for line in self.lines if line.clause), None)


@dataclass(frozen=True)
class Reader:
    """An organisation that sees the case by one joint work, or may soon."""

    organisation: Mapping[str, Any]
    purpose: str
    status: str
    work: str
    seen: Sequence[Mapping[str, Any]]

    @property
    def grounds(self) -> list[Ground]:
        return grounds_of(self.seen)

    @property
    def until(self) -> str | None:
        return max((one["until"] for one in self.seen), default=None)


async def cases(request: Request) -> Response:
    """Show a page of the cases that I may see."""
    asked = request.query_params
    chosen = {name: asked.get(name, "").strip() for name in (*OPEN, "orderBy")}
    chosen["name"] = revealed(request, asked.get(HIDDEN, ""))
    if chosen["status"].lower() not in list(CaseStatus):
        chosen["status"] = ""
    if chosen["orderBy"] not in ORDERS:
        chosen["orderBy"] = ORDERS[0]
    wanted = {name: value for name, value in chosen.items() if any(map(str.isalnum, value)) and name != "orderBy"}
    variables = {
        "first": PAGE,
        "after": asked.get("after") or None,
        "filter": wanted or None,
        "orderBy": chosen["orderBy"],
    }
    answer = await ask(request, "cases", variables)
    place = answer.data["cases"]["pageInfo"]
    following = listed(request, chosen, after=place["endCursor"]) if place["hasNextPage"] else ""
    return render(
        request,
        "cases.html",
        answer.language,
        viewer=answer.data["viewer"],
        found=answer.data["cases"],
        chosen=chosen,
        statuses=[status.name for status in CaseStatus],
        orders=ORDERS,
        towns=MUNICIPALITIES,
        following=following,
        first="" if variables["after"] is None else listed(request, chosen),
    )


async def find(request: Request) -> Response:
    """Take what to look for from a form, so that no address ever has a name in it, and show the list of it."""
    typed = await read_form(request)
    return redirect(listed(request, {name: typed.text(name) for name in (*OPEN, "orderBy", "name")}))


def listed(request: Request, chosen: Mapping[str, str], **place: str) -> str:
    """Return the address of the list that was chosen, from this place on."""
    readable = {name: value[:LONGEST] for name, value in chosen.items() if value and name != "name"}
    asked = {**readable, **place}
    if words := concealed(request, chosen["name"]):
        asked[HIDDEN] = words
    return f"/cases?{urlencode(asked)}" if asked else "/cases"


async def case(request: Request) -> Response:
    """Show one case."""
    answer = await ask(request, "case", {"id": request.path_params["case"]})
    found = answer.data["case"]
    saved = request.query_params.get("saved", "")
    return render(
        request,
        "case.html",
        answer.language,
        viewer=answer.data["viewer"],
        case=found,
        can=found["viewerCan"],
        sections=sections(found, answer.language),
        readers=readers(found),
        grounds=grounds(found),
        joint_work=found["jointInterventions"]["nodes"],
        consented=any(one["inForce"] for one in found["authorisations"]),
        saved=SAVED.get(saved, ""),
        saved_at=saved,
    )


def sections(found: Mapping[str, Any], language: str) -> list[Section]:
    """Return the groups of the case, in the order of the page."""
    told = {entry["field"]: entry for entry in found["disclosure"]}
    made = [of_group(group, found, told, language) for group in GROUPS.values()]
    return [*made, needs(found, told, language)]


def of_group(group: Group, found: Mapping[str, Any], told: Mapping[str, Any], language: str) -> Section:
    """Return the lines of one group."""
    values = group.of(found)
    lines = [
        line(value, values.get(value.name), told, language)
        for value in group.values
        if value.kind != "yes" or values.get(value.name)
    ]
    initials = told.get("identity.initials", {"state": ""})
    if group.name == "identity" and told["identity.name"]["state"] == "WITHHELD" and initials["state"] == "VALUE":
        extra = Value("initials", "identity.initials")
        lines.insert(0, line(extra, values.get("initials"), told, language, name=label(language, "field", extra.field)))
    return Section(group.name, lines, bool(found["viewerCan"]["update"] and group.writable(found)))


def line(value: Value, given: Any, told: Mapping[str, Any], language: str, *, name: str = "") -> Line:
    """Return one line: the value, or its state and the reason."""
    entry = told[value.field]
    state = "VALUE" if value.kind == "yes" else entry["state"]
    if state == "VALUE" and given in (None, []):
        state = "EMPTY"  # another value of the same field is there
    name = name or say(language, f"input.{value.name}")
    return Line(
        name,
        value.shown(given, language) if state == "VALUE" else "",
        state,
        entry["reason"],
        entry["clause"],
        entry["until"],
        FIELD[value.field].is_sensitive,
    )


def needs(found: Mapping[str, Any], told: Mapping[str, Any], language: str) -> Section:
    """Return the needs, which are rows; each is visible or not there."""
    entry = told["needs.macro"]
    name = label(language, "field", "needs.macro")
    rows = found["needs"] or []
    lines = [
        Line(
            need_label(need["macro"], None, language),
            " — ".join(
                part
                for part in (need_label(need["macro"], need["item"], language) if need["item"] else "", need["note"])
                if part
            )
            or say(language, "choice.yes"),
            "VALUE",
            entry["reason"],
            entry["clause"],
            entry["until"],
        )
        for need in rows
    ]
    may = found["viewerCan"]["update"] and "needs.macro" in found["viewerCan"]["writeFields"]
    state = "WITHHELD" if entry["state"] == "WITHHELD" else "EMPTY"
    return Section("needs", lines or [Line(name, "", state, entry["reason"])], bool(may))


def readers(found: Mapping[str, Any]) -> list[Reader]:
    """Return who sees the case by joint work that is not over, and who is invited to."""
    return [
        Reader(one["organisation"], one["purpose"], one["status"], one["jointIntervention"]["id"], one["fields"])
        for one in found["seenBy"]
    ]


def grounds(found: Mapping[str, Any]) -> list[tuple[Mapping[str, Any], str | None]]:
    """Return the clauses by which a case of somebody else's is visible here, each with its last day."""
    by_number = {
        entry["clause"]["number"]: (entry["clause"], entry["until"])
        for entry in found["disclosure"]
        if entry["clause"] is not None
    }
    return [by_number[number] for number in sorted(by_number)]


ROUTES = [
    Route("/cases", page(cases), methods=["GET"]),
    Route("/cases", page(find), methods=["POST"]),
    Route("/search", page(find), methods=["POST"]),
    Route("/cases/{case}", page(case), methods=["GET"]),
]
