"""A search as an address has it: the words stand in histories and in the logs of proxies, where nobody may read them.

Only the session that looked for them can read them again: an address that was copied finds everything, for whoever
comes with it.
"""

from starlette.requests import Request

from infra.keys import deciphered
from web.forms import session_cipher

LONGEST = 200
"""Characters; no name is longer, and an address has to be short."""


def concealed(request: Request, words: str) -> str:
    """Return the words as an address may have them; no words, no text."""
    return session_cipher("searches", request).encrypt(words[:LONGEST].encode()).decode() if words else ""


def revealed(request: Request, text: str) -> str:
    """Return the words that an address has; none if another session hid them, or nobody did."""
    return (deciphered(session_cipher("searches", request), text) or b"").decode()
