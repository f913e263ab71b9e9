"""What waits for me: invitations to answer, proposals without an answer, my newest cases."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from infra.errors import ErrorCode
from web.ask import Told, ask
from web.pages.notifications import cards
from web.rendering import page, render


async def today(request: Request) -> Response:
    """Show the page; who oversees a territory reads no cases, and has none on it."""
    try:
        answer = await ask(request, "today", {"cases": True})
    except Told as told:
        if told.code != ErrorCode.FORBIDDEN:
            raise
        answer = await ask(request, "today", {"cases": False})
    work = answer.data["jointInterventions"]["nodes"]
    return render(
        request,
        "today.html",
        answer.language,
        viewer=answer.data["viewer"],
        news=cards(answer.data["notifications"]["nodes"]),
        invitations=[one for one in answer.data["invited"]["nodes"] if one["viewerCan"]["answer"]],
        waiting=[one for one in work if one["viewerCan"]["close"] and one["status"] == "PROPOSED"],
        cases=(answer.data.get("cases") or {"nodes": None})["nodes"],
    )


ROUTES = [Route("/today", page(today), methods=["GET"])]
