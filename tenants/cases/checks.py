"""What an input's value has to be; each check returns the value as it is kept, or raises `Mistake`."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import phonenumbers
from codicefiscale import codicefiscale

from infra.clock import today
from infra.errors import Problem, ProblemCode

OLDEST = date(1900, 1, 1)
EMAIL = re.compile(r"[^@\s<>\"(),:;\\\[\]]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+")
MUNICIPALITY = re.compile(r"\d{6}", re.ASCII)
STP_OR_ENI = re.compile(r"(STP|ENI)\d{13}", re.ASCII)
PROVISIONAL = re.compile(r"\d{11}", re.ASCII)
LARGEST_ISEE = Decimal("9999999999.99")

Check = Callable[[Any], Any]
TextCheck = Callable[[str], str | None]


class Mistake(Exception):
    """A value that the person has to mend."""

    def __init__(self, code: ProblemCode, text: str = "", **values: object) -> None:
        super().__init__(code)
        self.code, self.text = code, text
        self.values = {name: str(value) for name, value in values.items()}

    def at(self, *path: str) -> Problem:
        return Problem(self.code, path, self.text, self.values)


def text(longest: int) -> TextCheck:
    """Return the check of a text: trimmed, in one normal form (Unicode NFC), without control characters."""

    def check(value: str) -> str | None:
        kept = unicodedata.normalize("NFC", value).strip()
        if any(unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\n\t" for sign in kept):
            raise Mistake(ProblemCode.INVALID_FORMAT)
        if len(kept) > longest:
            raise Mistake(ProblemCode.TOO_LONG, longest=longest)
        return kept or None

    return check


def name(value: str) -> str | None:
    """Check a name: one line, its inner spaces single."""
    kept = text(100)(value)
    return " ".join(kept.split()) if kept else None


def birth_date(value: date) -> date:
    """Check a date of birth."""
    if value > today():
        raise Mistake(ProblemCode.IN_THE_FUTURE)
    if value < OLDEST:
        raise Mistake(ProblemCode.TOO_FAR)
    return value


def birth_year(value: int) -> int:
    """Check a year of birth."""
    if value > today().year:
        raise Mistake(ProblemCode.IN_THE_FUTURE)
    if value < OLDEST.year:
        raise Mistake(ProblemCode.TOO_FAR)
    return value


def sex(value: str) -> str:
    """Check the registered sex."""
    if value not in ("F", "M"):
        raise Mistake(ProblemCode.UNKNOWN_ITEM)
    return value


def identity_code(value: str) -> tuple[str, str] | None:
    """Check a codice fiscale (omocodia too), a provisional numeric one, an STP or an ENI; return it with its kind.

    Codice fiscale: D.M. 23/12/1976; provisional codes carry the check digit of a partita IVA; STP and ENI are three
    letters and thirteen digits.
    """
    code = re.sub(r"\s", "", value).upper()
    if not code:
        return None
    if STP_OR_ENI.fullmatch(code):
        return code, code[:3]
    if PROVISIONAL.fullmatch(code) and _has_check_digit(code):
        return code, "cf_provisional_numeric"
    if len(code) == 16 and code.isascii() and code.isalnum() and codicefiscale.is_valid(code):
        return code, "codice_fiscale"
    raise Mistake(ProblemCode.INVALID_IDENTITY_CODE)


def _has_check_digit(digits: str) -> bool:
    """Tell whether the last of eleven digits is right (Luhn's sum, as for a partita IVA)."""
    total = 0
    for position, digit in enumerate(map(int, digits)):
        doubled = digit * 2 if position % 2 else digit
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def phone(value: str) -> str | None:
    """Check a telephone number, Italian unless it says otherwise; kept as E.164."""
    kept = text(40)(value)
    if kept is None:
        return None
    try:
        number = phonenumbers.parse(kept, "IT")
    except phonenumbers.NumberParseException:
        raise Mistake(ProblemCode.INVALID_FORMAT) from None
    if not phonenumbers.is_possible_number(number):
        raise Mistake(ProblemCode.INVALID_FORMAT)
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def email(value: str) -> str | None:
    """Check the shape of an e-mail address."""
    kept = text(254)(value)
    if kept is not None and not EMAIL.fullmatch(kept):
        raise Mistake(ProblemCode.INVALID_FORMAT)
    return kept


def municipality(value: str) -> str | None:
    """Check an ISTAT code of a municipality: six digits."""
    kept = text(6)(value)
    if kept is not None and not MUNICIPALITY.fullmatch(kept):
        raise Mistake(ProblemCode.INVALID_FORMAT)
    return kept


def isee(value: Decimal) -> Decimal:
    """Check an ISEE value: euros and cents, not negative (D.P.C.M. 159/2013)."""
    exponent = value.as_tuple().exponent
    if value < 0 or value > LARGEST_ISEE or not isinstance(exponent, int) or exponent < -2:
        raise Mistake(ProblemCode.INVALID_FORMAT)
    return value


def texts(longest: int, most: int) -> Check:
    """Return the check of a list of texts, each once."""
    one = text(longest)

    def check(values: list[str]) -> list[str] | None:
        if len(values) > most:
            raise Mistake(ProblemCode.TOO_MANY, most=most)
        kept = [item for item in map(one, values) if item]
        return list(dict.fromkeys(kept)) or None

    return check


def as_it_is(value: Any) -> Any:
    """Check nothing: the schema's type says it all."""
    return value
