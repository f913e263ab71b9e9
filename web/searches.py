"""A search as an address has it: the words stand in histories and in the logs of proxies, where nobody may read them.

Only the session that looked for them can read them again: an address that was copied finds everything, for whoever
comes with it.
"""

import hmac
from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken
from starlette.requests import Request

from api.identity import COOKIE
from infra.keys import derived_key

LONGEST = 200
"""Characters; no name is longer, and an address has to be short."""


def concealed(request: Request, words: str) -> str:
    """Return the words as an address may have them; none are none."""
    return cipher(request).encrypt(words[:LONGEST].encode()).decode() if words else ""


def revealed(request: Request, text: str) -> str:
    """Return the words that an address has; none if another session hid them, or nobody did."""
    try:
        return cipher(request).decrypt(text).decode()
    except InvalidToken:
        return ""


def cipher(request: Request) -> Fernet:
    """Return what hides and finds the words of this session."""
    secret = request.cookies.get(COOKIE, "").encode()
    return Fernet(urlsafe_b64encode(hmac.digest(derived_key("searches"), secret, "sha256")))
