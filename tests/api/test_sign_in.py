"""Signing in: the cookie, the organisation, and what ends a session."""

from datetime import date, timedelta
from typing import Any

import asyncpg
import pytest
from argon2 import PasswordHasher, Type, extract_parameters

from tenants.members import passwords, service
from tenants.members.secrets import hash_of
from tenants.members.service import SignIn
from tests.api.people import (
    CARITAS,
    COOKIE,
    FUCECCHIO,
    PASSWORD,
    PONTE,
    Browser,
    Someone,
    code,
    is_alive,
    signed_in,
    someone,
)
from tests.conftest import STORED


async def test_signing_in_gives_a_cookie_that_only_this_host_gets(browser: Browser, person: Someone) -> None:
    response = await browser().post("/session", json=person.typed())

    assert response.status_code == 201
    cookie, mark = response.headers.get_list("set-cookie")
    assert mark.startswith("__Host-win-device=wid_")
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


def test_passwords_are_stored_at_a_price() -> None:
    """The parameters that RFC 9106 §4 recommends where memory is scarce."""
    assert STORED.type is Type.ID
    assert (STORED.memory_cost, STORED.time_cost, STORED.parallelism) == (64 * 1024, 3, 4)


async def test_an_absent_account_costs_the_same_work(
    database: str, person: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One proof at one price, and the recipe of nobody's password is as steady as anybody's."""
    asked: list[str] = []

    def noted(password: str, recipe: str) -> bytes:
        asked.append(recipe)
        return made_as_before(password, recipe)

    made_as_before = passwords.proof_of
    monkeypatch.setattr(passwords, "proof_of", noted)
    nobody = f"{person.email}.invalid"
    for email in (nobody, person.email, nobody, person.email):
        with pytest.raises(service.Unauthenticated):
            await service.sign_in(SignIn(email, "sbagliata", "192.0.2.1"))
    assert asked[0] == asked[2] != asked[1] == asked[3]
    assert [passwords.price_of(one) for one in asked] == [passwords.price_of(passwords.new_recipe())] * 4
    assert len({len(one) for one in asked}) == 1


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


async def test_a_hash_made_with_older_parameters_is_renewed(
    database: str, person: Someone, owner: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, dear = passwords.stored(PASSWORD), PasswordHasher(time_cost=2, memory_cost=256, parallelism=1)
    await owner.execute("UPDATE account SET password_hash = $2 WHERE id = $1", person.account_id, before)
    monkeypatch.setattr(passwords, "HASHER", dear)
    assert isinstance(await service.sign_in(SignIn(person.email, PASSWORD, "192.0.2.1")), service.Opened)
    stored = await owner.fetchval("SELECT password_hash FROM account WHERE id = $1", person.account_id)
    assert extract_parameters(stored).time_cost == 2
    assert isinstance(await service.sign_in(SignIn(person.email, PASSWORD, "192.0.2.1")), service.Opened)
