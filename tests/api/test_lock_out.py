"""Somebody guesses without end, or takes every place there is: the rightful person gets in all the same."""

from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import timedelta

import asyncpg
import pytest

from infra.errors import TooManyAttempts, Unauthenticated
from tenants.members import service
from tenants.members.passwords import INSIDE, KNOWN, STRANGERS, Places
from tenants.members.service import SignIn
from tenants.members.throttles import DEVICE_KNOWN_FOR, MOST_FOR_ADDRESS, MOST_FROM_NETWORK, SPAN
from tests.api.people import PASSWORD, Browser, Someone, asked, code, someone
from tests.api.test_guessing import DEVICE, HOME, Clock, clock, comes_in, guesses
from tests.api.test_second_factor import CHANGE, START, switched_on
from tests.api.test_second_factor import Clock as Steps
from tests.web.visitors import ORIGIN

__all__ = ["clock"]

AWAY = "192.0.2.99"
OTHER_DEVICE = "wid_" + "o" * 43
COOKIE = "__Host-win-device"


async def besiege(clock: Clock, person: Someone) -> None:
    """Use up every guess that may come from anywhere."""
    await guesses(clock, person.email, *(f"10.77.{number}.1" for number in range(MOST_FOR_ADDRESS + 1)))


async def test_a_known_browser_is_let_in_from_wherever_it_is(database: str, person: Someone, clock: Clock) -> None:
    assert await comes_in(person, HOME, DEVICE)
    for turn in range(3):
        await besiege(clock, person)
        away = f"203.0.{turn}.9"
        assert not await comes_in(person, away), "nothing was put to the test"
        assert not await comes_in(person, HOME, OTHER_DEVICE), "nothing was put to the test"
        assert await comes_in(person, away, DEVICE)
        clock.at += SPAN
    clock.at += DEVICE_KNOWN_FOR - timedelta(hours=2)
    await besiege(clock, person)
    assert await comes_in(person, "203.0.200.77", DEVICE), "it was away for a long time"
    clock.at += DEVICE_KNOWN_FOR + timedelta(hours=1)
    await besiege(clock, person)
    assert not await comes_in(person, HOME, DEVICE), "nobody is known for ever"
    clock.at += SPAN
    assert await comes_in(person, AWAY, DEVICE), "the guessing has ended"


async def test_a_browser_is_known_for_its_own_people_alone(
    database: str, person: Someone, owner: asyncpg.Connection, clock: Clock
) -> None:
    """One that stands at a desk is known for each of those who use it, and makes nobody else's guesses free."""
    colleague, stranger = await someone(owner, "caritas-empoli"), await someone(owner, "caritas-empoli")
    for one in (person, colleague):
        assert await comes_in(one, HOME, DEVICE)
    for one in (person, colleague, stranger):
        await besiege(clock, one)
    let_in = [await comes_in(one, AWAY, DEVICE) for one in (person, colleague, stranger)]
    assert let_in == [True, True, False]


async def test_a_browser_gets_its_mark_with_a_success_and_keeps_it(browser: Browser, person: Someone) -> None:
    client = browser()
    refused = await client.post("/session", json={"email": person.email, "password": "sbagliata"})
    assert (refused.status_code, refused.headers.get_list("set-cookie")) == (401, [])
    first = await client.post("/session", json=person.typed())
    (cookie,) = [one for one in first.headers.get_list("set-cookie") if one.startswith(COOKIE)]
    name, *attributes = cookie.split("; ")
    assert name.startswith(f"{COOKIE}=wid_")
    assert len(name) == len(f"{COOKIE}=wid_") + 43
    seconds = int(DEVICE_KNOWN_FOR.total_seconds())
    assert sorted(attributes) == sorted(["HttpOnly", f"Max-Age={seconds}", "Path=/", "SameSite=lax", "Secure"])
    left = await client.request("DELETE", "/session", json={})
    assert COOKIE not in str(left.headers.get_list("set-cookie"))
    form = {"email": person.email, "password": PASSWORD}
    second = await client.post("/sign-in", data=form, headers={"Origin": ORIGIN})
    assert second.status_code == 303
    assert second.cookies[COOKIE] == first.cookies[COOKIE]


