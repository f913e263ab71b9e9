"""The API's endpoints; `web` mounts them beside the pages."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import orjson
from graphql import ExecutionResult, GraphQLError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Match, Route

from api.error_page import error_page
from api.headers import place_of
from api.health import routes as health_routes
from api.identity import chosen_language, credentials, enter, language_of, refuse_cross_site
from api.operation import answer
from api.refusals import UNREACHABLE, cause_of, describe, extensions, refusal, told_as
from api.requests import read_ask
from api.schema import schema
from api.sessions import hand_over
from api.sessions import routes as session_routes
from infra.database import transaction
from infra.errors import ErrorCode, MethodNotAllowed, NotFound, Unauthenticated, Unavailable, WinError
from infra.log import logger

GRAPHQL_JSON = "application/graphql-response+json"


async def graphql(request: Request) -> Response:
    """Answer one GraphQL operation (GraphQL over HTTP: JSON in a POST, or a query in an address)."""
    request_id: UUID = request.state.request_id
    language = language_of(request)
    try:
        caller = credentials(request)
        if caller is None:
            raise Unauthenticated
        if caller.kind == "cookie":
            if request.method != "POST":
                # A browser opens any address that somebody gives it, with its cookie: only a token vouches for one.
                raise MethodNotAllowed("POST")
            refuse_cross_site(request)
        wanted = chosen_language(request) if caller.kind == "bearer" else None
        answered = await answer(await read_ask(request), caller, request_id, language=wanted)
    except WinError as error:
        status = status_of_document(request) if error.location else 0
        return refusal(error, error.language or language, request_id, status=status)
    except UNREACHABLE as error:
        logger().error("database unavailable", kind=type(error).__name__)
        return refusal(Unavailable(), language, request_id)
    body = respond(answered.result, answered.language, request_id)
    kind = GRAPHQL_JSON if takes_graphql(request) else "application/json"
    status = 200 if "data" in body else status_of_document(request)
    response = Response(orjson.dumps(body), status, media_type=kind)
    if answered.renewed is not None:
        hand_over(response, answered.renewed)
    return response


def not_served(request: Request, error: HTTPException) -> Response:
    """Answer a program that asks what has no address, or by a method that the address does not take."""
    if error.status_code != 405:
        return refusal(NotFound(), language_of(request), request.state.request_id)
    served = [route for route in request.app.routes if route.matches(request.scope)[0] is not Match.NONE]
    methods = {method for route in served for method in getattr(route, "methods", None) or ()}
    return refusal(MethodNotAllowed(", ".join(sorted(methods))), language_of(request), request.state.request_id)


def takes_graphql(request: Request) -> bool:
    """Tell whether the caller asks for the media type that has a meaning for the HTTP status."""
    return GRAPHQL_JSON in request.headers.get("accept", "")


def status_of_document(request: Request) -> int:
    """Return the status of a document of which nothing ran: under the older media type, clients read only a 200."""
    return 400 if takes_graphql(request) else 200


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
