"""Which passwords are too easy to guess: too short ones, and those in which little is left beside the obvious."""

import re
from collections.abc import Iterable, Iterator

from infra.errors import ProblemCode
from tenants.checks import Check, Wrong
from tenants.members.service import LONGEST_PASSWORD

SHORTEST_PASSWORD = 12
FEWEST_SIGNS = 5
"""How many different signs have to be left when the obvious is taken away."""

OBVIOUS = ("win", "password", "passwort", "passw0rd", "benvenut", "welcome", "letmein", "accesso", "admin", "segret")
ROWS = ("01234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "qwertzuiop", "asdfghjkl", "zxcvbnm")
RUN = 4
"""How many neighbours in a row make a run."""
PARTS = re.compile(r"[\W_]+")


def strong(*about: str) -> Check:
    """Return the check of a new password of somebody of whom this is known, such as the address and the name."""
    words = {*OBVIOUS, *(part for text in about for part in [text.casefold(), *PARTS.split(text.casefold())])}
    known = sorted((word for word in words if len(word) > 2), key=len, reverse=True)

    def check(value: object) -> str | None:
        if not isinstance(value, str) or not value:
            return None
        if len(value) < SHORTEST_PASSWORD:
            raise Wrong(ProblemCode.TOO_SHORT, "problem.password_too_short")
        if len(value) > LONGEST_PASSWORD:
            raise Wrong(ProblemCode.TOO_LONG, most=LONGEST_PASSWORD)
        try:
            value.encode()
        except UnicodeEncodeError:  # half a character, which nobody types
            raise Wrong(ProblemCode.INVALID_FORMAT) from None
        if len(set(without("".join(value.casefold().split()), (*known, *runs())))) < FEWEST_SIGNS:
            raise Wrong(ProblemCode.TOO_OBVIOUS)
        return value

    return check


def without(text: str, words: Iterable[str]) -> str:
    """Return what is left of a text, each word put out of it in its turn."""
    for word in words:
        text = text.replace(word, " ")
    return text.replace(" ", "")


def runs() -> Iterator[str]:
    """Yield every run of neighbours on a keyboard or in the alphabet, there and back, the longest first."""
    for length in range(max(map(len, ROWS)), RUN - 1, -1):
        for row in ROWS:
            for line in (row, row[::-1]):
                yield from (line[start : start + length] for start in range(len(line) - length + 1))
