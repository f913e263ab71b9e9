"""How guessing is slowed down without keeping the rightful person out.

With a browser in which the address has signed in before, only that browser's own failures count. Everybody else is
counted three times: the address from this network, the address from anywhere, and the network whatever the address.
A count is of the last fifteen minutes; whoever has used it up waits until the oldest failure is that old.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address, ip_address, ip_network
from math import ceil
from uuid import UUID

from infra.clock import now
from infra.database import Connection, transaction
from infra.errors import TooManyAttempts
from infra.keys import keyed_hash
from infra.metrics import REFUSED
from tenants.members.noting import SignInEvent, note

SPAN = timedelta(minutes=15)
MOST_FROM_DEVICE = 5
MOST_FROM_NETWORK = 5
MOST_FOR_ADDRESS = 10
"""Of guesses that are looked at, from all the networks and browsers that are not the person's own."""
MOST_OF_NETWORK = 30
MOST_LINKS_FOR_ADDRESS, MOST_LINKS_OF_NETWORK = 3, 10
"""Links for a new password that are asked for: nobody's mailbox is filled by it."""
DEVICE_KNOWN_FOR = timedelta(days=90)

IS_KNOWN = "SELECT is_known_device($1, $2, $3)"
WAIT = "SELECT sign_in_wait($1, $2, $3, $4)"
COUNT = "SELECT sign_in_failed($1, $2, $3, $4)"
PASSED = "SELECT sign_in_passed($1, $2, $3)"
KNOW = "SELECT know_device($1, $2, $3, $4)"


@dataclass(frozen=True)
class Count:
    """The key under which failures are counted, and how many are free in any fifteen minutes."""

    key: str
    most: int
    is_forgotten: bool = False
    """Whether a success forgets them; else it takes back no more than the attempt itself."""


@dataclass(frozen=True)
class Attempt:
    """What an attempt counts for, and when it was counted."""

    email: str
    network: str
    device: str
    is_known: bool
    """Whether it comes with a browser of the person's own."""
    counts: tuple[Count, ...]
    at: datetime


async def attempt_of(email: str, network_address: str, device: str = "") -> Attempt:
    """Return what an attempt would count for. Raises `TooManyAttempts` if one of the counts is used up already."""
    network, at = network_of(network_address), now()
    async with transaction() as connection:
        is_known = bool(device) and await connection.fetchval(IS_KNOWN, email, device_key(device), at)
        attempt = Attempt(email, network, device, is_known, counts_of(email, network, device if is_known else ""), at)
        demand(attempt, await connection.fetchval(WAIT, *numbers(attempt.counts), SPAN, at))
    return attempt


async def count_link(email: str, network_address: str | None) -> None:
    """Count that a link was asked for, by a stranger or by a colleague, who comes from no network here.

    Raises `TooManyAttempts`, whether or not the address has an account.
    """
    network = "" if network_address is None else network_of(network_address)
    counts = [Count(key("link for", email), MOST_LINKS_FOR_ADDRESS)]
    if network_address is not None:
        counts.append(Count(key("link from", network), MOST_LINKS_OF_NETWORK))
    await count_attempt(Attempt(email, network, "", is_known=False, counts=tuple(counts), at=now()))


def counts_of(email: str, network: str, known_device: str) -> tuple[Count, ...]:
    """Return what an attempt counts for: nobody elsewhere uses up the count of a browser of the person's own."""
    if known_device:
        return (Count(key("failed from device", email, known_device), MOST_FROM_DEVICE, is_forgotten=True),)
    return (
        Count(key("failed from network", email, network), MOST_FROM_NETWORK, is_forgotten=True),
        Count(key("failed", email), MOST_FOR_ADDRESS),
        Count(key("failed from anywhere", network), MOST_OF_NETWORK),
    )


async def count_attempt(attempt: Attempt) -> None:
    """Count the attempt as failed before the password is looked at. Raises `TooManyAttempts`.

    So a hundred guesses at once are a hundred failures, and not one.
    """
    async with transaction() as connection:
        demand(attempt, await connection.fetchval(COUNT, *numbers(attempt.counts), SPAN, attempt.at))


def demand(attempt: Attempt, until: datetime | None) -> None:
    """Go on only if there is nothing to wait for."""
    if until is not None:
        REFUSED.labels("sign_in").inc()
        note(SignInEvent.THROTTLED, attempt.email, attempt.network, known_browser=attempt.is_known)
        raise TooManyAttempts(max(1, ceil((until - attempt.at).total_seconds())))


async def take_back(connection: Connection, attempt: Attempt) -> None:
    """Have the attempt count for nothing; the failures before it stay."""
    await connection.execute(PASSED, [], [count.key for count in attempt.counts], attempt.at)


async def forget_failures(connection: Connection, attempt: Attempt) -> None:
    """Start counting anew after a success, but where others are counted too: there it takes back itself alone."""
    forgotten = [count.key for count in attempt.counts if count.is_forgotten]
    taken_back = [count.key for count in attempt.counts if not count.is_forgotten]
    await connection.execute(PASSED, forgotten, taken_back, attempt.at)


async def know_device(connection: Connection, account_id: UUID, proof: bytes, device: str) -> None:
    """Know the browser of whoever has proved the password; a new password or new codes make all of them strange."""
    if device:
        await connection.execute(KNOW, account_id, proof, device_key(device), now() + DEVICE_KNOWN_FOR)


def numbers(counts: Sequence[Count]) -> tuple[list[str], list[int]]:
    """Return keys and limits as the functions of the database take them."""
    return [count.key for count in counts], [count.most for count in counts]


def device_key(device: str) -> str:
    """Return what is stored of a browser's mark."""
    return key("known device", device)


def key(purpose: str, *parts: str) -> str:
    """Return what stands in a table; nobody can type the key of another purpose."""
    return keyed_hash("counts of sign-ins", purpose, *parts)


def network_of(address: str) -> str:
    """Return the neighbourhood of a network address: a caller can change the last part of it at will."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    mapped = None if isinstance(parsed, IPv4Address) else parsed.ipv4_mapped
    parsed = mapped or parsed
    return str(ip_network(f"{parsed}/{24 if isinstance(parsed, IPv4Address) else 48}", strict=False))
