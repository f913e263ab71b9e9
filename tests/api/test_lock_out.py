"""Somebody guesses without end, from wherever they like: the rightful person gets in all the same."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from itertools import count

import asyncpg
import pytest

from infra.errors import TooManyAttempts, Unauthenticated
from tenants.members import passwords, service
from tenants.members.service import SignIn
from tenants.members.throttles import (
    DEVICE_KNOWN_FOR,
    FREE_FROM_DEVICE,
    FREE_FROM_NETWORK,
    KNOWN_FOR,
    LONGEST_FOR_ADDRESS,
    LONGEST_FROM_DEVICE,
    LONGEST_FROM_NETWORK,
    Throttles,
    count_attempt,
)
from tests.api.people import PASSWORD, Browser, Someone, asked, code, someone
from tests.api.test_guessing import Clock, clock, waits
from tests.api.test_second_factor import CHANGE, START, switched_on
from tests.api.test_second_factor import Clock as Steps
from tests.web.visitors import ORIGIN

__all__ = ["clock"]

HOME, AWAY = "198.51.100.20", "192.0.2.99"
NUMBERS = count()
DEVICE, OTHER_DEVICE = "wid_" + "d" * 43, "wid_" + "o" * 43
COOKIE = "__Host-win-device"


async def comes_in(person: Someone, address: str, device: str = "") -> bool:
    """Tell whether the rightful person gets in, with the right password at the first try."""
    try:
        return isinstance(await service.sign_in(SignIn(person.email, PASSWORD, address, device=device)), service.Opened)
    except TooManyAttempts:
        return False


async def besiege(clock: Clock, person: Someone, hours: float, *addresses: str) -> None:
    """Guess from these addresses, and from a new network each time, in the very instant in which it is permitted.

    Whoever does so takes every turn of what is counted from anywhere; at the end the next one is still to come.
    """
    until = clock.at + timedelta(hours=hours)
    while clock.at < until:
        number = next(NUMBERS)
        strange = f"10.{number // 250}.{number % 250}.1"
        await waits(clock, person.email, strange, 1)
        for address in addresses:
            with suppress(TooManyAttempts):
                await count_attempt(Throttles.of(person.email, address))
    for address in addresses:
        await waits(clock, person.email, address, 1)


async def test_a_known_network_is_let_in_through_days_of_guessing(database: str, person: Someone, clock: Clock) -> None:
    assert await comes_in(person, HOME)
    for _ in range(4):
        await besiege(clock, person, 6)
        assert not await comes_in(person, AWAY), "nothing was put to the test"
        assert await comes_in(person, HOME)


async def test_a_known_browser_is_let_in_from_wherever_it_is(database: str, person: Someone, clock: Clock) -> None:
    assert await comes_in(person, HOME, DEVICE)
    for turn in range(4):
        await besiege(clock, person, 6)
        away = f"203.0.{turn}.9"
        assert not await comes_in(person, away), "nothing was put to the test"
        assert await comes_in(person, away, DEVICE)
    clock.at += DEVICE_KNOWN_FOR - timedelta(hours=2)
    await besiege(clock, person, 1)
    assert await comes_in(person, "203.0.200.77", DEVICE), "it was away for a long time"


async def test_a_known_browser_is_let_in_past_whoever_shares_its_network(
    database: str, person: Someone, clock: Clock
) -> None:
    assert await comes_in(person, HOME, DEVICE)
    for _ in range(4):
        await besiege(clock, person, 6, HOME)
        assert not await comes_in(person, HOME), "nothing was put to the test"
        assert await comes_in(person, HOME, DEVICE)


async def test_a_place_that_was_never_used_is_let_in_when_the_guessing_ends(
    database: str, person: Someone, clock: Clock
) -> None:
    await besiege(clock, person, 6)
    assert not await comes_in(person, AWAY, DEVICE)
    clock.at += LONGEST_FOR_ADDRESS
    assert await comes_in(person, AWAY, DEVICE)


async def test_a_browser_is_known_for_its_own_people_alone(
    database: str, person: Someone, owner: asyncpg.Connection, clock: Clock
) -> None:
    """One that stands at a desk is known for each of those who use it, and makes nobody else's guesses free."""
    colleague, stranger = await someone(owner, "caritas-empoli"), await someone(owner, "caritas-empoli")
    for one in (person, colleague):
        assert await comes_in(one, HOME, DEVICE)
    for one in (person, colleague, stranger):
        await besiege(clock, one, 1)
    let_in = [await comes_in(one, AWAY, DEVICE) for one in (person, colleague, stranger)]
    assert let_in == [True, True, False]


