"""Days, years and amounts as people write them. No century is ever guessed: one that cannot be told is asked."""

import re
from datetime import date
from decimal import Decimal

from babel import Locale

from infra.clock import today
from web.ask import LANGUAGES
from web.texts import say

MONTHS = [Locale(language).months["format"]["wide"] for language in LANGUAGES]
YEAR = "'?([0-9]{4}|[0-9]{2})"
ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
NUMBERS = re.compile(rf"([0-9]{{1,2}})\s?[/.\-\s]\s?([0-9]{{1,2}})\s?[/.\-\s]\s?{YEAR}")
DIGITS = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{4}|[0-9]{2})")
DAY_MONTH = re.compile(rf"([0-9]{{1,2}})(?:°|º|st|nd|rd|th)?\s+(?:of\s+)?([a-z]{{3,9}})\.?,?\s+{YEAR}")
MONTH_DAY = re.compile(rf"([a-z]{{3,9}})\.?\s+([0-9]{{1,2}})(?:st|nd|rd|th)?,?\s+{YEAR}")
ONLY_YEAR = re.compile(YEAR)
ITALIAN_AMOUNT = re.compile(r"-?(?:[0-9]+|[0-9]{1,3}(?:\.[0-9]{3})+)(?:,[0-9]{1,2})?")
ENGLISH_AMOUNT = re.compile(r"-?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]{1,2})?")
WHICH_AMOUNT = re.compile(r"-?[0-9]{1,3},[0-9]{3}")


class NoSuchDay(ValueError):
    """It is written like a day, but no calendar has it, such as 31/2/1990."""


class WhichCentury(ValueError):
    """The year has two digits and could be either of two; somebody has to say which."""

    def __init__(self, first: int, second: int) -> None:
        super().__init__()
        self.first, self.second = first, second


class WhichAmount(ValueError):
    """Thousands to an English reader, a few with three decimals to an Italian one; somebody has to say which."""

    def __init__(self, plain: str) -> None:
        super().__init__()
        whole, _, rest = plain.partition(",")
        self.thousands, self.decimals = f"{whole}{rest}", f"{whole},{rest[:2]}"


def read_day(text: str, *, born: bool = False) -> str:
    """Return a day as ISO 8601, of `7/5/1990`, `07051990`, `7 maggio 1990` or `1990-05-07`; `born` says of a birth.

    Raises `ValueError` for what is no day, and of its kind `NoSuchDay` or `WhichCentury`.
    """
    year, month, day = _parts(" ".join(text.lower().split()))
    if len(year) == 4:
        return _day(int(year), month, day)
    try:
        return _day(whole_year(year, born=born), month, day)
    except WhichCentury as asked:
        for century in (asked.first, asked.second):  # of two days that are none, nothing is asked
            _day(century, month, day)
        raise


def _parts(text: str) -> tuple[str, int, int]:
    if found := ISO.fullmatch(text):
        return found[1], int(found[2]), int(found[3])
    if found := NUMBERS.fullmatch(text) or DIGITS.fullmatch(text):
        return found[3], int(found[2]), int(found[1])
    if found := DAY_MONTH.fullmatch(text):
        return found[3], _month(found[2]), int(found[1])
    if found := MONTH_DAY.fullmatch(text):
        return found[3], _month(found[1]), int(found[2])
    raise ValueError


def _month(word: str) -> int:
    """Return the month of its name in either language, or of at least its first three letters."""
    for names in MONTHS:
        for number, name in names.items():
            if name.lower().startswith(word):
                return int(number)
    raise ValueError


def _day(year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        raise NoSuchDay from None


def read_year(text: str) -> int:
    """Return a year of birth, of `1990` or `90`. Raises `ValueError`, and of its kind `WhichCentury`."""
    found = ONLY_YEAR.fullmatch(text)
    if found is None:
        raise ValueError
    return whole_year(found[1], born=True)


def whole_year(digits: str, *, born: bool) -> int:
    """Return the year, if only one is meant: of a birth, the one in which somebody alive can have been born.

    Raises `WhichCentury`, and for two digits of anything but a birth always.
    """
    if len(digits) == 4:
        return int(digits)
    past, present = 1900 + int(digits), 2000 + int(digits)
    if born and present > today().year:
        return past
    raise WhichCentury(past, present)


def day_problem(wrong: ValueError, language: str, unreadable: str = "wrong.day") -> str:
    """Return what to say of a day, a year or an amount that could not be read; `unreadable` says it of what is none."""
    match wrong:
        case WhichCentury():
            return say(language, "wrong.which_century", first=wrong.first, second=wrong.second)
        case WhichAmount():
            return say(language, "wrong.which_amount", first=wrong.thousands, second=wrong.decimals)
        case NoSuchDay():
            return say(language, "wrong.no_such_day")
        case _:
            return say(language, unreadable)


def read_money(text: str) -> str:
    """Return an amount as the API writes it, of `4.210,55`, `4210.55` or `€ 4210`.

    Raises `ValueError`, and of its kind `WhichAmount` for what an Italian and an English reader read differently.
    """
    plain = re.sub(r"[€\s]", "", text)
    if WHICH_AMOUNT.fullmatch(plain):
        raise WhichAmount(plain)
    if ITALIAN_AMOUNT.fullmatch(plain):
        plain = plain.replace(".", "").replace(",", ".")
    elif ENGLISH_AMOUNT.fullmatch(plain):
        plain = plain.replace(",", "")
    else:
        raise ValueError
    return str(Decimal(plain))
