"""How a verb looks at what it was given: every problem is gathered, and all of them are told at once."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

from infra.errors import Invalid, Problem, ProblemCode

Check: TypeAlias = Callable[[Any], Any]
"""Takes a value that was given, never None, and returns it as it is stored. Raises `Wrong`."""

MOST_AT_ONCE = 100
# Overrides of the direction of writing make a text look like another one.
DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")
SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


class Wrong(Exception):
    """A value that a person can mend."""

    def __init__(self, code: ProblemCode, text: str = "") -> None:
        super().__init__(code)
        self.code, self.text = code, text


class Findings:
    """The problems of one input, each with the path of where it is."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def add(self, code: ProblemCode, *path: str, text: str = "") -> None:
        self.problems.append(Problem(code, path, text))

    def check(self, check: Check, value: object, *path: str) -> Any:
        """Return the value as it is stored; None for none, and for one that is wrong."""
        if value is None:
            return None
        try:
            return check(value)
        except Wrong as wrong:
            self.add(wrong.code, *path, text=wrong.text)
            return None

    def require(self, check: Check, value: object, *path: str) -> Any:
        """Return the value as it is stored, which must not be empty."""
        before = len(self.problems)
        checked = self.check(check, value, *path)
        if checked is None and len(self.problems) == before:
            self.add(ProblemCode.REQUIRED, *path)
        return checked

    def each(self, check: Check, values: Sequence[object], path: str, *, most: int = MOST_AT_ONCE) -> list[Any]:
        """Return the values without those that are wrong and those that come again."""
        if len(values) > most:
            self.add(ProblemCode.TOO_MANY, path)
            return []
        checked = [self.require(check, value, path, str(position)) for position, value in enumerate(values)]
        return without_repeats(value for value in checked if value is not None)

    def settle(self) -> None:
        """Go on only if nothing was wrong. Raises `Invalid`."""
        if self.problems:
            raise Invalid(self.problems)


def without_repeats(values: Iterable[Any]) -> list[Any]:
    """Return the values in their order, each once."""
    return list(dict.fromkeys(values))


def line(most: int) -> Check:
    """Return the check of a text on one line, its words one space apart; an empty one is none."""
    return _text(most, allowed="", spaced=True)


def lines(most: int) -> Check:
    """Return the check of a text that may go over several lines."""
    return _text(most, allowed="\n\t")


def _text(most: int, allowed: str, *, spaced: bool = False) -> Check:
    def check(value: object) -> str | None:
        if not isinstance(value, str):
            raise Wrong(ProblemCode.INVALID_FORMAT)
        text = unicodedata.normalize("NFC", value.replace("\r\n", "\n")).strip()
        # Control characters are never typed, and half characters (surrogates) cannot be stored.
        if any(unicodedata.category(sign) in ("Cc", "Cs") and sign not in allowed for sign in text):
            raise Wrong(ProblemCode.INVALID_FORMAT)
        if DIRECTION.search(text):
            raise Wrong(ProblemCode.INVALID_FORMAT)
        if spaced:
            text = " ".join(text.split())
        if len(text) > most:
            raise Wrong(ProblemCode.TOO_LONG)
        # A text in which nothing can be seen is none.
        return text if any(unicodedata.category(sign)[0] not in "CZ" for sign in text) else None

    return check


def one_of(items: Iterable[str]) -> Check:
    """Return the check of an item of a catalogue, whose letters may be large or small."""
    known = {item.casefold(): str(item) for item in items}

    def check(value: object) -> str:
        found = known.get(value.strip().casefold()) if isinstance(value, str) else None
        if found is None:
            raise Wrong(ProblemCode.UNKNOWN_ITEM)
        return found

    return check


def slug(value: object) -> str:
    """Return the short name of an organisation, if it can be one."""
    if not isinstance(value, str) or not SLUG.fullmatch(value):
        raise Wrong(ProblemCode.UNKNOWN_ORGANISATION)
    return value
