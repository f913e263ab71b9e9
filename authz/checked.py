"""A document read strictly: one place in it at a time, every fault kept, nothing guessed."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches

from authz.faults import Fault

LONGEST_TITLE = 200
LONGEST_TEXT = 5000
LONGEST_SHOWN = 1000
LARGEST_SHOWN = 10**20


@dataclass(frozen=True)
class Localised:
    """A text in the two languages of the product."""

    it: str
    en: str


@dataclass(frozen=True)
class Place:
    """A value in the document and the way to it; `faults` is shared by all places of one reading."""

    value: object
    faults: list[Fault]
    where: str = ""
    clause: int | None = None

    def fault(self, text: str, **values: object) -> None:
        """Keep a fault found here."""
        self.faults.append(Fault(self.clause, self.where, text, {name: shown(what) for name, what in values.items()}))

    def inside(self, name: str, value: object) -> "Place":
        """Return the place of a value inside this one."""
        return replace(self, value=value, where=f"{self.where}, {name}" if self.where else name)

    def of_clause(self, number: int) -> "Place":
        """Return this place as seen from inside the clause of this number."""
        return replace(self, where="", clause=number)

    def entries(self, required: Sequence[str], optional: Sequence[str] = ()) -> dict[str, "Place"]:
        """Return the named entries that are there; unknown and missing ones are faults."""
        allowed = [*required, *optional]
        if not isinstance(self.value, dict):
            self.fault("not_a_mapping", keys=", ".join(allowed))
            return {}
        for key in self.value:
            if key not in allowed:
                self.fault("unknown_key", key=key, **instead_of(key, allowed))
        for key in required:
            if key not in self.value:
                self.fault("missing_key", key=key)
        return {key: self.inside(key, self.value[key]) for key in allowed if key in self.value}

    def items(self, example: str) -> list["Place"]:
        """Return the members of a list, each with its position counted from one."""
        if not isinstance(self.value, list | tuple):
            self.fault("not_a_list", example=example)
            return []
        return [
            replace(self, value=value, where=f"{self.where} {position}")
            for position, value in enumerate(self.value, start=1)
        ]

    def names(self, example: str) -> list[str]:
        """Return a list of at least one name, none of them twice."""
        members = self.items(example)
        if isinstance(self.value, list | tuple) and not members:
            self.fault("empty_list")
        found: list[str] = []
        for member in members:
            if not isinstance(member.value, str):
                member.fault("not_a_text")
            elif member.value in found:
                self.fault("repeated", name=member.value)
            else:
                found.append(member.value)
        return found

    def text(self, longest: int = LONGEST_TEXT) -> str:
        """Return a text, trimmed and in Unicode's composed form so that equal texts have equal bytes."""
        if not isinstance(self.value, str) or not _is_writing(self.value) or not self.value.strip():
            self.fault("not_a_text")
            return ""
        trimmed = unicodedata.normalize("NFC", self.value.strip())
        if len(trimmed) > longest:
            self.fault("too_long", limit=longest)
        return trimmed

    def number(self, low: int, high: int) -> int | None:
        """Return a whole number in the range, or nothing after a fault."""
        # True and False are whole numbers to Python, but not to the person who wrote them.
        if isinstance(self.value, int) and not isinstance(self.value, bool) and low <= self.value <= high:
            return self.value
        self.fault("not_a_number", low=low, high=high)
        return None

    def localised(self, longest: int = LONGEST_TEXT) -> Localised:
        """Return a text in both languages; each missing one is a fault of its own."""
        if not isinstance(self.value, dict):
            self.fault("not_a_mapping", keys="it, en")
            return Localised("", "")
        found = self.entries([], ["it", "en"])
        for language, text in (("it", "missing_italian"), ("en", "missing_english")):
            if language not in found or found[language].value in (None, ""):
                self.fault(text)
                found.pop(language, None)
        return Localised(*(found[key].text(longest) if key in found else "" for key in ("it", "en")))


def shown(value: object) -> str:
    """Return a value of the document as a message may repeat it: short, on one line, and whatever it is."""
    if isinstance(value, int) and not -LARGEST_SHOWN < value < LARGEST_SHOWN:
        return "…"
    if not isinstance(value, str | int | float | date | None):
        return type(value).__name__
    text = str(value)
    if len(text) > LONGEST_SHOWN:
        text = f"{text[:LONGEST_SHOWN]}…"
    return "".join(sign if sign.isprintable() else "�" for sign in text)


def instead_of(name: object, allowed: Iterable[str], *, or_else: Iterable[str] = ()) -> dict[str, str]:
    """Return what to write instead of an unknown name: the nearest allowed one, or all there are."""
    allowed = list(allowed)
    nearest = get_close_matches(shown(name), allowed, n=1, cutoff=0.6)
    if nearest:
        return {"remedy_it": f"Scrivere «{nearest[0]}».", "remedy_en": f"Write “{nearest[0]}”."}
    choices = ", ".join(or_else or allowed)
    return {"remedy_it": f"Scrivere uno di questi: {choices}.", "remedy_en": f"Write one of these: {choices}."}


def _is_writing(text: str) -> bool:
    # PostgreSQL cannot hold NUL and lone surrogates; signs that do not show, or that turn the direction of the
    # writing, would let people sign another text than the one they read.
    return all(not unicodedata.category(sign).startswith("C") or sign in "\n\t" for sign in text)
