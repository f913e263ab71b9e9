"""Signing in: the cookie, other sites, guessing, and what ends a session."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import asyncpg
import httpx
import pytest
from argon2 import extract_parameters

from api.identity import enter
from infra.clock import now
from infra.database import transaction
from infra.errors import TooManyAttempts, Unauthenticated
from tenants.members import passwords, service
from tenants.members.secrets import hash_of
from tenants.members.service import LONGEST_FOR_ADDRESS, LONGEST_FROM_NETWORK, SignIn, Throttles, network_of
from tests.api.people import COOKIE, PASSWORD, Browser, Someone, browsers, code, someone

CARITAS, FUCECCHIO, PONTE = "caritas-empoli", "caritas-fucecchio", "cooperativa-il-ponte"


@pytest.fixture
async def browser(database: str) -> AsyncIterator[Browser]:
    async for give in browsers():
        yield give


@pytest.fixture
async def person(owner: asyncpg.Connection) -> Someone:
    return await someone(owner, CARITAS)


async def is_alive(secret: str) -> bool:
    """Tell whether the database lets this secret in."""
    async with transaction() as connection:
        return await enter(connection, hash_of(secret)) is not None


async def signed_in(browser: Browser, person: Someone, **also: str) -> tuple[httpx.AsyncClient, str]:
    """A browser in which the person has signed in, and its secret."""
    client = browser()
    response = await client.post("/session", json=person.typed(**also))
    assert response.status_code == 201, response.text
    return client, client.cookies[COOKIE]


async def test_signing_in_gives_a_cookie_that_only_this_host_gets(browser: Browser, person: Someone) -> None:
    response = await browser().post("/session", json=person.typed())

    assert response.status_code == 201
    (cookie,) = response.headers.get_list("set-cookie")
    name, *attributes = cookie.split("; ")
    assert name.startswith("__Host-win-session=wis_")
    assert sorted(attributes) == sorted(["HttpOnly", "Max-Age=43199", "Path=/", "SameSite=lax", "Secure"])
    assert response.json() == {
        "viewer": {
            "displayName": "Qualcuno",
            "email": person.email,
            "language": "it",
            "organisation": {"slug": CARITAS, "name": response.json()["viewer"]["organisation"]["name"]},
            "territory": {"slug": "empolese-valdelsa", "name": response.json()["viewer"]["territory"]["name"]},
            "role": "CASE_MANAGER",
        }
    }


async def test_the_address_may_be_written_in_capitals_and_with_spaces(browser: Browser, person: Someone) -> None:
    typed = person.typed() | {"email": f"  {person.email.upper()} "}
    assert (await browser().post("/session", json=typed)).status_code == 201


async def test_only_the_hash_of_the_secret_is_stored(
    browser: Browser, person: Someone, owner: asyncpg.Connection
) -> None:
    _, secret = await signed_in(browser, person)
    rows = await owner.fetch("SELECT to_jsonb(s)::text FROM session s WHERE account_id = $1", person.account_id)
    assert len(rows) == 1
    assert secret not in rows[0][0]
    assert hash_of(secret).hex() in rows[0][0]


async def test_wrong_password_and_no_account_look_the_same(browser: Browser, person: Someone) -> None:
    async def answer(email: str) -> tuple[int, dict[str, Any], list[str]]:
        response = await browser().post("/session", json={"email": email, "password": "sbagliata"})
        body = response.json()
        assert body["errors"][0]["extensions"].pop("requestId") == response.headers["x-request-id"]
        return response.status_code, body, sorted(response.headers)

    wrong, absent = await answer(person.email), await answer("nessuno@prova.example")
    assert wrong == absent
    assert wrong[0] == 401
    assert wrong[1]["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_an_absent_account_costs_the_same_work(database: str) -> None:
    assert extract_parameters(passwords._nobodys()) == extract_parameters(passwords.HASHER.hash("x"))
    assert not await passwords.is_right("the password of nobody", None)


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


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b'"text"', id="text"),
        pytest.param(b"{", id="half"),
        pytest.param(b"\xff\xfe", id="no text"),
        pytest.param(b"{}", id="no members"),
        pytest.param(b'{"email": "a@b.example"}', id="no password"),
        pytest.param(b'{"email": 1, "password": "x"}', id="a number"),
        pytest.param(b'{"email": {"$ne": ""}, "password": {"$ne": ""}}', id="objects"),
        pytest.param(b'{"email": "a@b.example", "password": "x", "organisation": []}', id="a list of organisations"),
        pytest.param(b"[" * 5000, id="very deep"),
    ],
)
async def test_a_body_that_is_no_sign_in_is_refused(browser: Browser, body: bytes) -> None:
    response = await browser().post("/session", content=body, headers={"content-type": "application/json"})
    assert (response.status_code, code(response)) == (400, "BAD_REQUEST")


@pytest.mark.parametrize(
    ("email", "password"),
    [
        pytest.param("a\x00b@prova.example", "x", id="a NUL in the address"),
        pytest.param("' OR 1=1 --", "x", id="quotes"),
        pytest.param("è" * 5000, "x", id="a very long address"),
        pytest.param("", "", id="empty"),
        pytest.param("nessuno@prova.example", "x" * 500_000, id="a very long password"),
        pytest.param("nessuno@prova.example", "\x00", id="a NUL in the password"),
    ],
)
async def test_whatever_is_typed_is_wrong_and_breaks_nothing(browser: Browser, email: str, password: str) -> None:
    response = await browser("203.0.113.200").post("/session", json={"email": email, "password": password})
    assert (response.status_code, code(response)) in ((401, "UNAUTHENTICATED"), (429, "TOO_MANY_ATTEMPTS"))


async def test_a_planted_cookie_is_never_taken_over(browser: Browser, person: Someone) -> None:
    client = browser()
    client.cookies.set(COOKIE, "wis_chosen-by-somebody-else", domain="win.example")
    response = await client.post("/session", json=person.typed())
    assert response.status_code == 201
    secret = response.cookies[COOKIE]
    assert secret != "wis_chosen-by-somebody-else"
    assert not await is_alive("wis_chosen-by-somebody-else")
    assert await is_alive(secret)


async def test_signing_in_again_ends_the_session_that_the_browser_had(
    browser: Browser, person: Someone, owner: asyncpg.Connection
) -> None:
    stranger = await someone(owner, FUCECCHIO)
    client, planted = await signed_in(browser, stranger)
    response = await client.post("/session", json=person.typed())
    assert response.json()["viewer"]["email"] == person.email
    assert not await is_alive(planted)


async def test_two_browsers_have_two_sessions(browser: Browser, person: Someone) -> None:
    first, secret = await signed_in(browser, person)
    _, other = await signed_in(browser, person)
    assert secret != other
    assert (await first.request("DELETE", "/session", json={})).status_code == 204
    assert await is_alive(other)


async def test_after_signing_out_the_cookie_is_worth_nothing(browser: Browser, person: Someone) -> None:
    client, secret = await signed_in(browser, person)
    response = await client.request("DELETE", "/session", json={})
    assert response.status_code == 204
    assert response.headers["set-cookie"].startswith(f'{COOKIE}=""; ')
    assert "Max-Age=0" in response.headers["set-cookie"]

    replay = browser(cookie=f"{COOKIE}={secret}")
    response = await replay.put("/session", json={"organisation": CARITAS})
    assert (response.status_code, code(response)) == (401, "UNAUTHENTICATED")
    assert (await replay.request("DELETE", "/session", json={})).status_code == 204


async def test_several_organisations_are_offered_to_choose_from(browser: Browser, owner: asyncpg.Connection) -> None:
    person = await someone(owner, CARITAS, PONTE)
    client = browser()
    response = await client.post("/session", json=person.typed())
    assert response.status_code == 200
    assert "set-cookie" not in response.headers
    assert {offer["organisation"]["slug"] for offer in response.json()["organisations"]} == {CARITAS, PONTE}

    response = await client.post("/session", json=person.typed(organisation=PONTE))
    assert response.json()["viewer"]["organisation"]["slug"] == PONTE
    response = await client.post("/session", json=person.typed(organisation=FUCECCHIO))
    assert (response.status_code, code(response)) == (403, "FORBIDDEN")


async def test_who_was_a_member_until_yesterday_gets_in_nowhere(browser: Browser, owner: asyncpg.Connection) -> None:
    person = await someone(owner, CARITAS, until=date(2021, 1, 1))
    for also in ({}, {"organisation": CARITAS}):
        response = await browser().post("/session", json=person.typed(**also))
        assert (response.status_code, code(response)) == (403, "FORBIDDEN")


async def test_changing_organisation_changes_the_secret_and_not_the_end(
    browser: Browser, owner: asyncpg.Connection
) -> None:
    person = await someone(owner, CARITAS, PONTE)
    client, secret = await signed_in(browser, person, organisation=CARITAS)
    response = await client.put("/session", json={"organisation": PONTE})
    assert response.status_code == 201
    assert response.json()["viewer"]["organisation"]["slug"] == PONTE
    assert not await is_alive(secret)

    again = await client.put("/session", json={"organisation": CARITAS})
    assert again.status_code == 201
    ends = [
        row["expires_at"]
        for row in await owner.fetch("SELECT expires_at FROM session WHERE account_id = $1", person.account_id)
    ]
    assert len(ends) == 3
    assert max(ends) - min(ends) < timedelta(seconds=1)


async def test_a_refused_change_leaves_the_session_as_it_was(browser: Browser, owner: asyncpg.Connection) -> None:
    person = await someone(owner, CARITAS, language="en")
    client, secret = await signed_in(browser, person)
    response = await client.put("/session", json={"organisation": PONTE}, headers={"accept-language": "it"})
    assert (response.status_code, code(response)) == (403, "FORBIDDEN")
    assert response.json()["errors"][0]["message"].startswith("You are not active in this organisation.")
    assert await is_alive(secret)


@pytest.mark.parametrize(
    ("column", "age", "alive"),
    [
        pytest.param("last_seen_at", timedelta(minutes=29), True, id="half an hour is nearly over"),
        pytest.param("last_seen_at", timedelta(minutes=31), False, id="half an hour without a request"),
        pytest.param("expires_at", timedelta(0), False, id="twelve hours after signing in"),
    ],
)
async def test_a_session_ends_by_itself(
    browser: Browser, person: Someone, owner: asyncpg.Connection, column: str, age: timedelta, alive: bool
) -> None:
    _, secret = await signed_in(browser, person)
    await owner.execute(
        f"UPDATE session SET {column} = now() - $2::interval WHERE token_hash = $1", hash_of(secret), age
    )
    assert await is_alive(secret) is alive


async def test_a_member_who_leaves_is_out_at_once(browser: Browser, person: Someone, owner: asyncpg.Connection) -> None:
    _, secret = await signed_in(browser, person)
    async with owner.transaction():
        territory = await owner.fetchval("SELECT territory_id FROM session WHERE token_hash = $1", hash_of(secret))
        await owner.execute("SELECT set_config('win.territory_id', $1, true)", str(territory))
        await owner.execute("UPDATE member SET valid_until = current_date - 1 WHERE account_id = $1", person.account_id)
    assert not await is_alive(secret)


async def test_a_cookie_is_no_token_and_a_token_no_cookie(
    browser: Browser, person: Someone, owner: asyncpg.Connection
) -> None:
    _, secret = await signed_in(browser, person)
    token = (await service.issue_token(owner, person.email, CARITAS)).secret
    assert token.startswith("win_")
    query = {"query": "{ __typename }"}
    for headers, status in (
        ({"authorization": f"Bearer {token}"}, 200),
        ({"authorization": f"bearer {token}", "cookie": f"{COOKIE}={secret}x"}, 200),
        ({"authorization": f"Bearer {secret}"}, 401),
        ({"cookie": f"{COOKIE}={token}"}, 401),
        ({"authorization": "Bearer win_wrong", "cookie": f"{COOKIE}={secret}"}, 401),
        ({"cookie": f"{COOKIE}={secret}"}, 200),
        ({}, 401),
    ):
        response = await browser().post("/graphql", json=query, headers=headers)
        assert response.status_code == status, headers


async def test_a_token_ends_itself_and_needs_no_header_of_ours(
    browser: Browser, person: Someone, owner: asyncpg.Connection
) -> None:
    token = (await service.issue_token(owner, person.email, CARITAS)).secret
    client = browser(authorization=f"Bearer {token}")
    del client.headers["x-win-csrf"]
    assert code(await client.put("/session", json={"organisation": CARITAS})) == "BAD_REQUEST"
    response = await client.request("DELETE", "/session")
    assert response.status_code == 204
    assert "set-cookie" not in response.headers
    assert not await is_alive(token)


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        pytest.param("", "it", id="nothing said"),
        pytest.param("en-GB,en;q=0.9,it;q=0.8", "en", id="English first"),
        pytest.param("it-IT,en;q=0.5", "it", id="Italian first"),
        pytest.param("de,fr;q=0.9,en;q=0.1", "en", id="English at least"),
        pytest.param("\x7f;;;,,,q=", "it", id="nonsense"),
    ],
)
async def test_refusals_are_in_the_language_of_the_browser(browser: Browser, accepted: str, language: str) -> None:
    response = await browser().put("/session", json={"organisation": CARITAS}, headers={"accept-language": accepted})
    expected = {"it": "Non hai effettuato l'accesso", "en": "You are not signed in"}[language]
    assert response.json()["errors"][0]["message"].startswith(expected)


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.at = now()

    def __call__(self) -> Any:
        return self.at


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(service, "now", clock)
    return clock


async def waits(clock: Clock, email: str, address: str, guesses: int) -> list[int]:
    """Guess that often, each time as soon as it is permitted; return the waits."""
    asked = []
    for _ in range(guesses):
        try:
            await service.count_attempt(Throttles.of(email, address))
        except TooManyAttempts as error:
            asked.append(error.retry_after)
            clock.at += timedelta(seconds=error.retry_after)
            await service.count_attempt(Throttles.of(email, address))
    return asked


async def test_guessing_is_slowed_down_and_says_for_how_long(browser: Browser, person: Someone, clock: Clock) -> None:
    client = browser("203.0.113.9")
    wrong = {"email": person.email, "password": "sbagliata"}
    answers = await asyncio.gather(*(client.post("/session", json=wrong) for _ in range(20)))
    codes = [code(answer) for answer in answers]
    assert (codes.count("UNAUTHENTICATED"), codes.count("TOO_MANY_ATTEMPTS")) == (5, 15)

    refused = await client.post("/session", json=person.typed())
    assert (refused.status_code, code(refused)) == (429, "TOO_MANY_ATTEMPTS")
    assert refused.headers["retry-after"] == "1"
    assert refused.json()["errors"][0]["extensions"]["retryAfter"] == 1

    elsewhere = await browser("203.0.112.9").post("/session", json=person.typed())
    assert elsewhere.status_code == 201


async def test_waits_double_up_to_their_cap_and_end(database: str, person: Someone, clock: Clock) -> None:
    asked = await waits(clock, person.email, "203.0.113.9", 25)
    cap = int(LONGEST_FROM_NETWORK.total_seconds())
    assert asked[:4] == [1, 2, 4, 8]
    assert asked[-1] == cap
    assert max(asked) == cap
    clock.at += LONGEST_FROM_NETWORK
    assert isinstance(await service.sign_in(SignIn(person.email, PASSWORD, "203.0.113.9")), service.Opened)
    assert await waits(clock, person.email, "203.0.113.9", 4) == []


async def test_guesses_from_everywhere_do_not_lock_the_rightful_person(
    database: str, person: Someone, clock: Clock
) -> None:
    home, away = "198.51.100.20", "192.0.2.99"
    assert isinstance(await service.sign_in(SignIn(person.email, PASSWORD, home)), service.Opened)
    for network in range(20):
        await service.count_attempt(Throttles.of(person.email, f"10.0.{network}.1"))

    with pytest.raises(TooManyAttempts) as slowed:
        await service.count_attempt(Throttles.of(person.email, "10.0.99.1"))
    assert slowed.value.retry_after <= LONGEST_FOR_ADDRESS.total_seconds()
    assert isinstance(await service.sign_in(SignIn(person.email, PASSWORD, home)), service.Opened)
    # From a place that was never used before the wait is short.
    asked = [wait for network in range(40) for wait in await waits(clock, person.email, f"10.1.{network}.1", 1)]
    assert max(asked) == LONGEST_FOR_ADDRESS.total_seconds()
    clock.at += LONGEST_FOR_ADDRESS
    assert isinstance(await service.sign_in(SignIn(person.email, PASSWORD, away)), service.Opened)


async def test_a_known_network_may_not_guess_without_end(database: str, person: Someone, clock: Clock) -> None:
    home = "198.51.100.20"
    assert isinstance(await service.sign_in(SignIn(person.email, PASSWORD, home)), service.Opened)
    for _ in range(5):
        with pytest.raises(Unauthenticated):
            await service.sign_in(SignIn(person.email, "sbagliata", home))
    with pytest.raises(TooManyAttempts):
        await service.sign_in(SignIn(person.email, PASSWORD, home))


async def test_throttles_hold_no_address(database: str, person: Someone, owner: asyncpg.Connection) -> None:
    await service.count_attempt(Throttles.of(person.email, "203.0.113.9"))
    rows = await owner.fetch("SELECT key_hash FROM sign_in_throttle")
    assert rows
    assert all(len(row["key_hash"]) == 64 and int(row["key_hash"], 16) >= 0 for row in rows)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.0/24"),
        ("::ffff:203.0.113.9", "203.0.113.0/24"),
        ("2001:db8:1:2::1", "2001:db8:1::/48"),
        ("", "unknown"),
        ("not an address", "unknown"),
    ],
)
def test_a_network_is_the_neighbourhood_of_an_address(address: str, network: str) -> None:
    assert network_of(address) == network


async def test_a_hash_made_with_older_parameters_is_renewed(
    database: str, person: Someone, owner: asyncpg.Connection
) -> None:
    weak = passwords.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    await owner.execute("UPDATE account SET password_hash = $2 WHERE id = $1", person.account_id, weak)
    await service.sign_in(SignIn(person.email, PASSWORD, "192.0.2.1"))
    stored = await owner.fetchval("SELECT password_hash FROM account WHERE id = $1", person.account_id)
    assert extract_parameters(stored) == extract_parameters(passwords._nobodys())
