"""Keys for one purpose each, all of them derived from the secret key."""

import hashlib
import hmac

from infra.embedded import secret_key
from infra.settings import settings


def derived_key(purpose: str) -> bytes:
    """Return 256 bits that tell nothing of the secret key, nor of the key for any other purpose."""
    secret = secret_key(settings()).get_secret_value()
    return hmac.digest(secret.encode(), f"key for {purpose}".encode(), hashlib.sha256)
