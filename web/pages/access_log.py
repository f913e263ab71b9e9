"""Who of other organisations has read a case of mine."""

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from web.ask import ask
from web.rendering import page, render


async def access_log(request: Request) -> Response:
    """Show a page of the reads, newest first."""
    case, after = request.path_params["case"], request.query_params.get("after") or None
    answer = await ask(request, "access_log", {"id": case, "after": after})
    place = answer.data["accessLog"]["pageInfo"]
    here = f"/cases/{case}/access-log"
    return render(
        request,
        "access_log.html",
        answer.language,
        viewer=answer.data["viewer"],
        case=answer.data["case"],
        found=answer.data["accessLog"],
        following=f"{here}?{urlencode({'after': place['endCursor']})}" if place["hasNextPage"] else "",
        first=here if after else "",
    )


ROUTES = [Route("/cases/{case}/access-log", page(access_log), methods=["GET"])]
