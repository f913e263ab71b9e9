"""Telephone numbers: as people write them in, and E.164 with the country that was meant.

A wrong guess would send a call to a stranger, so what can be read in two ways is asked, and what one number cannot
hold (an extension, a second number) is told where to write instead.
"""

import re
import unicodedata

import phonenumbers
import regex

from infra.errors import ProblemCode
from tenants.cases.catalogues import HOME_COUNTRY
from tenants.checks import Wrong, line

LONGEST = 60
DASH = regex.compile(r"\p{Pd}")
SIGNS = re.compile(r"[0-9+()/.\- ]+")
EXTENSION = re.compile(r"(?:int(?:erno)?|ext(?:ension)?|est|x|#)[. ]*[0-9]", re.IGNORECASE)
SEVERAL = re.compile(r"[0-9]{5,}\s*(?:[/,;|]|\s[eo]\s|\s-\s|\s{2,})\s*[+0(]?[0-9 .]{5,}")
FRENCH = re.compile(r"0[1-9](?:[ .-][0-9]{2}){4}")
SHORT = 6
"""Numbers with fewer digits are those of services: no person has one."""


def telephone(value: object) -> str | None:
    """Return the number as E.164; one without a country's prefix is Italian."""
    text = line(LONGEST)(value)
    if text is None:
        return None
    text = DASH.sub("-", text.removeprefix("tel:").strip())
    _demand_one_number(text)
    try:
        number = phonenumbers.parse(text, HOME_COUNTRY)
    except phonenumbers.NumberParseException as error:
        raise _wrong("phone_signs") from error
    _demand_real(number)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _wrong(problem: str) -> Wrong:
    return Wrong(ProblemCode.INVALID_FORMAT, f"problem.{problem}")


def _demand_one_number(text: str) -> None:
    plain = re.sub(r"(?<=[0-9])[.-](?=[0-9])", "", text)
    if EXTENSION.search(text):
        raise _wrong("phone_extension")
    if SEVERAL.search(plain) or text.count("+") > 1:
        raise _wrong("phone_several")
    if not SIGNS.fullmatch(text) or not any(unicodedata.category(sign) == "Nd" for sign in text):
        raise _wrong("phone_signs")
    if sum(sign.isdigit() for sign in text) < SHORT:
        raise _wrong("phone_of_service")
    if FRENCH.fullmatch(text):
        raise Wrong(ProblemCode.INVALID_FORMAT, "problem.phone_french", italian=f"+39 {text}", french=f"+33 {text[1:]}")


def _demand_real(number: phonenumbers.PhoneNumber) -> None:
    match phonenumbers.is_possible_number_with_reason(number):
        case phonenumbers.ValidationResult.TOO_LONG:
            raise _wrong("phone_too_long")
        case phonenumbers.ValidationResult.TOO_SHORT:
            raise _wrong("phone_too_short")
    if not phonenumbers.is_valid_number(number):
        raise _wrong("phone_nobody_has")
