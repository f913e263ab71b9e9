"""What other sites can make a browser send, at every address that changes something: all of it is refused.

Each shape is a rightful request with one thing wrong, and the rightful one is accepted in the same set-up. The
addresses are those of the application, so a new form is put to the test without being named here.
"""

import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode
from uuid import uuid4

import asyncpg
import httpx
import pytest
from starlette.routing import Route

from infra.database import connection_facts
from tests.api.people import CARITAS, someone
from tests.conftest import CAST
from tests.web.conftest import Visit
from tests.web.test_main_job import opened
from tests.web.visitors import ORIGIN, PASSWORD, Visitor
from web.app import build
from web.forms import FORM, TOKEN

SESSION = "__Host-win-session"
CHANGING = {"DELETE", "PATCH", "POST", "PUT"}
JSON = "application/json"
OF_PROGRAMS = {"/graphql", "/session"}
NOT_A_QUERY = {"query": 'mutation { openCase(input: {person: {givenName: "Forged"}}) { case { id } } }'}
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"

Headers = Sequence[tuple[str, str]]
Stored = Callable[[], Awaitable[dict[str, str]]]


@dataclass(frozen=True)
class Shape:
    """What is wrong: headers that take the place of the rightful ones of those names, and the form's token."""

    name: str
    headers: Headers = ()
    without: frozenset[str] = field(default_factory=frozenset)
    token: str | None = "own"

    def of(self, rightful: Headers) -> Headers:
        gone = self.without | {name for name, _ in self.headers}
        return [*(pair for pair in rightful if pair[0] not in gone), *self.headers]


def origin(name: str, value: str, **also: str) -> Shape:
    return Shape(name, [("origin", value), *also.items()])


def told(name: str, *sites: str, without: frozenset[str] = frozenset()) -> Shape:
    return Shape(name, [("sec-fetch-site", site) for site in sites], without)


def typed(name: str, *kinds: str) -> Shape:
    return Shape(name, [("content-type", kind) for kind in kinds], frozenset({"content-type"}))


NO_ORIGIN = frozenset({"origin"})
ANYWHERE = [
    origin("another site", "https://evil.example"),
    origin("a sandbox", "null"),
    origin("a host below ours", "https://sub.win.example"),
    origin("a host above ours", "https://example"),
    origin("a sibling", "https://other.example"),
    origin("ours without TLS", "http://win.example"),
    origin("another port", "https://win.example:8443"),
    origin("begins like ours", "https://win.example.evil.example"),
    origin("ends like ours", "https://evilwin.example"),
    origin("our name as a user", "https://win.example@evil.example"),
    origin("our name with a dot", "https://win.example."),
    origin("our name in a path", "https://evil.example/win.example"),
    origin("nothing", ""),
    origin("a file", "file://"),
    origin("an extension", "moz-extension://win.example"),
    origin("two in one", "https://win.example https://evil.example"),
    Shape("two origins", [("origin", ORIGIN), ("origin", "https://evil.example")]),
    Shape("another site that says it is ours", [("origin", "https://evil.example"), ("sec-fetch-site", "same-origin")]),
    told("our origin, told to be of another site", "cross-site"),
    told("our origin, told to be of a sibling", "same-site"),
    told("our origin, told to be typed by hand", "none"),
    told("told to be of another site", "cross-site", without=NO_ORIGIN),
    told("told to be of a sibling", "same-site", without=NO_ORIGIN),
    told("told to be typed by hand", "none", without=NO_ORIGIN),
    told("told nothing", ""),
    told("told two things", "same-origin", "cross-site"),
    typed("no type"),
    typed("plain text", "text/plain"),
    typed("plain text that names JSON", "text/plain; a=application/json"),
    typed("plain text that names a form", f"text/plain; a={FORM}"),
    typed("files", "multipart/form-data; boundary=x"),
    typed("bytes", "application/octet-stream"),
    typed("another type and JSON", "text/plain", JSON),
    typed("another type and a form", "text/plain", FORM),
    typed("two in one", f"{JSON}, {FORM}"),
]
OF_JSON = [
    typed("a form", FORM),
    Shape("without the header of our own", without=frozenset({"x-win-csrf"})),
    Shape("the header with another value", [("x-win-csrf", "0")]),
    Shape("the header without a value", [("x-win-csrf", "")]),
    Shape("the header twice", [("x-win-csrf", "1"), ("x-win-csrf", "1")]),
    Shape("the header and another site", [("x-win-csrf", "1"), ("origin", "https://evil.example")]),
]
OF_FORMS = [
    typed("JSON", JSON),
    Shape("nothing of where it comes from", without=NO_ORIGIN),
    Shape("no token", token=None),
    Shape("an empty token", token=""),
    Shape("another token", token="0" * 64),
    Shape("the token of another session", token="other"),
]
WITHOUT_TOKEN = {"/sign-in", "/sign-in/code", "/language", "/invitations/{link}", "/forgotten", "/reset/{link}"}
"""They change nothing of a session that is there; where they come from is looked at all the same."""


