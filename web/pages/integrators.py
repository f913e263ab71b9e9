"""For whoever writes a client: every type of the schema on one page."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.limits_cost import MAX_COST
from api.schema_reference import reference
from web.ask import ask
from web.rendering import page, render

COSTS = {
    "in_page": "schema.cost_in_page",
    "leaf": "schema.cost_leaf",
    "list": "schema.cost_list",
    "object": "schema.cost_object",
    "page": "schema.cost_page",
    "sized_list": "schema.cost_page",
}
"""How a field counts, in words."""


async def schema_reference(request: Request) -> Response:
    """Show the schema that is served, to whoever may also ask for it by introspection."""
    answer = await ask(request, "viewer")
    viewer, language = answer.data["viewer"], answer.language
    return render(request, "schema.html", language, viewer=viewer, kinds=reference(), costs=COSTS, most=MAX_COST)


ROUTES = [Route("/docs/schema", page(schema_reference), methods=["GET"])]
