"""Codici fiscali and health codes for invented people, with valid check letters, made by our own arithmetic."""

import unicodedata
from datetime import date

VOWELS = "AEIOU"
MONTHS = "ABCDEHLMPRST"
OMOCODE = "LMNPQRSTUV"
DIGIT_PLACES = (6, 7, 9, 10, 12, 13, 14)
TEN = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21)
ODD = dict(
    zip(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        (*TEN, *TEN, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23),
        strict=True,
    )
)
EVEN = {sign: int(sign) if sign.isdigit() else ord(sign) - ord("A") for sign in ODD}
TUSCANY = "009"


def codice_fiscale(family_name: str, given_name: str, born: date, sex: str, birthplace: str) -> str:
    """Return the sixteen characters for these facts; `birthplace` is a cadastral (Belfiore) code."""
    day = born.day + (40 if sex == "F" else 0)
    fifteen = (
        f"{_family_part(family_name)}{_given_part(given_name)}{born:%y}{MONTHS[born.month - 1]}{day:02d}{birthplace}"
    )
    return fifteen + check_letter(fifteen)


def omocode(code: str, replaced: int) -> str:
    """Return the variant given to a second person with the same code: its last digits become letters."""
    signs = list(code[:15])
    for place in DIGIT_PLACES[-replaced:]:
        signs[place] = OMOCODE[int(signs[place])]
    fifteen = "".join(signs)
    return fifteen + check_letter(fifteen)


def check_letter(fifteen: str) -> str:
    """Return the sixteenth character: odd and even places are weighed differently."""
    total = sum((EVEN if place % 2 else ODD)[sign] for place, sign in enumerate(fifteen))
    return chr(ord("A") + total % 26)


def provisional_code(progressive: int) -> str:
    """Return an eleven-digit provisional code with its check digit."""
    ten = f"{progressive:07d}000"[:10]
    doubled = [int(sign) * (2 if place % 2 else 1) for place, sign in enumerate(ten)]
    total = sum(value - 9 if value > 9 else value for value in doubled)
    return f"{ten}{-total % 10}"


def health_code(prefix: str, progressive: int) -> str:
    """Return an STP or ENI code of Tuscany."""
    return f"{prefix}{TUSCANY}000{progressive:07d}"


def _letters(name: str) -> tuple[str, str]:
    """Return the consonants and the vowels of a name, accents and apostrophes left out."""
    plain = unicodedata.normalize("NFD", name.upper())
    kept = [sign for sign in plain if "A" <= sign <= "Z"]
    consonants = "".join(sign for sign in kept if sign not in VOWELS)
    return consonants, "".join(sign for sign in kept if sign in VOWELS)


def _family_part(name: str) -> str:
    consonants, vowels = _letters(name)
    return f"{consonants}{vowels}XXX"[:3]


def _given_part(name: str) -> str:
    consonants, vowels = _letters(name)
    if len(consonants) > 3:
        return consonants[0] + consonants[2] + consonants[3]
    return f"{consonants}{vowels}XXX"[:3]