@dataclass(frozen=True)
class Address:
    """A method and the template of a route."""

    method: str
    template: str

    @property
    def is_form(self) -> bool:
        return self.template not in OF_PROGRAMS

    @property
    def rightful(self) -> Headers:
        if self.is_form:
            return [("origin", ORIGIN), ("content-type", FORM)]
        return [("origin", ORIGIN), ("content-type", JSON), ("x-win-csrf", "1")]


def addresses() -> list[Address]:
    """Return every address at which something can be changed."""
    routes = [route for route in build().routes if isinstance(route, Route)]
    return [Address(method, route.path) for route in routes for method in sorted((route.methods or set()) & CHANGING)]


@dataclass
class Victim:
    """Somebody who is signed in, and what another site would have them send."""

    visitor: Visitor
    case: str
    secret: str
    token: str
    tokens: dict[str, str]

    def path(self, template: str) -> str:
        known = {"case": self.case, "group": "work", "verb": "accept"}
        return re.sub(r"\{(\w+)\}", lambda found: known.get(found[1], f"x_{uuid4()}"), template)

    def body(self, address: Address, token: str | None) -> str:
        """Return a body that would have an effect, where one can be made up without knowing the page."""
        credentials = {"email": CAST["rosa"][0], "password": PASSWORD}
        if not address.is_form:
            bodies = {"POST": credentials, "PUT": {"organisation": "caritas-empoli"}, "DELETE": {}}
            return json.dumps(NOT_A_QUERY if address.template == "/graphql" else bodies[address.method])
        given = {"version": "1", "profile": "Forged", "givenName": "Forged", "language": "en", **credentials}
        if token is not None:
            given[TOKEN] = self.tokens.get(token, token)
        return urlencode({**given, "organisation": "caritas-empoli", "territory": "empolese-valdelsa"})

    async def send(self, address: Address, shape: Shape, *, cookie: bool = True) -> httpx.Response:
        client = self.visitor.client
        client.cookies.clear()
        headers = [*shape.of(address.rightful), *([("cookie", f"{SESSION}={self.secret}")] if cookie else [])]
        # Without a session a form has no token: where it comes from is all there is to go by.
        content = self.body(address, shape.token if cookie else None)
        return await client.request(address.method, self.path(address.template), content=content, headers=headers)


@pytest.fixture
async def victim(visit: Visit, owner: asyncpg.Connection) -> Victim:
    """Gives somebody who may do everything in an organisation, and whom no other test knows."""
    visitor, other, person = await visit(), await visit("rosa"), await someone(owner, CARITAS, role="coordinator")
    await visitor.open("/sign-in")
    await visitor.send("/sign-in", **person.typed())
    address = await opened(visitor, "Altrove")
    tokens = {"own": "", "other": ""}
    for name, one in (("own", visitor), ("other", other)):
        page = await one.open("/cases/new")
        tokens[name] = dict(page.form("/cases/new").pairs)[TOKEN]
    assert tokens["own"] != tokens["other"]
    return Victim(visitor, address.split("/")[-1], visitor.client.cookies[SESSION], tokens["own"], tokens)


@pytest.fixture(scope="module")
async def stored(database: str) -> AsyncIterator[Stored]:
    """Tells what is in the database, all of it, so that two tellings can be compared."""
    connection = await asyncpg.connect(**connection_facts(database))
    tables = [row["tablename"] for row in await connection.fetch(TABLES)]

    async def telling() -> dict[str, str]:
        hashed = "SELECT count(*) || ' ' || coalesce(sum(hashtextextended(t::text, 0)), 0) FROM {} t"
        return {table: await connection.fetchval(hashed.format(table)) for table in tables}

    yield telling
    await connection.close()


