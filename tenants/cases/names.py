"""What a name is looked for by: Latin letters and digits alone, so that signs, accents and scripts do not matter.

Spaces, apostrophes and hyphens are optional: a name is kept as the word that begins at each of its parts and runs on
to the end, so `D'Amico` is found by `damico`, `d amico` and `amico`.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from uuid import UUID

from anyascii import anyascii

from infra.database import connection
from infra.row_security import TERRITORY
from tenants.signs import seen

LONGEST_WORD = 40
LONGEST_ASKED = 100
MOST_WORDS = 12
LONGEST_RUN = 4
"""So many words in a row may be one word of the name."""
APART = re.compile(r"[^a-z0-9]+")
WRITTEN_OUT = str.maketrans(
    {
        "Ä": "Ae",
        "ä": "ae",
        "Å": "Aa",
        "å": "aa",
        "Đ": "Dj",
        "đ": "dj",
        "Ə": "A",
        "ə": "a",
        "Ö": "Oe",
        "ö": "oe",
        "Ø": "Oe",
        "ø": "oe",
        "Ü": "Ue",
        "ü": "ue",
    }
)
"""A second way in which documents write these letters; the first is the transliteration's."""

NAMES = f"SELECT given_name, family_name FROM case_identity WHERE territory_id = {TERRITORY} AND case_id = $1"
FORGET = f"DELETE FROM case_name_word WHERE territory_id = {TERRITORY} AND case_id = $1"
KEEP = f"INSERT INTO case_name_word (territory_id, case_id, word) SELECT {TERRITORY}, $1, unnest($2::text[])"


def words_of_name(given_name: str | None, family_name: str | None) -> list[str]:
    """Return every word that what is asked for may begin: from each part of the name to its end, in both orders."""
    found: set[str] = set()
    for given, family in zip(spellings(given_name or ""), spellings(family_name or ""), strict=True):
        for first, second in ((given, family), (family, given)):
            found |= {"".join([*first[start:], *second])[:LONGEST_WORD] for start in range(len(first))}
    return sorted(found)


def asked_words(text: str) -> str:
    """Return what a search asks for: of each word all that may begin a word of the name, `|` between the words.

    A word of the search may be part of a word of the name, together with its neighbours.
    """
    asked = [words[:MOST_WORDS] for words in spellings(text[:LONGEST_ASKED])]
    runs = [{run for words in asked for run in runs_with(words, place)} for place in range(len(asked[0]))]
    return "|".join(" ".join(sorted(run)) for run in runs)


def spellings(text: str) -> tuple[list[str], list[str]]:
    """Return the parts of a name in both spellings, as many in each."""
    plain = seen(text, joined=False)
    return parts_of(plain), parts_of(plain.translate(WRITTEN_OUT))


def parts_of(text: str) -> list[str]:
    """Return the parts of a text, in small Latin letters; what is no letter and no digit parts them."""
    letters = "".join(sign if unicodedata.category(sign)[0] in "LMN" else " " for sign in text)
    return [part for part in APART.split(anyascii(letters).lower()) if part]


def runs_with(words: Sequence[str], place: int) -> Iterator[str]:
    """Yield each run of words that has the word of this place in it, as one word."""
    for start in range(max(0, place - LONGEST_RUN + 1), place + 1):
        for end in range(place + 1, min(len(words), start + LONGEST_RUN) + 1):
            yield "".join(words[start:end])[:LONGEST_WORD]


async def keep_words(case_id: UUID) -> None:
    """Keep by what the name of the case's person is found, as the name is now."""
    name = await connection().fetchrow(NAMES, case_id)
    await connection().execute(FORGET, case_id)
    await connection().execute(KEEP, case_id, words_of_name(name["given_name"], name["family_name"]))
