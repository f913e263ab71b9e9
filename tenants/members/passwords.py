"""Passwords: argon2id of a peppered password. What the database keeps of it cannot be guessed at without the pepper.

The process makes a proof out of the password, and the database says whether it is the right one: it keeps the SHA-256
of the proof, and hands out no more than the salt. The pepper is derived from the secret key and is in no database.
Each kind of caller has places of its own: whoever fills those of strangers keeps nobody else waiting.
"""

import asyncio
import hashlib
import hmac
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from secrets import token_bytes
from typing import TypeVar

from argon2 import Parameters, PasswordHasher, Type, extract_parameters
from argon2.low_level import hash_secret_raw

from infra.errors import Unavailable
from infra.keys import derived_key
from infra.metrics import REFUSED

Done = TypeVar("Done")

SALT = PROOF = 32
"""Bytes; a proof is the output of argon2id."""
HASHER = PasswordHasher(hash_len=PROOF, salt_len=SALT)
"""What a password costs today; 64 MiB and a processor for a tenth of a second."""


class Places:
    """How many passwords of one kind of caller may wait, and how many of one network; one is worked on at a time."""

    def __init__(self, kind: str, most: int, most_each: int) -> None:
        self.most, self.most_each = most, most_each
        self.taken: Counter[str] = Counter()
        self.thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"password-{kind}")

    @contextmanager
    def room(self, network: str = "") -> Iterator[None]:
        """Hold a place for one password. Raises `Unavailable` if none is free, before an attempt is counted.

        Else whoever fills the places would have the attempts of others counted as wrong ones.
        """
        if self.taken.total() >= self.most or self.taken[network] >= self.most_each:
            REFUSED.labels("passwords").inc()
            raise Unavailable
        self.taken[network] += 1
        try:
            yield
        finally:
            self.taken[network] -= 1
            self.taken += Counter()  # leaves out who has none any more

    async def proof(self, password: str, recipe: str) -> bytes:
        """Return, in a room, what proves the password to whoever has its hash."""
        return await self._in_thread(lambda: proof_of(password, recipe))

    async def hashed(self, password: str) -> tuple[str, bytes]:
        """Return what is stored of a new password, and its proof."""
        with self.room():
            return await self._in_thread(lambda: made(password))

    async def _in_thread(self, work: Callable[[], Done]) -> Done:
        return await asyncio.get_running_loop().run_in_executor(self.thread, work)


STRANGERS = Places("strangers", 20, 5)
"""Sign-in with a browser in which the address has not signed in before."""
KNOWN = Places("known", 20, 20)
"""Sign-in with a browser of the person's own."""
INSIDE = Places("inside", 20, 20)
"""Whoever has a session, or a link that was sent to them."""


def proof_of(password: str, recipe: str) -> bytes:
    """Return the proof of a password by the price and the salt of a recipe."""
    price = price_of(recipe)
    salt = b64decode(recipe.rpartition("$")[2] + "==")
    costs = (price.time_cost, price.memory_cost, price.parallelism)
    return hash_secret_raw(peppered(password), salt, *costs, PROOF, Type.ID)


def made(password: str) -> tuple[str, bytes]:
    """Return what is stored of a password, by a new recipe, and its proof."""
    recipe = new_recipe()
    proof = proof_of(password, recipe)
    return f"{recipe}${as_text(hashlib.sha256(proof).digest())}", proof


def stored(password: str) -> str:
    """Return what is stored of a password: its recipe, and the hash of its proof."""
    return made(password)[0]


def new_recipe() -> str:
    """Return today's price with a new salt, as the PHC string format begins."""
    price = f"m={HASHER.memory_cost},t={HASHER.time_cost},p={HASHER.parallelism}"
    return f"$argon2id$v=19${price}${as_text(token_bytes(HASHER.salt_len))}"


def is_outdated(recipe: str) -> bool:
    """Tell whether a recipe asks another price than today's."""
    price = price_of(recipe)
    return (price.time_cost, price.memory_cost, price.parallelism) != (
        *(HASHER.time_cost, HASHER.memory_cost),
        HASHER.parallelism,
    )


def price_of(recipe: str) -> Parameters:
    """Return what a recipe asks."""
    return extract_parameters(f"{recipe}${as_text(bytes(PROOF))}")


def peppered(password: str) -> bytes:
    """Return the password under a key that is kept out of the database."""
    return hmac.digest(derived_key("passwords"), password.encode("utf-8", "surrogatepass"), hashlib.sha256)


def as_text(value: bytes) -> str:
    """Return bytes as the PHC string format has them."""
    return b64encode(value).decode().rstrip("=")
