"""Guessing passwords is slowed down, and the rightful person still gets in."""

import asyncio
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from infra.clock import now
from infra.errors import TooManyAttempts, Unauthenticated
from tenants.members import service, throttles
from tenants.members.service import SignIn
from tenants.members.throttles import (
    LONGEST_FOR_ADDRESS,
    LONGEST_FROM_NETWORK,
    Throttles,
    count_attempt,
    network_of,
)
from tests.api.people import PASSWORD, Browser, Someone, code


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
    monkeypatch.setattr(throttles, "now", clock)
    return clock


async def waits(clock: Clock, email: str, address: str, guesses: int) -> list[int]:
    """Guess that often, each time as soon as it is permitted; return the waits."""
    asked = []
    for _ in range(guesses):
        try:
            await count_attempt(Throttles.of(email, address))
        except TooManyAttempts as error:
            asked.append(error.retry_after)
            clock.at += timedelta(seconds=error.retry_after)
            await count_attempt(Throttles.of(email, address))
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
        await count_attempt(Throttles.of(person.email, f"10.0.{network}.1"))

    with pytest.raises(TooManyAttempts) as slowed:
        await count_attempt(Throttles.of(person.email, "10.0.99.1"))
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
    await count_attempt(Throttles.of(person.email, "203.0.113.9"))
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
