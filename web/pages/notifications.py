"""What I am told: a card for each joint work or case, with its latest lines, until I mark it as read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from web.ask import ask, do
from web.forms import read_form
from web.rendering import page, redirect, render

HOME = "/notifications"
BACK = {HOME, "/today"}


@dataclass
class Card:
    """What was told about one thing, newest first; without an address whoever was told may not see it any more."""

    address: str
    purpose: str
    lines: list[Mapping[str, Any]] = field(default_factory=list)

    @property
    def unread(self) -> list[str]:
        """Return the ids of those that wait."""
        return [line["id"] for line in self.lines if not line["readAt"]]


def cards(told: Iterable[Mapping[str, Any]]) -> list[Card]:
    """Return what was told by what it is about, that of which something was told last first."""
    found: dict[str, Card] = {}
    for line in told:
        work, case = line["jointIntervention"], line["caseId"]
        address = f"/joint-work/{work['id']}" if work else f"/cases/{case}" if case else ""
        card = found.setdefault(address or line["id"], Card(address, work["purpose"] if work else ""))
        card.lines.append(line)
    return list(found.values())


async def notifications(request: Request) -> Response:
    """Show the page."""
    after = request.query_params.get("after") or None
    answer = await ask(request, "notifications", {"first": 50, "after": after})
    found = answer.data["notifications"]
    place = found["pageInfo"]
    return render(
        request,
        "notifications.html",
        answer.language,
        viewer=answer.data["viewer"],
        cards=cards(found["nodes"]),
        following=f"{HOME}?after={quote(place['endCursor'])}" if place["hasNextPage"] else "",
        first=HOME if after else "",
    )


async def mark_read(request: Request) -> Response:
    """Put away the lines of one card, or all that I am told."""
    typed = await read_form(request)
    one = request.path_params.get("notification")
    given = {"notificationIds": typed.all("ids") or [one]} if one else {}
    await do(request, "mark_notifications_read", given)
    back = typed.text("back")
    return redirect(back if back in BACK else HOME)


ROUTES = [
    Route(HOME, page(notifications), methods=["GET"]),
    Route(f"{HOME}/read", page(mark_read), methods=["POST"]),
    Route(f"{HOME}/{{notification}}/read", page(mark_read), methods=["POST"]),
]
