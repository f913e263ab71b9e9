"""For whoever writes a client: every type of the schema on one page, and a place to try the API."""

import re
from secrets import token_urlsafe

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from api.app import graphql
from api.limits_cost import MAX_COST
from api.schema_reference import reference
from infra.errors import NotFound
from web.ask import ask
from web.manual import DOCS, names, rendered
from web.rendering import page, render, served, styles

COSTS = {
    "by_ids": "schema.cost_by_ids",
    "in_page": "schema.cost_in_page",
    "leaf": "schema.cost_leaf",
    "list": "schema.cost_list",
    "object": "schema.cost_object",
    "page": "schema.cost_page",
    "sized_list": "schema.cost_page",
}
"""How a field counts, in words."""

GUIDE = "graphql"
EXPLORER, EXPLORER_STYLE = "dist/explorer.js", "dist/explorer.css"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; font-src 'self' data:; "
    "img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Of the page of the explorer alone."""


async def schema_reference(request: Request) -> Response:
    """Show the schema that is served, to whoever may also ask for it by introspection."""
    answer = await ask(request, "viewer")
    viewer, language = answer.data["viewer"], answer.language
    return render(request, "schema.html", language, viewer=viewer, kinds=reference(), costs=COSTS, most=MAX_COST)


async def explorer(request: Request) -> Response:
    """Show the explorer, or say that it is not built."""
    answer = await ask(request, "viewer")
    script, style, nonce = served(EXPLORER), served(EXPLORER_STYLE), token_urlsafe(16)
    response = render(
        request,
        "explorer.html",
        answer.language,
        viewer=answer.data["viewer"],
        explorer=script,
        nonce=nonce,
        styles=[style, *styles()] if script and style else styles(),
    )
    response.headers["Content-Security-Policy"] = POLICY.format(nonce=nonce)
    return response


async def try_it(request: Request) -> Response:
    """Answer browsers at the address of the API with the explorer, and programs with what they ask."""
    if "text/html" in request.headers.get("accept", ""):
        return await page(explorer)(request)
    return await graphql(request)


async def manual(request: Request) -> Response:
    """Show one page of the documentation; without a name, the guide for whoever writes a client."""
    name = request.path_params.get("name", GUIDE)
    answer = await ask(request, "viewer")
    if name not in names():
        raise NotFound
    title, body = rendered(name)
    return render(request, "manual.html", answer.language, viewer=answer.data["viewer"], title=title, body=body)


async def picture(request: Request) -> Response:
    """Give a picture of the documentation, of which the guide for staff is for everybody."""
    path = DOCS / "pictures" / f"{request.path_params['name']}.png"
    if not re.fullmatch(r"[\w-]+", request.path_params["name"]) or not path.is_file():
        raise HTTPException(404)
    return FileResponse(path, headers={"Cache-Control": "max-age=86400"})


ROUTES = [
    Route("/docs", page(manual), methods=["GET"]),
    Route("/docs/pictures/{name}.png", picture, methods=["GET"]),
    Route("/docs/schema", page(schema_reference), methods=["GET"]),
    Route("/docs/{name:path}", page(manual), methods=["GET"]),
    Route("/graphql", try_it, methods=["GET"]),
]
