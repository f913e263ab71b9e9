"""What another site can make a browser send, in thirty shapes: it changes nothing."""

import json

import asyncpg
import pytest

from tenants.members import service
from tenants.members.service import SignIn
from tests.api.people import CARITAS, COOKIE, PASSWORD, Browser, Someone, code, is_alive, signed_in, someone

SHAPES = [
    pytest.param({"content-type": "application/json"}, id="without the header of our own"),
    pytest.param({"content-type": "application/json", "x-win-csrf": "0"}, id="the header with another value"),
    pytest.param({"content-type": "application/json", "x-win-csrf": ""}, id="the header without a value"),
    pytest.param({"x-win-csrf": "1"}, id="no content type"),
    pytest.param({"content-type": "", "x-win-csrf": "1"}, id="an empty content type"),
    pytest.param({"content-type": "text/plain", "x-win-csrf": "1"}, id="plain text"),
    pytest.param({"content-type": "text/plain;application/json", "x-win-csrf": "1"}, id="JSON as a parameter"),
    pytest.param({"content-type": "text/plain; a=application/json", "x-win-csrf": "1"}, id="JSON in a parameter"),
    pytest.param({"content-type": "application/x-www-form-urlencoded", "x-win-csrf": "1"}, id="a form"),
    pytest.param({"content-type": "multipart/form-data; boundary=a", "x-win-csrf": "1"}, id="a form with files"),
    pytest.param({"content-type": "application/json5", "x-win-csrf": "1"}, id="another type that begins like JSON"),
    pytest.param({"content-type": "application/json, text/plain", "x-win-csrf": "1"}, id="two types in one"),
    pytest.param({"content-type": "application/csp-report", "x-win-csrf": "1"}, id="a report"),
    pytest.param({"origin": "https://evil.example"}, id="another origin"),
    pytest.param({"origin": "null"}, id="a sandbox"),
    pytest.param({"origin": ""}, id="an empty origin"),
    pytest.param({"origin": "https://win.example.evil.example"}, id="an origin that begins like ours"),
    pytest.param({"origin": "https://evilwin.example"}, id="an origin that ends like ours"),
    pytest.param({"origin": "https://win.example:8443"}, id="another port"),
    pytest.param({"origin": "http://win.example"}, id="another scheme"),
    pytest.param({"origin": "https://sub.win.example"}, id="a host below ours"),
    pytest.param({"origin": "https://example"}, id="a host above ours"),
    pytest.param({"origin": "https://win.example@evil.example"}, id="our name as a user"),
    pytest.param({"origin": "file://"}, id="a file"),
    pytest.param({"origin": "https://win.example:port"}, id="an origin that is none"),
    pytest.param({"origin": "moz-extension://win.example"}, id="an extension"),
    pytest.param({"sec-fetch-site": "cross-site"}, id="told to be of another site"),
    pytest.param({"sec-fetch-site": "same-site"}, id="told to be of a sibling"),
    pytest.param({"sec-fetch-site": "none"}, id="told to be typed by hand"),
    pytest.param({"sec-fetch-site": "cross-site", "origin": "https://win.example"}, id="told two things"),
    pytest.param({"origin": "https://evil.example", "sec-fetch-site": "same-origin"}, id="told two other things"),
    pytest.param({"host": "evil.example", "origin": "https://win.example"}, id="another host"),
]
FRONT = {"content-type": "application/json", "x-win-csrf": "1"}


@pytest.mark.parametrize("shape", SHAPES)
async def test_what_another_site_can_send_changes_nothing(
    browser: Browser, shape: dict[str, str], standing: tuple[Someone, str]
) -> None:
    person, secret = standing
    has_own = "content-type" in shape or "x-win-csrf" in shape
    client = browser()
    client.headers.clear()
    for method, path, body in (
        ("POST", "/session", person.typed()),
        ("PUT", "/session", {"organisation": CARITAS}),
        ("DELETE", "/session", {}),
        ("POST", "/graphql", {"query": "mutation { __typename }"}),
    ):
        headers = {**({} if has_own else FRONT), **shape, "cookie": f"{COOKIE}={secret}"}
        response = await client.request(method, path, content=json.dumps(body), headers=headers)
        assert response.status_code in (400, 403), (method, path, response.text)
        assert code(response) in ("BAD_REQUEST", "FORBIDDEN")
        assert "set-cookie" not in response.headers
        assert await is_alive(secret)


@pytest.fixture(scope="module")
async def standing(owner: asyncpg.Connection, database: str) -> tuple[Someone, str]:
    """Somebody who is signed in all the while."""
    person = await someone(owner, CARITAS)
    opened = await service.sign_in(SignIn(person.email, PASSWORD, "192.0.2.1"))
    assert isinstance(opened, service.Opened)
    return person, opened.secret


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PATCH", "TRACE"])
async def test_other_methods_do_nothing(browser: Browser, standing: tuple[Someone, str], method: str) -> None:
    response = await browser().request(method, "/session", headers={"cookie": f"{COOKIE}={standing[1]}"})
    assert response.status_code == 405
    assert not [name for name in response.headers if name.startswith("access-control")]
    assert await is_alive(standing[1])


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="no browser"),
        pytest.param({"origin": "https://win.example"}, id="our origin"),
        pytest.param({"origin": "https://WIN.example:443", "sec-fetch-site": "same-origin"}, id="with its port"),
        pytest.param({"content-type": "Application/JSON; charset=utf-8"}, id="a content type with parameters"),
    ],
)
async def test_our_own_pages_may(browser: Browser, person: Someone, headers: dict[str, str]) -> None:
    client, secret = await signed_in(browser, person)
    response = await client.request("DELETE", "/session", json={}, headers=headers)
    assert response.status_code == 204
    assert not await is_alive(secret)
