"""How guessing is slowed down without keeping the rightful person out.

Failures are counted for an address from one network, and for the address from anywhere; from a browser with which the
address has signed in before, for the two of them alone. Waits double, have a cap and end; a success forgets them.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Address, ip_address, ip_network
from math import ceil
from typing import TypeAlias

from infra.clock import now
from infra.database import Connection, transaction
from infra.errors import TooManyAttempts
from infra.metrics import REFUSED

FREE_FROM_NETWORK, LONGEST_FROM_NETWORK = 5, timedelta(minutes=15)
FREE_FOR_ADDRESS, LONGEST_FOR_ADDRESS = 20, timedelta(minutes=5)
FREE_FROM_DEVICE, LONGEST_FROM_DEVICE = 5, timedelta(minutes=15)
KNOWN_FOR = timedelta(days=12)
DEVICE_KNOWN_FOR = timedelta(days=90)


@dataclass(frozen=True)
class Throttles:
    """The keys under which failures are counted; they hold no address of a person or of a network."""

    email: str
    from_network: str
    for_address: str
    from_device: str
    known_network: str
    known_device: str | None

    @classmethod
    def of(cls, email: str, network_address: str, device: str = "") -> "Throttles":
        """Return the keys of one address: from one network, from anywhere, and from one browser if it has a mark."""
        network = network_of(network_address)
        return cls(
            email=email,
            from_network=key("failed from network", email, network),
            for_address=key("failed", email),
            from_device=key("failed from device", email, device),
            known_network=key("known network", email, network),
            known_device=key("known device", email, device) if device else None,
        )


def key(purpose: str, *parts: str) -> str:
    """Return what stands in the table; NUL is in no part, so nobody can type the key of another purpose."""
    return hashlib.sha256("\0".join((purpose, *parts)).encode("utf-8", "surrogatepass")).hexdigest()


Count: TypeAlias = tuple[str, int, timedelta]
"""A key, the failures that are free, and the longest wait."""


async def count_attempt(throttles: Throttles) -> None:
    """Count the attempt as failed before the password is looked at. Raises `TooManyAttempts`.

    So a hundred guesses at once are a hundred failures, and not one.
    """
    at = now()
    async with transaction() as connection:
        await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", throttles.for_address)
        counts = await counts_of(connection, throttles)
        until = await connection.fetchval("SELECT sign_in_wait($1, $2)", [name for name, _, _ in counts], at)
        if until is not None:
            REFUSED.labels("sign_in").inc()
            raise TooManyAttempts(max(1, ceil((until - at).total_seconds())))
        for name, free, longest in counts:
            await connection.execute("SELECT sign_in_failed($1, $2, $3, $4)", name, free, longest, at)


async def counts_of(connection: Connection, throttles: Throttles) -> list[Count]:
    """Return what slows this attempt down: nobody elsewhere can keep the rightful person out.

    With a browser of theirs, only that browser's own failures, whoever shares the network; from a network of theirs,
    only that network's.
    """
    known_network, known_device = await known_keys(connection, throttles)
    if await is_known(connection, known_device):
        return [(throttles.from_device, FREE_FROM_DEVICE, LONGEST_FROM_DEVICE)]
    from_network = (throttles.from_network, FREE_FROM_NETWORK, LONGEST_FROM_NETWORK)
    if await is_known(connection, known_network):
        return [from_network]
    return [from_network, (throttles.for_address, FREE_FOR_ADDRESS, LONGEST_FOR_ADDRESS)]


async def known_keys(connection: Connection, throttles: Throttles) -> tuple[str, str | None]:
    """Return the keys under which network and browser are known, with the password and the codes that there are now.

    Whoever had an old password can have made any number of places known. A new one makes them all strange, and so
    do codes.
    """
    secrets = await connection.fetchval("SELECT secrets_of($1)", throttles.email) or ""
    device = throttles.known_device
    return key("known", throttles.known_network, secrets), key("known", device, secrets) if device else None


async def is_known(connection: Connection, name: str | None) -> bool:
    """Tell whether the address has signed in from there lately."""
    return name is not None and await connection.fetchval("SELECT sign_in_wait($1, $2)", [name], now()) is not None


async def forget_failures(connection: Connection, throttles: Throttles) -> None:
    """Start counting anew after a success, and remember for a while that network and browser are the person's own."""
    failed = [throttles.from_network, throttles.for_address, throttles.from_device]
    await connection.execute("SELECT sign_in_succeeded($1)", failed)
    await remember_place(connection, throttles)


async def remember_place(connection: Connection, throttles: Throttles) -> None:
    """Know network and browser for a while; with other secrets, only if this comes after they changed."""
    # The table of waits serves as the memory: a wait that nobody has to wait for. The function makes none longer than
    # twelve days, so one that is to end later is said to begin later.
    network, device = await known_keys(connection, throttles)
    for name, known_for in ((network, KNOWN_FOR), (device, DEVICE_KNOWN_FOR)):
        if name is not None:
            begins = now() + known_for - KNOWN_FOR
            await connection.execute("SELECT sign_in_failed($1, -20, $2, $3)", name, KNOWN_FOR, begins)


def network_of(address: str) -> str:
    """Return the neighbourhood of a network address: a caller can change the last part of it at will."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    mapped = None if isinstance(parsed, IPv4Address) else parsed.ipv4_mapped
    parsed = mapped or parsed
    return str(ip_network(f"{parsed}/{24 if isinstance(parsed, IPv4Address) else 48}", strict=False))
