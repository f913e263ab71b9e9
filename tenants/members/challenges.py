"""What is between a right password and the code: a note of who gave it, worth nothing but for the next step.

It is enciphered for ourselves: it has the proof of the password in it, so that it is worth nothing once that changes.
"""

from base64 import b64decode, b64encode, urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import orjson
from cryptography.fernet import InvalidToken

from infra.clock import now
from infra.keys import cipher

LIFE = timedelta(minutes=5)
LONGEST = 2000
PURPOSE = "sign-in challenges"


@dataclass(frozen=True)
class Proven:
    """Whose password was right, and its proof."""

    account_id: UUID
    email: str
    proof: bytes


def challenge_of(proven: Proven) -> str:
    """Return the note."""
    told = [proven.account_id.hex, proven.email, b64encode(proven.proof).decode()]
    return cipher(PURPOSE).encrypt_at_time(orjson.dumps(told), int(now().timestamp())).decode()


def read_challenge(text: str) -> Proven | None:
    """Return what the note says; nothing for one that is over, changed, or not ours."""
    try:
        # What follows the end of it, and bits that no byte is made of, would be passed over.
        if len(text) > LONGEST or urlsafe_b64encode(urlsafe_b64decode(text)).decode() != text:
            return None
        told = cipher(PURPOSE).decrypt_at_time(text, int(LIFE.total_seconds()), int(now().timestamp()))
    except (InvalidToken, ValueError):
        return None
    account_id, email, proof = orjson.loads(told)
    return Proven(UUID(account_id), email, b64decode(proof))
