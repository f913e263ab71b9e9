"""What a caller asks, read from a POST or from an address (GraphQL over HTTP)."""

from collections.abc import Mapping
from typing import Any

import orjson
from starlette.requests import Request

from api.devices import known_device
from api.operation import Ask
from api.sessions import network_address
from infra.errors import BadRequest, PersistedQueryNotSupported


async def read_ask(request: Request) -> Ask:
    """Return what is asked. Raises `BadRequest`, or `PersistedQueryNotSupported`."""
    body = await from_body(request) if request.method == "POST" else from_address(request)
    extensions = body.get("extensions")
    if not isinstance(extensions, dict | None):
        raise BadRequest("error.body")
    if body.get("query") is None and extensions and "persistedQuery" in extensions:
        raise PersistedQueryNotSupported
    document, variables, name = body.get("query"), body.get("variables"), body.get("operationName")
    if not isinstance(document, str) or not isinstance(variables, dict | None) or not isinstance(name, str | None):
        raise BadRequest("error.body")
    key = request.headers.get("idempotency-key")
    read_only = request.method != "POST"
    return Ask(document, variables or {}, name, key, network_address(request), known_device(request), read_only)


async def from_body(request: Request) -> Mapping[str, Any]:
    """Return the JSON object that was posted."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise BadRequest("error.content_type")
    return json_object(await request.body())


def from_address(request: Request) -> Mapping[str, Any]:
    """Return what the address asks: a query, and its variables and extensions as JSON."""
    body: dict[str, Any] = dict(request.query_params)
    for name in ("variables", "extensions"):
        if body.get(name):
            body[name] = json_object(body[name])
        else:
            body.pop(name, None)
    return body


def json_object(text: bytes | str) -> dict[str, Any]:
    """Return a JSON object. Raises `BadRequest` for anything else."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise BadRequest("error.body") from None
    if not isinstance(value, dict):
        raise BadRequest("error.body")
    return value
