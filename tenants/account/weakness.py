"""Which new passwords are too easy to guess: short ones, common ones, and those made of what is known of a person."""

import re

from zxcvbn import zxcvbn

from infra.errors import ProblemCode
from tenants.checks import Check, Wrong
from tenants.members.service import LONGEST_PASSWORD

SHORTEST_PASSWORD = 12
LONGEST_LOOKED_AT = 72
"""Signs; looking at more would take long, and no more are needed to be hard to guess."""
LEAST_SCORE = 4
"""Of zxcvbn's five from 0 to 4: more than 10^10 guesses by somebody who knows what people choose."""
# Its lists are of English; these are what people here begin with.
KNOWN_HERE = (
    *("accesso", "amministratore", "associazione", "benvenuta", "benvenuti", "benvenuto", "buongiorno", "caritas"),
    *("casa", "ciao", "comune", "cooperativa", "empoli", "famiglia", "firenze", "italia", "juventus", "lavoro"),
    *("parola", "parrocchia", "segreta", "segretissima", "segreto", "sociale", "solidarieta", "toscana", "unione"),
    *("utente", "volontari", "volontario", "win"),
)
PARTS = re.compile(r"[\W_]+")


def strong(*about: str) -> Check:
    """Return the check of a new password of somebody of whom this is known, such as the address and the name."""
    known = [part for text in about for part in [text, *PARTS.split(text)] if len(part) > 2]

    def check(value: object) -> str | None:
        if not isinstance(value, str) or not value:
            return None
        if len(value) < SHORTEST_PASSWORD:
            raise Wrong(ProblemCode.TOO_SHORT, "problem.password_too_short")
        if len(value) > LONGEST_PASSWORD:
            raise Wrong(ProblemCode.TOO_LONG, most=LONGEST_PASSWORD)
        try:
            value.encode()
        except UnicodeEncodeError:  # half a character, which nobody types
            raise Wrong(ProblemCode.INVALID_FORMAT) from None
        # Spaces are taken out: whoever guesses knows that people put them between words.
        looked_at = "".join(value.split())[:LONGEST_LOOKED_AT]
        if not looked_at or zxcvbn(looked_at, user_inputs=[*known, *KNOWN_HERE])["score"] < LEAST_SCORE:
            raise Wrong(ProblemCode.TOO_OBVIOUS)
        return value

    return check
