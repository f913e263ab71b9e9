"""Why a value is shown or withheld: the nearest condition that is missing, in one fixed order."""

from dataclasses import dataclass

from infra.explained import Explained


class Reason(Explained):
    """What a person is told about one field of one case."""

    OWN_CASE = "OWN_CASE", "My organisation holds the case."
    SHARED = "SHARED", "Pact, authorisation and offer allow it."
    NOT_IN_PACT = "NOT_IN_PACT", "No clause shares it with us for this purpose."
    NOT_AUTHORISED = "NOT_AUTHORISED", "A clause would, but no authorisation covers it."
    NOT_OFFERED = "NOT_OFFERED", "Clause and authorisation would, but the holder does not offer it."
    ROLE = "ROLE", "My organisation may see it, and my role does not."


@dataclass(frozen=True)
class Masks:
    """What each condition lets through: every one of the first three is contained in the one before it."""

    pact: int
    """By the clauses, for the purpose of the joint intervention."""
    authorised: int
    """Of that, by the consent or the public task."""
    read: int
    """Of that, by what the holder offered."""
    role: int
    """By the role of the member who looks."""
    own: bool = False
    """The case is held by the member's own organisation."""


CONDITIONS: tuple[tuple[Reason, str], ...] = (
    (Reason.NOT_IN_PACT, "pact_mask"),
    (Reason.NOT_AUTHORISED, "authorised_mask"),
    (Reason.NOT_OFFERED, "read_mask"),
    (Reason.ROLE, "role_mask"),
)
"""The reasons of a denial, the most general first, each with the column whose bit is then missing.

The read path renders this same list as SQL, so that the database and Python give the same reason.
"""


def explain(masks: Masks, bit: int) -> Reason:
    """Return why the field of this bit is visible, or the first condition that withholds it."""
    by_column = {
        "pact_mask": masks.pact,
        "authorised_mask": masks.authorised,
        "read_mask": masks.read,
        "role_mask": masks.role,
    }
    for reason, column in CONDITIONS:
        if not by_column[column] >> bit & 1:
            return reason
    return Reason.OWN_CASE if masks.own else Reason.SHARED
