"""Why joint work is declined or closed: lists of short words that tell nothing about the person.

A reason is read by organisations that see nothing of the case, or no more, so nobody can write into it.
"""

from infra.explained import Explained


class DeclineReason(Explained):
    """Why an invited organisation does not take part."""

    NO_PLACE = "no_place", "There is no place free."
    NOT_OUR_TASK = "not_our_task", "The organisation does not do such work."
    NOT_OUR_AREA = "not_our_area", "The person lives where it does not work."
    NOT_NOW = "not_now", "It could at another time."
    MORE_NEEDED = "more_needed", "More would have to be known or offered."
    OTHER = "other", "None of the others."


class ClosingReason(Explained):
    """Why the holder ends joint work."""

    COMPLETED = "completed", "What was to be done is done."
    NOT_NEEDED = "not_needed", "The person no longer needs it."
    NOT_POSSIBLE = "not_possible", "It turned out that it cannot be done."
    OTHER_WAY = "other_way", "The need is met in another way."
    MISTAKE = "mistake", "It should not have been proposed."
    CASE_CLOSED = "case_closed", "The case was closed, and its joint work with it."
    OTHER = "other", "None of the others."
