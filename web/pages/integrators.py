"""For whoever writes a client: every type of the schema on one page, and a place to try the API."""

from secrets import token_urlsafe

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.app import graphql
from api.limits_cost import MAX_COST
from api.schema_reference import reference
from web.ask import ask
from web.rendering import page, render, served, styles

COSTS = {
    "in_page": "schema.cost_in_page",
    "leaf": "schema.cost_leaf",
    "list": "schema.cost_list",
    "object": "schema.cost_object",
    "page": "schema.cost_page",
    "sized_list": "schema.cost_page",
}
"""How a field counts, in words."""

EXPLORER, EXPLORER_STYLE = "dist/explorer.js", "dist/explorer.css"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; font-src 'self' data:; "
    "img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Of the page of the explorer alone: no other page runs a script."""


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


ROUTES = [
    Route("/docs/schema", page(schema_reference), methods=["GET"]),
    Route("/graphql", try_it, methods=["GET"]),
]
