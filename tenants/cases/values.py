"""Checks of the values of a case that have a shape of their own: dates, e-mail, money, places."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from infra.clock import today
from infra.errors import ProblemCode
from tenants.checks import Check, Findings, Wrong, line, one_of

LONGEST_ADDRESS = 254
EARLIEST_BIRTH = date(1900, 1, 1)
# One @, a name before it, and after it at least two parts without empty ones.
EMAIL = re.compile(r"[^@\s<>\"(),;:\\]+@[^@\s.<>\"(),;:\\]+(?:\.[^@\s.<>\"(),;:\\]+)+")
ISTAT_CODE = re.compile(r"(?!000)[0-9]{3}(?!000)[0-9]{3}")
MOST_MONEY = Decimal(10_000_000)
CENT = Decimal("0.01")
LATEST_YEARS = 10


def birth_date(value: object) -> date:
    """Return a day on which a living person can have been born."""
    if not isinstance(value, date):
        raise Wrong(ProblemCode.INVALID_FORMAT)
    if value > today():
        raise Wrong(ProblemCode.IN_THE_FUTURE)
    if value < EARLIEST_BIRTH:
        raise Wrong(ProblemCode.INVALID_FORMAT, "problem.birth_before_1900")
    return value


def birth_year(value: object) -> int:
    """Return a year in which a living person can have been born."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise Wrong(ProblemCode.INVALID_FORMAT)
    if value > today().year:
        raise Wrong(ProblemCode.IN_THE_FUTURE)
    if value < EARLIEST_BIRTH.year:
        raise Wrong(ProblemCode.INVALID_FORMAT, "problem.birth_before_1900")
    return value


def validity(value: object) -> date:
    """Return the last day on which a declaration holds; it may have passed, but it is not a slip of the pen."""
    if not isinstance(value, date):
        raise Wrong(ProblemCode.INVALID_FORMAT)
    if value < EARLIEST_BIRTH:
        raise Wrong(ProblemCode.INVALID_FORMAT)
    if value.year > today().year + LATEST_YEARS:
        raise Wrong(ProblemCode.TOO_FAR)
    return value


def email(value: object) -> str | None:
    """Return an address that can be written to, as it was typed."""
    text = line(LONGEST_ADDRESS)(value)
    if text is not None and len(text) > LONGEST_ADDRESS:
        raise Wrong(ProblemCode.TOO_LONG, most=LONGEST_ADDRESS)
    if text is not None and not EMAIL.fullmatch(text):
        raise Wrong(ProblemCode.INVALID_FORMAT, "problem.address")
    return text


def municipality(value: object) -> str | None:
    """Return what has the form of an ISTAT code; people live outside of the territory too, so any town's will do.

    It is not looked up: towns get new codes every year, and a list of ours would refuse those that are real.
    """
    text = line(20)(value)
    if text is not None and not ISTAT_CODE.fullmatch(text):
        raise Wrong(ProblemCode.INVALID_FORMAT)
    return text


def money(value: object) -> Decimal:
    """Return euros and cents, none below zero."""
    amount = Decimal(value) if isinstance(value, Decimal | int) else None
    if amount is None or not amount.is_finite() or not 0 <= amount < MOST_MONEY or amount != round(amount, 2):
        raise Wrong(ProblemCode.INVALID_FORMAT)
    return abs(amount).quantize(CENT)


def flag(value: object) -> bool:
    """Return yes or no."""
    if not isinstance(value, bool):
        raise Wrong(ProblemCode.INVALID_FORMAT)
    return value


def some_of(items: Iterable[str]) -> Check:
    """Return the check of a list of items of a catalogue; none at all is no value."""
    item = one_of(items)

    def check(values: Sequence[object]) -> list[str] | None:
        findings = Findings()
        found = findings.each(item, values, "")
        for problem in findings.problems:
            raise Wrong(problem.code)
        return found or None

    return check