@pytest.mark.parametrize("chosen", ["", "wid_short", "wid_" + "x" * 44, "wid_" + "%0a" * 20, "altro" * 100])
async def test_a_mark_that_is_not_ours_is_not_taken(browser: Browser, person: Someone, chosen: str) -> None:
    client = browser()
    response = await client.post("/session", json=person.typed(), headers={"cookie": f"{COOKIE}={chosen}"})
    assert response.status_code == 201
    assert response.cookies[COOKIE] != chosen
    assert chosen == "" or chosen not in response.cookies[COOKIE]


async def test_a_password_can_be_changed_in_the_middle_of_an_attack(
    browser: Browser, person: Someone, clock: Clock
) -> None:
    phone, other = browser("203.0.113.15"), {"currentPassword": PASSWORD, "newPassword": "quattro cavalli al mare"}
    assert (await phone.post("/session", json=person.typed())).status_code == 201
    await besiege(clock, person)
    assert code(await browser("203.0.115.15").post("/session", json=person.typed())) == "TOO_MANY_ATTEMPTS"
    begun = (await asked(phone, START, currentPassword=PASSWORD))["data"]["startSecondFactor"]
    assert begun["problems"] == []
    assert (await asked(phone, CHANGE, **other))["data"]["changePassword"]["problems"] == []
    right = await phone.post("/session", json={"email": person.email, "password": other["newPassword"]})
    assert right.status_code == 201, "the browser in which it was changed stays known"


MARKS = ["wid_" + f"{number:043}" for number in range(8)]


async def guessed(given: SignIn) -> int:
    """Guess three times with each mark, all from one network; return how many guesses were looked at."""
    seen = 0
    for mark in MARKS:
        for _ in range(3):
            with suppress(TooManyAttempts):
                try:
                    await service.sign_in(replace(given, device=mark))
                except Unauthenticated:
                    seen += 1
    return seen


async def test_browsers_that_an_old_password_made_known_buy_no_guesses(
    browser: Browser, person: Someone, clock: Clock
) -> None:
    """Whoever had the password can have made any number of them."""
    for number, mark in enumerate(MARKS):
        assert await comes_in(person, f"10.250.{number}.1", mark)
    client = browser("203.0.113.25")
    await client.post("/session", json=person.typed())
    given = {"currentPassword": PASSWORD, "newPassword": "quattro cavalli al mare"}
    assert (await asked(client, CHANGE, **given))["data"]["changePassword"]["problems"] == []
    assert await guessed(SignIn(person.email, "sbagliata", "10.251.0.1")) == MOST_FROM_NETWORK


async def test_browsers_that_a_password_alone_made_known_buy_no_codes(
    browser: Browser, person: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, mark in enumerate(MARKS):
        assert await comes_in(person, f"10.252.{number}.1", mark)
    await switched_on(browser, person, Steps(monkeypatch))
    assert await guessed(SignIn(person.email, PASSWORD, "10.253.0.1", code="000000")) == MOST_FROM_NETWORK


def filled(stack: ExitStack, places: Places) -> None:
    """Take every place."""
    for number in range(places.most):
        stack.enter_context(places.room(f"network {number}"))


async def test_each_kind_of_caller_has_places_of_its_own(browser: Browser, person: Someone, clock: Clock) -> None:
    """Whoever fills those of strangers keeps nobody waiting who is known, signed in, or has a link."""
    phone = browser("203.0.113.45")
    await phone.post("/session", json=person.typed())
    with ExitStack() as stack:
        filled(stack, STRANGERS)
        for _ in range(MOST_FROM_NETWORK + 1):
            assert code(await browser("192.0.2.45").post("/session", json=person.typed())) == "UNAVAILABLE"
        assert (await phone.post("/session", json=person.typed())).status_code == 201
        begun = (await asked(phone, START, currentPassword=PASSWORD))["data"]["startSecondFactor"]
        assert begun["problems"] == []
        filled(stack, KNOWN)
        filled(stack, INSIDE)
        for _ in range(MOST_FROM_NETWORK + 1):
            assert code(await phone.post("/session", json=person.typed())) == "UNAVAILABLE"
            told = await asked(phone, START, currentPassword=PASSWORD)
            assert told["errors"][0]["extensions"]["code"] == "UNAVAILABLE"
    # What was turned away for want of a place was no failure.
    for client in (phone, browser("192.0.2.45")):
        assert (await client.post("/session", json=person.typed())).status_code == 201
