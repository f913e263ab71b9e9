"""What a text is made of: signs as people see them, and signs that nobody sees, which are taken out.

A sign that is not seen makes a person unfindable and a text look like another one. Some are kept where they change
what is seen: the joiners of scripts that need them, and those within an emoji.
"""

from collections.abc import Iterator
from itertools import islice

import regex

JOINED_SCRIPTS = "|".join(
    rf"\p{{Script={script}}}"
    for script in (
        *("Arabic", "Syriac", "Mongolian", "Devanagari", "Bengali", "Gurmukhi", "Gujarati", "Oriya", "Tamil"),
        *("Telugu", "Kannada", "Malayalam", "Sinhala", "Khmer", "Myanmar"),
    )
)
PICTURE = r"\p{Extended_Pictographic}[\uFE0F\U0001F3FB-\U0001F3FF]?"
NEEDED = "|".join(
    (
        rf"(?<={PICTURE})\u200D(?=\p{{Extended_Pictographic}})",
        r"(?<=\p{Extended_Pictographic})[\uFE0E\uFE0F]|(?<=[0-9#*])\uFE0F(?=\u20E3)",
        r"(?<=\U0001F3F4)[\U000E0020-\U000E007E]{1,8}\U000E007F",
        # Marks of one letter have an order of their own, in which texts are kept: it may not matter which is the last.
        rf"(?<=(?:{JOINED_SCRIPTS})\p{{M}}*)[\u200C\u200D]",
    )
)
UNSEEN = r"[\p{Cf}\p{Default_Ignorable_Code_Point}--\p{Prepended_Concatenation_Mark}]"
ANY_UNSEEN = regex.compile(UNSEEN, regex.V1)
UNSEEN_BUT_NEEDED = regex.compile(f"({NEEDED})|{UNSEEN}", regex.V1)
SIGN = regex.compile(r"\X")


def seen(text: str, *, joined: bool = True) -> str:
    """Return the text without the signs that nobody sees; `joined` keeps those that change how others look."""
    if text.isascii():
        return text
    kept = UNSEEN_BUT_NEEDED.sub(lambda found: found[1] or "", text) if joined else ANY_UNSEEN.sub("", text)
    return str(kept)


def more_than(most: int, text: str) -> bool:
    """Tell whether people count more signs than that; a letter with its accents is one, and so is an emoji."""
    if len(text) <= most:
        return False
    signs: Iterator[object] = SIGN.finditer(text)
    return next(islice(signs, most, None), None) is not None
