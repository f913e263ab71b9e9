"""The API's endpoints; `web` mounts them beside the pages."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import orjson
from graphql import ExecutionResult, GraphQLError
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from api.devices import known_device
from api.error_page import error_page
from api.headers import place_of
from api.health import routes as health_routes
from api.identity import credentials, enter, language_of, refuse_cross_site
from api.operation import Ask, answer
from api.refusals import UNREACHABLE, cause_of, describe, extensions, refusal, told_as
from api.schema import schema
from api.sessions import hand_over, network_address
from api.sessions import routes as session_routes
from infra.database import transaction
from infra.errors import BadRequest, ErrorCode, Unauthenticated, Unavailable, WinError
from infra.log import logger

GRAPHQL_JSON = "application/graphql-response+json"


async def graphql(request: Request) -> Response:
    """Answer one GraphQL operation (GraphQL over HTTP, JSON in a POST)."""
    request_id: UUID = request.state.request_id
    language = language_of(request)
    try:
        caller = credentials(request)
        if caller is None:
            raise Unauthenticated
        if caller.kind == "cookie":
            refuse_cross_site(request)
        answered = await answer(await read_ask(request), caller, request_id)
    except WinError as error:
        return refusal(error, error.language or language, request_id)
    except UNREACHABLE as error:
        logger().error("database unavailable", kind=type(error).__name__)
        return refusal(Unavailable(), language, request_id)
    body = respond(answered.result, answered.language, request_id)
    kind = GRAPHQL_JSON if GRAPHQL_JSON in request.headers.get("accept", "") else "application/json"
    response = Response(orjson.dumps(body), 200 if "data" in body else 400, media_type=kind)
    if answered.renewed is not None:
        hand_over(response, answered.renewed)
    return response


async def read_ask(request: Request) -> Ask:
    """Return the request's body. Raises `BadRequest`."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise BadRequest("error.content_type")
    try:
        body = orjson.loads(await request.body())
    except orjson.JSONDecodeError:
        raise BadRequest("error.body") from None
    if not isinstance(body, dict) or not isinstance(body.get("query"), str):
        raise BadRequest("error.body")
    variables, name = body.get("variables"), body.get("operationName")
    if not isinstance(variables, dict | None) or not isinstance(name, str | None):
        raise BadRequest("error.body")
    key = request.headers.get("idempotency-key")
    return Ask(body["query"], variables or {}, name, key, network_address(request), known_device(request))


def respond(result: ExecutionResult, language: str, request_id: UUID) -> dict[str, Any]:
    """Return a result as the body of a response; nothing of an unforeseen error gets into it."""
    body: dict[str, Any] = {}
    if result.errors:
        body["errors"] = [one_error(error, language, request_id) for error in result.errors]
    executed = result.data is not None or any(error.path for error in result.errors or ())
    if executed:
        body["data"] = result.data
    return body


def one_error(error: GraphQLError, language: str, request_id: UUID) -> dict[str, Any]:
    """Return one entry of `errors`."""
    told = told_as(error)
    entry: dict[str, Any]
    if told is None:
        entry = {"message": error.message, "extensions": extensions({"code": "BAD_REQUEST"}, request_id)}
    else:
        if told.code is ErrorCode.INTERNAL:
            cause = cause_of(error)
            kind, place = type(cause).__name__, place_of(cause)
            logger().error("unexpected error", kind=kind, place=place, request_id=str(request_id))
        entry = describe(told, language, request_id)
    if error.locations:
        entry["locations"] = [{"line": place.line, "column": place.column} for place in error.locations]
    if error.path:
        entry["path"] = list(error.path)
    return entry


async def schema_text(request: Request) -> Response:
    """Give the schema in its own language, to whoever may also ask for it by introspection."""
    request_id: UUID = request.state.request_id
    language = language_of(request)
    try:
        await demand_signed_in(request)
    except WinError as error:
        return refusal(error, language, request_id)
    except UNREACHABLE as error:
        logger().error("database unavailable", kind=type(error).__name__)
        return refusal(Unavailable(), language, request_id)
    return PlainTextResponse(schema.as_str())


async def demand_signed_in(request: Request) -> None:
    """Go on only for a caller with a session, by token or by cookie. Raises `Unauthenticated`."""
    caller = credentials(request)
    if caller is None:
        raise Unauthenticated
    async with transaction() as connection:
        if await enter(connection, caller.token_hash) is None:
            raise Unauthenticated


def routes() -> Sequence[Route]:
    """Return every endpoint of the API."""
    return [
        Route("/graphql", graphql, methods=["POST"]),
        Route("/schema.graphql", schema_text),
        Route("/docs/errors", error_page),
        *session_routes(),
        *health_routes(),
    ]
