"""The network: its pact, each clause beside the rules that come from it, and its organisations."""

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from authz.kinds import OrganisationKind
from infra.errors import NotFound
from web.ask import ask
from web.forms import whole_number
from web.rendering import page, render


async def pact(request: Request) -> Response:
    """Show the pact in force, or an earlier version."""
    asked = request.query_params.get("version", "")
    version = whole_number(asked)
    if asked and version is None:
        raise NotFound
    answer = await ask(request, "pact", {"version": version})
    return render(
        request,
        "pact.html",
        answer.language,
        viewer=answer.data["viewer"],
        pact=answer.data["pact"],
    )


async def organisations(request: Request) -> Response:
    """Show the organisations of the territory."""
    kind, after = request.query_params.get("kind", ""), request.query_params.get("after") or None
    kinds = [one.name for one in OrganisationKind]
    kind = kind if kind in kinds else ""
    answer = await ask(request, "organisations", {"after": after, "filter": {"kind": kind} if kind else None})
    place = answer.data["organisations"]["pageInfo"]
    kept = {"kind": kind} if kind else {}
    following = f"/organisations?{urlencode({**kept, 'after': place['endCursor']})}" if place["hasNextPage"] else ""
    return render(
        request,
        "organisations.html",
        answer.language,
        viewer=answer.data["viewer"],
        found=answer.data["organisations"],
        kinds=kinds,
        kind=kind,
        following=following,
        first=f"/organisations?{urlencode(kept)}" if after else "",
    )


ROUTES = [
    Route("/pact", page(pact), methods=["GET"]),
    Route("/organisations", page(organisations), methods=["GET"]),
]
