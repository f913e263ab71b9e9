"""How guessing is slowed down without keeping the rightful person out.

Failures are counted for an address from one network, and for the address from anywhere. Waits double, have a cap and
end; a success forgets them.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Address, ip_address, ip_network
from math import ceil

from infra.clock import now
from infra.database import Connection, transaction
from infra.errors import TooManyAttempts
from infra.metrics import REFUSED

FREE_FROM_NETWORK, LONGEST_FROM_NETWORK = 5, timedelta(minutes=15)
FREE_FOR_ADDRESS, LONGEST_FOR_ADDRESS = 20, timedelta(minutes=5)
KNOWN_FOR = timedelta(days=12)


@dataclass(frozen=True)
class Throttles:
    """The keys under which failures are counted; they hold no address of a person or of a network."""

    from_network: str
    for_address: str
    known: str

    @classmethod
    def of(cls, email: str, network_address: str) -> "Throttles":
        """Return the keys of one address, and of it from one network."""
        network = network_of(network_address)
        texts = (f"{email}|{network}", email, f"known|{email}|{network}")
        return cls(*(hashlib.sha256(text.encode()).hexdigest() for text in texts))


async def count_attempt(throttles: Throttles) -> None:
    """Count the attempt as failed before the password is looked at. Raises `TooManyAttempts`.

    So a hundred guesses at once are a hundred failures, and not one. From a network where this address signed in
    lately only that network's own failures slow it down: nobody elsewhere can keep the rightful person out.
    """
    at = now()
    async with transaction() as connection:
        await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", throttles.for_address)
        is_known = await connection.fetchval("SELECT sign_in_wait($1, $2)", [throttles.known], at) is not None
        keys = [throttles.from_network, *([] if is_known else [throttles.for_address])]
        until = await connection.fetchval("SELECT sign_in_wait($1, $2)", keys, at)
        if until is not None:
            REFUSED.labels("sign_in").inc()
            raise TooManyAttempts(max(1, ceil((until - at).total_seconds())))
        counted = (
            (throttles.from_network, FREE_FROM_NETWORK, LONGEST_FROM_NETWORK),
            (throttles.for_address, FREE_FOR_ADDRESS, LONGEST_FOR_ADDRESS),
        )
        for key, free, longest in counted[: len(keys)]:
            await connection.execute("SELECT sign_in_failed($1, $2, $3, $4)", key, free, longest, at)


async def forget_failures(connection: Connection, throttles: Throttles) -> None:
    """Start counting anew after a success, and remember for a while that this network is the person's own."""
    await connection.execute("SELECT sign_in_succeeded($1)", [throttles.from_network, throttles.for_address])
    # The table of waits serves as the memory: a wait that nobody has to wait for, twelve days long.
    await connection.execute("SELECT sign_in_failed($1, -20, $2, $3)", throttles.known, KNOWN_FOR, now())


def network_of(address: str) -> str:
    """Return the neighbourhood of a network address: a caller can change the last part of it at will."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    mapped = None if isinstance(parsed, IPv4Address) else parsed.ipv4_mapped
    parsed = mapped or parsed
    return str(ip_network(f"{parsed}/{24 if isinstance(parsed, IPv4Address) else 48}", strict=False))
