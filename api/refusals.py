"""What a caller is told of an error: one shape, the caller's language, and nothing that was not meant for them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from graphql import GraphQLError
from starlette.responses import Response
from tortoise.exceptions import DBConnectionError, OperationalError

from infra.errors import BadRequest, ErrorCode, MethodNotAllowed, TooManyAttempts, Unavailable, WinError
from infra.messages import say
from infra.settings import public_address

STATUS: Mapping[ErrorCode, int] = {
    ErrorCode.CONFLICT: 409,
    ErrorCode.FORBIDDEN: 403,
    ErrorCode.IDEMPOTENCY_CONFLICT: 409,
    ErrorCode.INTERNAL: 500,
    ErrorCode.METHOD_NOT_ALLOWED: 405,
    ErrorCode.NOT_FOUND: 404,
    ErrorCode.PERSISTED_QUERY_NOT_SUPPORTED: 200,  # what clients of the protocol look for
    ErrorCode.TOO_MANY_ATTEMPTS: 429,
    ErrorCode.UNAUTHENTICATED: 401,
    ErrorCode.UNAVAILABLE: 503,
}
"""The HTTP status of a request that came to nothing; every other code is 400."""

UNREACHABLE = (
    *(DBConnectionError, OperationalError, OSError, TimeoutError, asyncpg.PostgresConnectionError),
    *(asyncpg.DeadlockDetectedError, asyncpg.SerializationError),
    asyncpg.LockNotAvailableError,
    asyncpg.OperatorInterventionError,  # a statement took too long, or the server is stopping or recovering
    asyncpg.TooManyConnectionsError,
    *(asyncpg.InterfaceError, asyncpg.InternalClientError),  # the connection went while it was used
)
"""What is raised when the database does not answer, or lets one of two that wait for each other go: try again."""

NOT_TEXT = (asyncpg.CharacterNotInRepertoireError, asyncpg.UntranslatableCharacterError)
"""What is raised for a text with a sign that the database cannot keep, such as NUL."""


def cause_of(error: Exception) -> Exception:
    """Return what was raised, out of the errors that graphql-core has wrapped around it."""
    while isinstance(error, GraphQLError) and error.original_error is not None:
        error = error.original_error
    return error


def told_as(error: Exception) -> WinError | None:
    """Return the error that a caller is told of; `None` is one that graphql-core has put into words itself."""
    cause = cause_of(error)
    if isinstance(cause, WinError):
        return cause
    if isinstance(cause, GraphQLError):
        return None
    if isinstance(cause, UNREACHABLE):
        return Unavailable()
    return BadRequest() if isinstance(cause, NOT_TEXT) else WinError()


def describe(error: WinError, language: str, request_id: UUID) -> dict[str, Any]:
    """Return one entry of `errors`: the message, and its machine-readable part."""
    entry: dict[str, Any] = {
        "message": say(language, error.text, **error.values),
        "extensions": extensions(error.extensions(), request_id),
    }
    if error.location is not None:
        line, column = error.location
        entry["locations"] = [{"line": line, "column": column}]
    return entry


def extensions(known: Mapping[str, Any], request_id: UUID) -> dict[str, Any]:
    """Return what every error carries."""
    anchor = str(known["code"]).lower().replace("_", "-")
    return {**known, "requestId": str(request_id), "docUrl": f"{public_address()}/docs/errors#{anchor}"}


def refusal(error: WinError, language: str, request_id: UUID, *, status: int = 0) -> Response:
    """Return the whole answer to a request that came to nothing."""
    body = {"errors": [describe(error, language, request_id)]}
    headers = {}
    if isinstance(error, TooManyAttempts | Unavailable):
        headers["retry-after"] = str(error.retry_after)
    elif isinstance(error, MethodNotAllowed):
        headers["allow"] = error.allowed
    elif error.code is ErrorCode.UNAUTHENTICATED:
        headers["www-authenticate"] = "Bearer"
    return Response(
        orjson.dumps(body), status or STATUS.get(error.code, 400), headers=headers, media_type="application/json"
    )
