"""How long a proposal waits for an answer; what is past that is known by its date, and nothing is written for it."""

from datetime import timedelta

DAYS = 30
"""So long an invited organisation can answer, from when it was proposed."""
LAPSES_AFTER = timedelta(days=DAYS)
REMINDED_BEFORE = timedelta(days=5)


def lapses_at(work: str) -> str:
    """Return the expression of the moment after which joint work is answered no more."""
    return f"({work}.proposed_at + interval '{DAYS} days')"


def waits(work: str) -> str:
    """Return the predicate that joint work can still be answered, as far as time goes."""
    return f"{lapses_at(work)} > now()"
