"""The gallery: everything that pages are built from, in each of its states. For developers; nothing in it is real."""

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from infra.settings import settings
from web.forms import Typed
from web.pages.notifications import cards
from web.rendering import render, spoken

AT = "2026-05-07T09:30:00+00:00"
UNTIL = "2027-05-07"
HERE = {"slug": "caritas", "name": "Caritas", "kind": "CARITAS"}
PARTNER = {"slug": "ponte", "name": "Il Ponte", "kind": "SOCIAL_COOPERATIVE_B"}
CLAUSE = {"number": 5, "title": "Tirocini"}
WHO = {"initials": "A. P.", "givenName": "Amina", "familyName": "Prova", "birthYear": 1990}


def a_case(number: str, status: str, *, own: bool = True) -> dict[str, Any]:
    """Return a case as a list shows it."""
    return {
        "id": "case_0",
        "number": number,
        "status": status,
        "openedOn": "2026-05-07",
        "isOwn": own,
        "holder": HERE if own else PARTNER,
        "person": {"identity": WHO, "contacts": {"municipality": "048014"}},
    }


def a_work(status: str, answer: str, *, may_answer: bool = False) -> dict[str, Any]:
    """Return a joint intervention as a list shows it."""
    return {
        "id": "joint-intervention_0",
        "purpose": "TRAINEESHIP",
        "status": status,
        "case": a_case("2026-0001", "LISTENING"),
        "holder": HERE,
        "proposedAt": AT,
        "partners": [{"organisation": PARTNER, "seenAt": None, "status": answer}],
        "viewerCan": {"answer": may_answer},
    }


def a_line(name: str, state: str, text: str = "", reason: str = "", *, sensitive: bool = False) -> dict[str, Any]:
    """Return one value of a group."""
    shared = {"clause": CLAUSE, "until": UNTIL} if state == "VALUE" else {"clause": None, "until": None}
    return {"name": name, "state": state, "text": text, "reason": reason, "sensitive": sensitive, **shared}


def a_ground(*fields: str) -> dict[str, Any]:
    """Return what lets fields be seen."""
    return {"purpose": "TRAINEESHIP", "clause": CLAUSE, "until": UNTIL, "fields": fields}


def a_reader(status: str, *fields: str) -> dict[str, Any]:
    """Return what a partner sees of a case."""
    about = {"organisation": PARTNER, "purpose": "TRAINEESHIP", "status": status, "work": "joint-intervention_0"}
    return {**about, "seen": fields, "grounds": [a_ground(*fields)] if fields else [], "until": UNTIL}


def an_outlook(*, lost: tuple[str, ...] = (), gained: tuple[str, ...] = (), kept: tuple[str, ...] = ()) -> Any:
    """Return what a partner would lose, see again, and go on seeing."""
    seen = [*gained, *kept]
    told = {"organisation": PARTNER, "lost": lost, "gained": gained, "seen": seen}
    return {**told, "grounds": [a_ground(*seen)] if seen else []}


A_CONSENT = {
    "basis": "CONSENT",
    "purposes": ["TRAINEESHIP"],
    "kinds": ["CARITAS"],
    "organisations": [PARTNER],
    "givenAt": AT,
    "until": UNTIL,
    "withdrawnAt": None,
    "inForce": True,
}


def section(name: str, *lines: dict[str, Any], reason: str = "", may_change: bool = False) -> dict[str, Any]:
    """Return a group of a case."""
    return {
        "name": name,
        "lines": lines,
        "reason": reason,
        "may_change": may_change,
        "ground": None,
        "until": None,
    }


SAMPLES: dict[str, Any] = {
    "empty_form": Typed(),
    "filled_form": Typed([("givenName", "Amina"), ("sex", "F"), ("purposes", "HIRE"), ("message", "Due righe.\nDue.")]),
    "people": [{"territory": "…", "name": "Amina Prova", "role": "…", "email": "amina@prova.example"}],
    "own_case": a_case("2026-0001", "LISTENING"),
    "shared_case": a_case("2026-0002", "PLAN_ACTIVE", own=False),
    "cases": [a_case("2026-0001", "LISTENING"), a_case("2026-0002", "SUSPENDED", own=False)],
    "works": [a_work("PROPOSED", "INVITED", may_answer=True), a_work("ACCEPTED", "ACCEPTED")],
    "readers": [a_reader("ACCEPTED", "identity.name", "work.profile"), a_reader("INVITED")],
    "grounds": [a_ground("identity.name", "work.profile")],
    "outlooks": [
        an_outlook(lost=("identity.name", "work.profile")),
        an_outlook(lost=("work.profile",), kept=("identity.name",)),
        an_outlook(gained=("identity.name", "work.profile")),
    ],
    "consents": [A_CONSENT, {**A_CONSENT, "inForce": False}, {**A_CONSENT, "withdrawnAt": AT}],
    "told": cards(
        [
            {"id": "notification_0", "text": "…", "at": AT, "readAt": None, "caseId": "case_0"}
            | {"jointIntervention": {"id": "work_0", "purpose": "HIRE"}},
            {
                "id": "notification_1",
                "text": "…",
                "at": AT,
                "readAt": AT,
                "caseId": "case_1",
                "jointIntervention": None,
            },
        ]
    ),
    "events": [
        {"kind": "CASE_OPENED", "fields": [], "jointIntervention": None, "at": AT, "organisation": HERE},
        {"kind": "CASE_UPDATED", "fields": ["work.profile"], "jointIntervention": None, "at": AT}
        | {"organisation": HERE},
    ],
    "groups": [
        section("work", a_line("1", "VALUE", "…"), a_line("2", "EMPTY"), may_change=True),
        section("health", a_line("3", "WITHHELD", reason="NOT_IN_PACT", sensitive=True)),
        section("economic", reason="NOT_OFFERED"),
    ],
}


async def gallery(request: Request) -> Response:
    """Show the gallery where the service is developed; elsewhere there is no such page."""
    if not settings().development:
        raise HTTPException(404)
    return render(request, "gallery.html", spoken(request), **SAMPLES)


ROUTES = [Route("/_ui", gallery, methods=["GET"])]