async def test_a_known_browser_may_not_guess_without_end(database: str, person: Someone, clock: Clock) -> None:
    assert await comes_in(person, HOME, DEVICE)
    for number in range(FREE_FROM_DEVICE):
        with pytest.raises(Unauthenticated):
            await service.sign_in(SignIn(person.email, "sbagliata", f"10.9.{number}.1", device=DEVICE))
    assert not await comes_in(person, "10.9.99.1", DEVICE)
    for _ in range(20):
        with pytest.raises(TooManyAttempts) as slowed:
            await count_attempt(Throttles.of(person.email, HOME, DEVICE))
        clock.at += timedelta(seconds=slowed.value.retry_after)
        await count_attempt(Throttles.of(person.email, HOME, DEVICE))
    assert slowed.value.retry_after == LONGEST_FROM_DEVICE.total_seconds()
    # The guesses of a stolen mark hold up nobody who comes without it.
    assert await comes_in(person, HOME)


async def test_nobody_is_known_for_ever(database: str, person: Someone, clock: Clock) -> None:
    assert await comes_in(person, HOME, DEVICE)
    clock.at += KNOWN_FOR
    await besiege(clock, person, 1)
    assert (await comes_in(person, HOME), await comes_in(person, HOME, OTHER_DEVICE)) == (False, False)
    clock.at += DEVICE_KNOWN_FOR
    await besiege(clock, person, 1)
    assert not await comes_in(person, AWAY, DEVICE)


@pytest.mark.parametrize(
    "typed", ["known|{email}|{network}", "known network|{email}|{network}", "known device|{email}|{device}"]
)
async def test_nobody_becomes_known_by_what_they_type(database: str, person: Someone, clock: Clock, typed: str) -> None:
    network = "192.0.2.0/24"
    email = typed.format(email=person.email, network=network, device=DEVICE)
    for _ in range(25):
        with pytest.raises((Unauthenticated, TooManyAttempts)):
            await service.sign_in(SignIn(email, "sbagliata", AWAY, device=DEVICE))
        clock.at += timedelta(seconds=1)
    await besiege(clock, person, 1)
    assert not await comes_in(person, AWAY, DEVICE)


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


async def test_through_the_door_too(browser: Browser, person: Someone, clock: Clock) -> None:
    """The same as above, with a browser that keeps its cookies: at home once, then in the middle of an attack."""
    phone = browser("203.0.113.5")
    assert (await phone.post("/session", json=person.typed())).status_code == 201
    await besiege(clock, person, 2, "203.0.113.6")
    assert code(await browser("203.0.113.5").post("/session", json=person.typed())) == "TOO_MANY_ATTEMPTS"
    assert (await phone.post("/session", json=person.typed())).status_code == 201
    assert LONGEST_FROM_NETWORK >= LONGEST_FOR_ADDRESS


async def test_a_password_can_be_changed_in_the_middle_of_an_attack(
    browser: Browser, person: Someone, clock: Clock
) -> None:
    phone, other = browser("203.0.113.15"), {"currentPassword": PASSWORD, "newPassword": "quattro cavalli al mare"}
    assert (await phone.post("/session", json=person.typed())).status_code == 201
    await besiege(clock, person, 2, "203.0.113.16")
    begun = (await asked(phone, START, currentPassword=PASSWORD))["data"]["startSecondFactor"]
    assert begun["problems"] == []
    assert (await asked(phone, CHANGE, **other))["data"]["changePassword"]["problems"] == []


MARKS = ["wid_" + f"{number:043}" for number in range(8)]


async def guessed(person: Someone, given: SignIn) -> int:
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
    assert await guessed(person, SignIn(person.email, "sbagliata", "10.251.0.1")) == FREE_FROM_NETWORK
    known = SignIn(person.email, "sbagliata", "10.250.3.1")
    assert await guessed(person, known) == FREE_FROM_NETWORK
    # The one in which it was changed stays known.
    await besiege(clock, person, 1)
    right = await client.post("/session", json={"email": person.email, "password": given["newPassword"]})
    assert right.status_code == 201


async def test_browsers_that_a_password_alone_made_known_buy_no_codes(
    browser: Browser, person: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, mark in enumerate(MARKS):
        assert await comes_in(person, f"10.252.{number}.1", mark)
    await switched_on(browser, person, Steps(monkeypatch))
    assert await guessed(person, SignIn(person.email, PASSWORD, "10.253.0.1", code="000000")) == FREE_FROM_NETWORK


async def test_what_is_turned_away_for_want_of_room_is_no_failure(
    browser: Browser, person: Someone, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever keeps all places taken does not have the right passwords of others counted as wrong ones."""
    home = browser("203.0.113.45")
    await home.post("/session", json=person.typed())
    with monkeypatch.context() as full:
        full.setattr(passwords, "MOST_WAITING", 0)
        for client in (home, browser("192.0.2.45")):
            for _ in range(FREE_FROM_NETWORK + 1):
                assert code(await client.post("/session", json=person.typed())) == "UNAVAILABLE"
        for _ in range(FREE_FROM_NETWORK + 1):
            told = await asked(home, START, currentPassword=PASSWORD)
            assert told["errors"][0]["extensions"]["code"] == "UNAVAILABLE"
    for client in (home, browser("192.0.2.45")):
        assert (await client.post("/session", json=person.typed())).status_code == 201
