"""Why joint work is declined or closed: lists of short words that tell nothing about the person.

A reason is read by organisations that see nothing of the case, or no more, so nobody can write into it.
"""

from enum import StrEnum


class DeclineReason(StrEnum):
    """Why an invited organisation does not take part."""

    NO_PLACE = "no_place"
    NOT_OUR_TASK = "not_our_task"
    NOT_OUR_AREA = "not_our_area"
    NOT_NOW = "not_now"
    MORE_NEEDED = "more_needed"
    OTHER = "other"


class ClosingReason(StrEnum):
    """Why the holder ends joint work."""

    COMPLETED = "completed"
    NOT_NEEDED = "not_needed"
    NOT_POSSIBLE = "not_possible"
    OTHER_WAY = "other_way"
    MISTAKE = "mistake"
    CASE_CLOSED = "case_closed"
    OTHER = "other"
