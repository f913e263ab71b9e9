"""How a verb looks at what it was given: every problem is gathered, and all of them are told at once."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from infra.errors import Invalid, Problem, ProblemCode
from tenants.signs import more_than, seen

Check: TypeAlias = Callable[[Any], Any]
"""Takes a value that was given, never None, and returns it as it is stored. Raises `Wrong`."""

MOST_AT_ONCE = 100
CODE_POINTS = 4
"""So many code points a sign may take on the average: every column of a text has room for as many."""
SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


class Wrong(Exception):
    """A value that a person can mend; `text` is an id of infra/messages.py, with its values."""

    def __init__(self, code: ProblemCode, text: str = "", **values: str | int) -> None:
        super().__init__(code)
        self.code, self.text, self.values = code, text, values


class Findings:
    """The problems of one input, each with the path of where it is."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def add(self, code: ProblemCode, *path: str, text: str = "", **values: str | int) -> None:
        self.problems.append(Problem(code, path, text, {name: str(value) for name, value in values.items()}))

    def check(self, check: Check, value: object, *path: str) -> Any:
        """Return the value as it is stored; None for none, and for one that is wrong."""
        if value is None:
            return None
        try:
            return check(value)
        except Wrong as wrong:
            self.add(wrong.code, *path, text=wrong.text, **wrong.values)
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


@dataclass(frozen=True)
class Text:
    """The check of a text of at most so many signs; `allowed` are control characters that it may hold."""

    most: int
    allowed: str = ""
    spaced: bool = False
    joined: bool = True

    @property
    def code_points(self) -> int:
        """The most that the text takes in a column."""
        return self.most * CODE_POINTS

    def __call__(self, value: object) -> str | None:
        """Return the text as it is stored; one in which nothing can be seen is none. Raises `Wrong`."""
        if not isinstance(value, str):
            raise Wrong(ProblemCode.INVALID_FORMAT)
        text = unicodedata.normalize("NFC", seen(value.replace("\r\n", "\n"), joined=self.joined)).strip()
        # Control characters are never typed, and half characters (surrogates) cannot be stored.
        if any(unicodedata.category(sign) in ("Cc", "Cs") and sign not in self.allowed for sign in text):
            raise Wrong(ProblemCode.INVALID_FORMAT)
        if self.spaced:
            text = " ".join(text.split())
        self._demand_short(text)
        return text if any(unicodedata.category(sign)[0] not in "CZ" for sign in text) else None

    def _demand_short(self, text: str) -> None:
        if more_than(self.most, text):
            raise Wrong(ProblemCode.TOO_LONG, most=self.most)
        if len(text) > self.code_points:
            raise Wrong(ProblemCode.TOO_LONG, "problem.too_many_marks")


def line(most: int) -> Text:
    """Return the check of a text on one line, its words one space apart; an empty one is none."""
    return Text(most, spaced=True)


def lines(most: int) -> Text:
    """Return the check of a text that may go over several lines."""
    return Text(most, allowed="\n\t")


def personal_name(most: int) -> Text:
    """Return the check of somebody's name: as a line, without any sign that is not seen."""
    return Text(most, spaced=True, joined=False)


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
