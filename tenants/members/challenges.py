"""What is between a right password and the code: a signed note of who gave it, worth nothing but for the next step."""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from infra.clock import now
from infra.keys import derived_key

LIFE = timedelta(minutes=5)
SIGNATURE = 32
LONGEST = 2000


@dataclass(frozen=True)
class Proven:
    """Whose password was right, and the hash that it has."""

    account_id: UUID
    email: str
    password_hash: str


@dataclass(frozen=True)
class Challenge:
    """What a valid note says."""

    account_id: UUID
    email: str
    mark: bytes

    def is_of(self, proven: Proven) -> bool:
        """Tell whether it is this account's, whose password has not changed since."""
        return self.account_id == proven.account_id and hmac.compare_digest(self.mark, mark_of(proven.password_hash))


def challenge_of(proven: Proven) -> str:
    """Return the note."""
    ends = int((now() + LIFE).timestamp())
    told = proven.account_id.bytes + ends.to_bytes(8) + mark_of(proven.password_hash) + proven.email.encode()
    return base64.urlsafe_b64encode(signed(told) + told).decode()


def read_challenge(text: str) -> Challenge | None:
    """Return what the note says; nothing for one that is over, changed, or not ours."""
    try:
        whole = base64.b64decode(text[:LONGEST].encode(), altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error):
        return None
    signature, told = whole[:SIGNATURE], whole[SIGNATURE:]
    if not hmac.compare_digest(signature, signed(told)):
        return None
    if datetime.fromtimestamp(int.from_bytes(told[16:24]), UTC) <= now():
        return None
    return Challenge(UUID(bytes=told[:16]), told[40:].decode(), told[24:40])


def mark_of(password_hash: str) -> bytes:
    """Return what tells one password hash from another, and nothing else about it."""
    return signed(b"hash " + password_hash.encode())[:16]


def signed(told: bytes) -> bytes:
    """Return the signature."""
    return hmac.digest(derived_key("sign-in challenges"), told, hashlib.sha256)
