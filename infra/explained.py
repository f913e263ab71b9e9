"""Enums whose values say what they mean where they are declared: for whoever chooses one, or is shown one."""

from enum import StrEnum
from typing import Self


class Explained(StrEnum):
    """Each value is written with its note, which the schema tells."""

    note: str

    # Without the default mypy would ask for a note where a value is looked up, as in Role("auditor").
    def __new__(cls, value: str, note: str = "") -> Self:
        member = str.__new__(cls, value)
        member._value_, member.note = value, note
        return member