@pytest.mark.parametrize("address", addresses(), ids=lambda address: f"{address.method} {address.template}")
async def test_nothing_of_another_site_counts(victim: Victim, stored: Stored, address: Address) -> None:
    shapes = [*ANYWHERE, *(OF_FORMS if address.is_form else OF_JSON)]
    assert len(shapes) >= 30
    before = await stored()
    for shape in shapes:
        if address.template in WITHOUT_TOKEN and shape.token != "own":
            continue
        for cookie in (True, False) if shape.token == "own" else (True,):
            response = await victim.send(address, shape, cookie=cookie)
            # Without a cookie there is nobody to act as; that may be what is said first.
            refused = (400, 403) if cookie else (400, 401, 403)
            assert response.status_code in refused, (shape.name, cookie, response.status_code, response.text[:300])
            assert "set-cookie" not in response.headers, shape.name
            assert not [name for name in response.headers if name.startswith("access-control")], shape.name
    assert await stored() == before
    response = await victim.send(address, Shape("as our own pages do"))
    assert response.status_code not in (400, 403), response.text[:500]


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "TRACE"])
async def test_no_address_changes_anything_by_being_looked_at(victim: Victim, stored: Stored, method: str) -> None:
    before = await stored()
    for address in addresses():
        headers = {"cookie": f"{SESSION}={victim.secret}", "x-http-method-override": "POST", "accept": "*/*"}
        query = [urlencode(NOT_A_QUERY), urlencode({"_method": "POST"}), victim.body(Address("GET", "/"), "own")]
        victim.visitor.client.cookies.clear()
        response = await victim.visitor.client.request(
            method, f"{victim.path(address.template)}?{'&'.join(query)}", headers=headers
        )
        assert response.status_code in (200, 303, 404, 405), (address, response.status_code)
        assert "set-cookie" not in response.headers
        assert not [name for name in response.headers if name.startswith("access-control")]
    # That cases of others were looked at is written down, whoever made them be looked at.
    assert {**await stored(), "access_log": ""} == {**before, "access_log": ""}


OURS: list[tuple[str, Headers]] = [
    ("a browser of today", [("origin", ORIGIN), ("sec-fetch-site", "same-origin")]),
    ("an older browser", [("origin", ORIGIN)]),
    ("a browser that leaves the origin out", [("sec-fetch-site", "same-origin")]),
    ("with its port", [("origin", "https://win.example:443")]),
    ("in capitals", [("origin", "https://WIN.example")]),
]


@pytest.mark.parametrize(("name", "headers"), OURS, ids=[name for name, _ in OURS])
async def test_our_own_pages_may(victim: Victim, name: str, headers: Headers) -> None:
    shape = Shape(name, headers, frozenset({"origin"}))
    for address, status in (
        (Address("POST", "/language"), 303),
        (Address("POST", "/cases/new"), 303),
        (Address("POST", "/graphql"), 200),
        (Address("DELETE", "/session"), 204),
    ):
        assert (await victim.send(address, shape)).status_code == status


async def test_a_program_with_a_token_is_no_browser(victim: Victim, visit: Visit) -> None:
    somebody = await visit()
    headers = {"authorization": "Bearer win_nobody", "content-type": JSON, "cookie": f"{SESSION}={victim.secret}"}
    response = await somebody.client.post("/graphql", content=json.dumps(NOT_A_QUERY), headers=headers)
    # The header says who calls: the cookie that came along vouches for nothing.
    assert response.status_code == 401


async def test_nobody_is_signed_in_as_somebody_else_from_another_site(victim: Victim, visit: Visit) -> None:
    """A forged sign-in would let the victim write into the account of whoever forged it."""
    for address in (Address("POST", "/sign-in"), Address("POST", "/session")):
        for shape in [*ANYWHERE, *(OF_FORMS[:2] if address.is_form else OF_JSON)]:
            response = await victim.send(address, shape)
            assert response.status_code in (400, 403), shape.name
            assert "set-cookie" not in response.headers
    victim.visitor.client.cookies.set(SESSION, victim.secret)
    assert (await victim.visitor.open("/today")).text
    assert victim.visitor.address == "/today"


async def test_no_answer_can_be_put_into_a_frame(victim: Victim, visit: Visit) -> None:
    looked_at = [route for route in build().routes if isinstance(route, Route) and "GET" in (route.methods or set())]
    somebody = await visit()
    for route in looked_at:
        path = victim.path(route.path)
        for cookie in ({}, {"cookie": f"{SESSION}={victim.secret}"}):
            somebody.client.cookies.clear()
            response = await somebody.client.get(path, headers=cookie)
            not_framed(response, path)
    for response in (
        await somebody.client.get("/no/such/page"),
        await somebody.client.get("/static/pages.css"),
        await somebody.client.post("/sign-in"),
        await somebody.client.post("/graphql"),
        await victim.send(Address("POST", "/cases/{case}/consent"), Shape("nothing typed")),
    ):
        not_framed(response, str(response.url))


def not_framed(response: httpx.Response, path: str) -> None:
    assert "frame-ancestors 'none'" in response.headers["content-security-policy"], path
    assert response.headers["x-frame-options"] == "DENY", path
    assert response.headers["cross-origin-opener-policy"] == "same-origin", path
    assert response.headers["cross-origin-resource-policy"] == "same-origin", path
