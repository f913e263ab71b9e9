"""Codes of the second factor: by time (RFC 6238, over RFC 4226), and for whoever has lost what shows them.

No secret of a code is stored. It is derived from the secret key and from random bits that are, so that whoever reads
the database alone can make no code. A recovery code is stored as a hash under a key that is derived too.
"""

import base64
import hashlib
import hmac
import re
import secrets
from datetime import datetime
from urllib.parse import quote
from uuid import UUID

from infra.keys import derived_key

STEP = 30
DIGITS = 6
DRIFT = 1
SALT = 20
RECOVERY_CODES = 10
RECOVERY_SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"  # none that is taken for another
RECOVERY_LENGTH = 12
BY_TIME = re.compile(rf"[0-9]{{{DIGITS}}}")
ISSUER = "WIN"


def code_at(secret: bytes, step: int) -> str:
    """Return the code of a step of time (RFC 4226 §5.3 with the counter of RFC 6238 §4.2)."""
    digest = hmac.digest(secret, step.to_bytes(8), hashlib.sha1)
    start = digest[-1] & 0xF
    number = int.from_bytes(digest[start : start + 4]) & 0x7FFF_FFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def step_of(at: datetime) -> int:
    """Return the step of time that an instant is in."""
    return int(at.timestamp()) // STEP


def matching_step(secret: bytes, code: str, at: datetime) -> int | None:
    """Return the step whose code this is: the present one, or a neighbour, since clocks differ."""
    steps = [step_of(at) + drift for drift in range(-DRIFT, DRIFT + 1)]
    found = [step for step in steps if hmac.compare_digest(code_at(secret, step), code)]
    return found[-1] if found else None


def as_typed(text: str) -> str:
    """Return a code without what people and programs put in for reading."""
    return re.sub(r"[\s-]+", "", text[:100]).lower()


def is_by_time(code: str) -> bool:
    """Tell whether it looks like a code by time, and not like one for recovery."""
    return BY_TIME.fullmatch(code) is not None


def new_salt() -> bytes:
    """Return the random bits of one enrolment."""
    return secrets.token_bytes(SALT)


def secret_of(account_id: UUID, salt: bytes) -> bytes:
    """Return the secret of one enrolment, which is this account's alone: 160 bits, as RFC 4226 §4 asks."""
    return hmac.digest(derived_key("second factors"), account_id.bytes + salt, hashlib.sha256)[:20]


def as_text(secret: bytes) -> str:
    """Return the secret as people type it into an application."""
    return base64.b32encode(secret).decode()


def address_of(secret: str, email: str) -> str:
    """Return the address by which applications take over a secret."""
    return f"otpauth://totp/{ISSUER}:{quote(email, safe='')}?secret={secret}&issuer={ISSUER}"


def new_recovery_codes() -> list[str]:
    """Return codes for whoever has lost what shows the others; each opens one session."""
    codes = ("".join(secrets.choice(RECOVERY_SIGNS) for _ in range(RECOVERY_LENGTH)) for _ in range(RECOVERY_CODES))
    return [f"{code[:4]}-{code[4:8]}-{code[8:]}" for code in codes]


def recovery_hash(account_id: UUID, code: str) -> str:
    """Return what is stored of a recovery code; it is random enough that a fast hash under a key will do."""
    kept = as_typed(code).encode("utf-8", "surrogatepass")
    return hmac.new(derived_key("recovery codes"), account_id.bytes + kept, hashlib.sha256).hexdigest()
