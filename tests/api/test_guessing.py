"""Guessing passwords is slowed down, wherever it comes from and whomever it is about."""

import asyncio
import hashlib
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest

from infra.clock import now
from infra.errors import TooManyAttempts, Unauthenticated
from tenants.members import service, throttles
from tenants.members.service import Opened, SignIn
from tenants.members.throttles import (
    MOST_FOR_ADDRESS,
    MOST_FROM_DEVICE,
    MOST_FROM_NETWORK,
    MOST_OF_NETWORK,
    SPAN,
    attempt_of,
    count_attempt,
    network_of,
)
from tests.api.people import PASSWORD, Browser, Someone, code, someone

HOME = "198.51.100.20"
DEVICE = "wid_" + "d" * 43


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.at = now()

    def __call__(self) -> object:
        return self.at


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(throttles, "now", clock)
    return clock


async def guess(email: str, address: str, device: str = "") -> str:
    """Guess once, and tell whether that was looked at."""
    try:
        await count_attempt(await attempt_of(email, address, device))
    except TooManyAttempts:
        return "refused"
    return "looked at"


async def guesses(clock: Clock, email: str, *addresses: str) -> list[object]:
    """Guess from each address in turn, a second later each time; return the moments at which it was looked at."""
    seen = []
    for address in addresses:
        clock.at += timedelta(seconds=1)
        if await guess(email, address) == "looked at":
            seen.append(clock.at)
    return seen


async def comes_in(person: Someone, address: str, device: str = "") -> bool:
    """Tell whether the rightful person gets in, with the right password at the first try."""
    with suppress(TooManyAttempts):
        return isinstance(await service.sign_in(SignIn(person.email, PASSWORD, address, device=device)), Opened)
    return False


async def test_guessing_is_slowed_down_and_says_for_how_long(browser: Browser, person: Someone, clock: Clock) -> None:
    client = browser("203.0.113.9")
    wrong = {"email": person.email, "password": "sbagliata"}
    seen = await asyncio.gather(*(guess(person.email, "203.0.112.9") for _ in range(15)))
    assert seen.count("looked at") == MOST_FROM_NETWORK
    answers = [await client.post("/session", json=wrong) for _ in range(7)]
    codes = Counter(code(answer) for answer in answers)
    assert codes == {"UNAUTHENTICATED": MOST_FROM_NETWORK, "TOO_MANY_ATTEMPTS": 2}

    clock.at += timedelta(minutes=1)
    refused = await client.post("/session", json=person.typed())
    assert (refused.status_code, code(refused)) == (429, "TOO_MANY_ATTEMPTS")
    assert refused.headers["retry-after"] == str(14 * 60)
    assert refused.json()["errors"][0]["extensions"]["retryAfter"] == 14 * 60

    clock.at += SPAN
    assert (await client.post("/session", json=person.typed())).status_code == 201


async def test_no_account_gets_more_than_ten_guesses_in_any_quarter_of_an_hour(
    database: str, person: Someone, clock: Clock
) -> None:
    """From anywhere, in whatever rhythm, and whatever the rightful person does meanwhile."""
    assert await comes_in(person, HOME, DEVICE)
    looked_at = []
    for turn in range(4):
        looked_at += await guesses(clock, person.email, *(f"10.{turn}.{number}.1" for number in range(25)))
        assert await comes_in(person, HOME, DEVICE), "others' failures keep the rightful person out"
        clock.at += timedelta(minutes=4)
    for at in looked_at:
        assert sum(at <= one < at + SPAN for one in looked_at) <= MOST_FOR_ADDRESS  # type: ignore[operator]
    assert MOST_FOR_ADDRESS <= 10
    assert len(looked_at) >= MOST_FOR_ADDRESS


async def test_one_network_stops_nobody_but_itself(
    browser: Browser, person: Someone, owner: asyncpg.Connection, clock: Clock
) -> None:
    """Invented addresses, and every account once: it is counted whatever the address."""
    phone, colleague = browser("203.0.113.77"), await someone(owner, "caritas-empoli")
    assert (await phone.post("/session", json=person.typed())).status_code == 201

    async def one(number: int) -> str:
        email = colleague.email if number % 10 == 0 else f"{uuid4().hex}@nessuno.example"
        client = browser(f"203.0.113.{number % 250}")
        return str(code(await client.post("/session", json={"email": email, "password": "x"})))

    seen: Counter[str] = Counter()
    while seen["TOO_MANY_ATTEMPTS"] < 20:
        flood = [asyncio.create_task(one(number)) for number in range(25)]
        right = await phone.post("/session", json=person.typed())
        stranger = await browser("198.18.0.9").post("/session", json=colleague.typed())
        seen.update(await asyncio.gather(*flood))
        assert (right.status_code, stranger.status_code) == (201, 201)
    assert set(seen) == {"UNAUTHENTICATED", "TOO_MANY_ATTEMPTS", "UNAVAILABLE"}
    assert seen["UNAUTHENTICATED"] <= MOST_OF_NETWORK
    assert code(await browser("203.0.113.5").post("/session", json=colleague.typed())) == "TOO_MANY_ATTEMPTS"
    # Neither the one who was aimed at nor whoever is known there has to wait for it.
    assert (await browser("198.18.0.9").post("/session", json=colleague.typed())).status_code == 201
    assert (await phone.post("/session", json=person.typed())).status_code == 201


async def test_a_success_takes_back_itself_alone(database: str, person: Someone, clock: Clock) -> None:
    await guesses(clock, person.email, *(f"10.9.{number}.1" for number in range(MOST_FOR_ADDRESS - 1)))
    for _ in range(3):
        assert await comes_in(person, HOME)
    assert await guesses(clock, person.email, "10.10.1.1", "10.10.2.1") != []
    assert await guess(person.email, "10.10.3.1") == "refused"


async def test_a_known_browser_may_not_guess_without_end(database: str, person: Someone, clock: Clock) -> None:
    assert await comes_in(person, HOME, DEVICE)
    for number in range(MOST_FROM_DEVICE):
        with pytest.raises(Unauthenticated):
            await service.sign_in(SignIn(person.email, "sbagliata", f"10.9.{number}.1", device=DEVICE))
    assert not await comes_in(person, "10.9.99.1", DEVICE)
    # The guesses of a stolen mark hold up nobody who comes without it.
    assert await comes_in(person, HOME)


async def test_the_table_holds_no_address(database: str, person: Someone, owner: asyncpg.Connection) -> None:
    """Nor a hash of one that somebody who has only the table could try addresses on."""
    await count_attempt(await attempt_of(person.email, "203.0.113.9"))
    rows = {row["key_hash"] for row in await owner.fetch("SELECT key_hash FROM sign_in_throttle")}
    assert rows
    assert all(len(one) == 64 and int(one, 16) >= 0 for one in rows)
    for told in (f"failed\0{person.email}", "failed from anywhere\x00203.0.113.0/24"):
        assert hashlib.sha256(told.encode()).hexdigest() not in rows


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
