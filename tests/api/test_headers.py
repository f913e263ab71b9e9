"""What every answer carries, whatever it is, and what no answer ever tells."""

import asyncio
import io
import logging
from collections.abc import AsyncIterator, MutableMapping
from typing import Any
from uuid import UUID

import httpx
import pytest
import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from api.headers import HEADERS, Headers, place_of
from infra.settings import public_address
from tests.api.people import Browser

SECRET = "RSSMRA80A01F205X postgresql://win_owner:geheim@db/win"
STRICT = {
    "content-security-policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "strict-transport-security": "max-age=63072000; includeSubDomains",
}


async def fail(_request: Request) -> Response:
    raise ValueError(SECRET)


async def fail_halfway(_request: Request) -> Response:
    async def parts() -> AsyncIterator[bytes]:
        yield b"half"
        raise ValueError(SECRET)

    return StreamingResponse(parts())


async def echo(request: Request) -> Response:
    return PlainTextResponse(f"{len(await request.body())} {request.state.request_id}")


async def page(_request: Request) -> Response:
    return PlainTextResponse("", headers={"Content-Security-Policy": "default-src 'self'", "Cache-Control": "private"})


ROUTES = [
    Route("/fail", fail, methods=["GET", "POST"]),
    Route("/half", fail_halfway),
    Route("/echo", echo, methods=["POST"]),
    Route("/page", page),
]


def small() -> Starlette:
    """A small application behind the same layer."""
    app = Starlette(routes=ROUTES)
    app.add_middleware(Headers, max_body=1000)
    return app


def application(**also: str) -> httpx.AsyncClient:
    """A caller of it."""
    transport = httpx.ASGITransport(small(), raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="https://win.example", headers=also)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        pytest.param("GET", "/livez", id="well"),
        pytest.param("GET", "/readyz", id="ready"),
        pytest.param("GET", "/version", id="the version"),
        pytest.param("GET", "/metrics", id="the counters"),
        pytest.param("GET", "/nothing/here", id="not there"),
        pytest.param("GET", "/session", id="another method"),
        pytest.param("POST", "/session", id="refused"),
        pytest.param("POST", "/graphql", id="not signed in"),
        pytest.param("HEAD", "/livez", id="headers alone"),
    ],
)
async def test_every_answer_has_strict_headers_and_an_id(browser: Browser, method: str, path: str) -> None:
    response = await browser().request(method, path)
    assert {name: response.headers.get(name) for name in STRICT} == STRICT
    assert "camera=()" in response.headers["permissions-policy"]
    assert UUID(response.headers["x-request-id"]).version == 7
    assert "access-control-allow-origin" not in response.headers
    assert "x-powered-by" not in response.headers


async def test_without_tls_nothing_is_said_of_tls() -> None:
    async with application() as client:
        response = await client.get("http://win.example/page")
    assert "strict-transport-security" not in response.headers


async def test_an_answer_may_say_something_of_its_own() -> None:
    async with application() as client:
        response = await client.get("/page")
    assert response.headers.get_list("content-security-policy") == ["default-src 'self'"]
    assert response.headers.get_list("cache-control") == ["private"]
    assert response.headers["x-content-type-options"] == HEADERS["X-Content-Type-Options"]


@pytest.mark.parametrize(("language", "message"), [("en", "Something went wrong"), ("it", "C'è stato un problema")])
async def test_an_unexpected_error_is_told_to_nobody(language: str, message: str) -> None:
    log = io.StringIO()
    handler = logging.StreamHandler(log)
    logging.getLogger().addHandler(handler)
    try:
        with structlog.testing.capture_logs([structlog.contextvars.merge_contextvars]) as lines:
            async with application(**{"accept-language": language}) as client:
                response = await client.post("/fail", content=SECRET)
    finally:
        logging.getLogger().removeHandler(handler)

    assert response.status_code == 500
    (error,) = response.json()["errors"]
    assert error["message"].startswith(message)
    assert error["extensions"] == {
        "code": "INTERNAL",
        "requestId": response.headers["x-request-id"],
        "docUrl": f"{public_address()}/docs/errors#internal",
    }
    (line,) = lines
    assert line["kind"] == "ValueError"
    assert line["place"].startswith("test_headers.py:")
    assert line["request_id"] == response.headers["x-request-id"]
    for told in (response.text, str(response.headers), str(lines), log.getvalue()):
        assert "RSSMRA80A01F205X" not in told
        assert "geheim" not in told
    assert {name: response.headers.get(name) for name in STRICT} == STRICT


async def test_an_error_halfway_ends_the_answer_without_a_word() -> None:
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        await asyncio.Event().wait()  # a browser that waits for the answer
        return {"type": "http.disconnect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/half", "headers": [], "query_string": b"", "scheme": "http"}
    await small()({**scope, "http_version": "1.1", "root_path": "", "server": ("win.example", 80)}, receive, send)
    # The server sees that the answer has no end, and closes the connection.
    assert [(message["type"], message.get("body")) for message in sent] == [
        ("http.response.start", None),
        ("http.response.body", b"half"),
    ]


@pytest.mark.parametrize("size", [pytest.param(0, id="nothing"), pytest.param(1000, id="as much as may be")])
async def test_a_body_within_the_limit_is_read(size: int) -> None:
    async with application() as client:
        response = await client.post("/echo", content=b"x" * size)
    assert response.text == f"{size} {response.headers['x-request-id']}"


async def in_parts(count: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield b"x" * 100


@pytest.mark.parametrize(
    ("content", "headers"),
    [
        pytest.param(b"x" * 1001, {}, id="by one"),
        pytest.param(in_parts(11), {}, id="in parts, of a length not told"),
        pytest.param(b"", {"content-length": "99999999999999999999999"}, id="as it says"),
        pytest.param(in_parts(11), {"content-length": "5"}, id="more than it says"),
    ],
)
async def test_a_body_that_is_too_large_is_refused(content: bytes, headers: dict[str, str]) -> None:
    async with application() as client:
        response = await client.post("/echo", content=content, headers=headers)
    assert response.status_code == 413
    (error,) = response.json()["errors"]
    assert error["extensions"]["code"] == "LIMIT_EXCEEDED"
    assert "1000" in error["message"]
    assert response.headers["connection"] == "close"


async def test_the_whole_application_takes_a_mebibyte_and_no_more(browser: Browser) -> None:
    response = await browser().post("/session", content=b"x" * (1024 * 1024 + 1))
    assert response.status_code == 413


async def test_a_request_id_of_the_caller_is_not_taken_over() -> None:
    async with application(**{"x-request-id": "mine"}) as client:
        response = await client.get("/page")
    assert UUID(response.headers["x-request-id"]).version == 7


def test_an_error_that_was_never_raised_has_no_place() -> None:
    assert place_of(ValueError(SECRET)) == "unknown"
