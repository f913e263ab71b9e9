"""Codes that say who a person is: codice fiscale, its provisional form, and the health codes STP and ENI.

That a code adds up is all that is asked: names are transcribed in many ways and codes are given again to a second
person (omocodia), so a code is never compared with what else is known.
"""

import re
from datetime import date
from enum import StrEnum

import regex
from codicefiscale import codicefiscale

from infra.errors import ProblemCode
from tenants.checks import Wrong
from tenants.signs import seen

APART = regex.compile(r"[\s\p{Pd}.·•_]+")
"""What is pasted between the signs of a code, and is none of them."""
HEALTH_CODE = re.compile(r"(STP|ENI)(?!0{13})[0-9]{13}")
PROVISIONAL = re.compile(r"(?!0{7})[0-9]{11}")
"""Seven digits that count from one, three of the office, and one that makes it add up."""
MONTHS = "ABCDEHLMPRST"
DIGIT = "[0-9LMNPQRSTUV]"
CODICE_FISCALE = re.compile(
    rf"[A-Z]{{6}}(?P<year>{DIGIT}{{2}})(?P<month>[{MONTHS}])(?P<day>{DIGIT}{{2}})[A-Z]{DIGIT}{{3}}[A-Z]"
)
OMOCODIA = str.maketrans("LMNPQRSTUV", "0123456789")
BORN_A_WOMAN = 40


class IdentityCodeKind(StrEnum):
    """Which code it is; it is computed from its shape."""

    CODICE_FISCALE = "codice_fiscale"
    CF_PROVISIONAL_NUMERIC = "cf_provisional_numeric"
    STP = "STP"
    ENI = "ENI"


def spelt(code: str) -> str:
    """Return a code as it is stored: in capitals, without what people put between its signs."""
    stored: str = APART.sub("", seen(code, joined=False)).upper()
    return stored


def identity_code(value: object) -> tuple[str, IdentityCodeKind] | None:
    """Return the code as it is stored, and its kind; None for an empty one. Raises `Wrong`."""
    if not isinstance(value, str):
        raise Wrong(ProblemCode.INVALID_IDENTITY_CODE)
    code = spelt(value)
    if not code:
        return None
    if health := HEALTH_CODE.fullmatch(code):
        return code, IdentityCodeKind(health[1])
    if PROVISIONAL.fullmatch(code) and _adds_up(code):
        return code, IdentityCodeKind.CF_PROVISIONAL_NUMERIC
    if _is_codice_fiscale(code):
        return code, IdentityCodeKind.CODICE_FISCALE
    raise Wrong(ProblemCode.INVALID_IDENTITY_CODE)


def _is_codice_fiscale(code: str) -> bool:
    parts = CODICE_FISCALE.fullmatch(code)
    # The place of birth is not looked up: codes outlive the towns and countries that they name.
    return parts is not None and _is_a_day(parts) and codicefiscale.encode_cin(code) == code[-1]


def _is_a_day(parts: re.Match[str]) -> bool:
    year, day = (int(parts[name].translate(OMOCODIA)) for name in ("year", "day"))
    month = MONTHS.index(parts["month"]) + 1
    for century in (1900, 2000):
        try:
            date(century + year, month, day - BORN_A_WOMAN if day > BORN_A_WOMAN else day)
        except ValueError:
            continue
        return True
    return False


def _adds_up(code: str) -> bool:
    doubled = [int(sign) * (1 + place % 2) for place, sign in enumerate(code)]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0
