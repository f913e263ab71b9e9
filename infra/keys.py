"""Keys for one purpose each, all of them derived from the secret key."""

import hashlib
import hmac
from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken

from infra.embedded import secret_key
from infra.settings import settings


def derived_key(purpose: str) -> bytes:
    """Return 256 bits that tell nothing of the secret key, nor of the key for any other purpose."""
    secret = secret_key(settings()).get_secret_value()
    return hmac.digest(secret.encode(), f"key for {purpose}".encode(), hashlib.sha256)


def keyed_hash(purpose: str, *texts: str) -> str:
    """Return what stands for these texts where nobody may read them: whoever has it alone cannot try texts on it.

    NUL is between them, and in none of those that are given here.
    """
    told = "\0".join(texts).encode("utf-8", "surrogatepass")
    return hmac.new(derived_key(purpose), told, hashlib.sha256).hexdigest()


def cipher(purpose: str, whose: bytes = b"") -> Fernet:
    """Return what enciphers and deciphers for one purpose; for one session or member alone, if `whose` is its own."""
    return Fernet(urlsafe_b64encode(hmac.digest(derived_key(purpose), whose, hashlib.sha256)))


def deciphered(key: Fernet, text: str, seconds: int | None = None) -> bytes | None:
    """Return what was enciphered with this key, in the last seconds if those are given; else nothing."""
    try:
        return key.decrypt(text, seconds)
    except (InvalidToken, ValueError):  # the latter for what is not even ASCII
        return None
