"""The registry of every field of a case that may be shared: one line each, and a bit that never changes.

Masks of these bits are stored, signed and compared in the database. So a bit is given once and never reused, and
every group has a spare bit after it for a field to come. Private notes have no field: they cannot be shared.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from infra.explained import Explained


class Sensitivity(Explained):
    """How a field has to be named before it may be shared."""

    COMMON = "common", "Its group's name covers it."
    CONFIDENTIAL = "confidential", "The same, but volunteers do not write it."
    SPECIAL = "special", "Article 9 of the GDPR: named by itself, and only with consent."
    JUDICIAL = "judicial", "Article 10 of the GDPR: the same."


class UnknownField(Exception):
    """A name that is neither a field nor a group."""

    def __init__(self, name: object) -> None:
        super().__init__(f"no field or group is named {name!r}")
        self.name = name


@dataclass(frozen=True)
class Field:
    """One field that a clause can name."""

    group: str
    name: str
    sensitivity: Sensitivity
    bit: int

    @property
    def key(self) -> str:
        return f"{self.group}.{self.name}"

    @property
    def mask(self) -> int:
        return 1 << self.bit

    @property
    def is_sensitive(self) -> bool:
        """Special or judicial: no group name ever covers it."""
        return self.sensitivity in (Sensitivity.SPECIAL, Sensitivity.JUDICIAL)


_C, _H, _S, _J = Sensitivity.COMMON, Sensitivity.CONFIDENTIAL, Sensitivity.SPECIAL, Sensitivity.JUDICIAL

FIELDS: tuple[Field, ...] = (
    Field("identity", "initials", _C, 0),
    Field("identity", "name", _C, 1),
    Field("identity", "birth_year", _C, 2),
    Field("identity", "birth", _C, 3),
    Field("identity", "sex", _C, 4),
    Field("identity", "identity_code", _H, 5),
    Field("contacts", "municipality", _C, 7),
    Field("contacts", "phone", _C, 8),
    Field("contacts", "email", _C, 9),
    Field("contacts", "address", _H, 10),
    Field("household", "composition", _C, 12),
    Field("household", "members", _H, 13),
    Field("household", "care_load", _H, 14),
    Field("status", "citizenship", _H, 16),
    Field("status", "residence_permit", _H, 17),
    Field("status", "disadvantage", _S, 18),
    Field("economic", "income_band", _H, 20),
    Field("economic", "isee_value", _H, 21),
    Field("economic", "debts", _H, 22),
    Field("economic", "benefits", _H, 23),
    Field("work", "profile", _C, 25),
    Field("work", "history", _C, 26),
    Field("education", "level", _C, 28),
    Field("education", "languages", _C, 29),
    Field("housing", "situation", _C, 31),
    Field("health", "conditions", _S, 33),
    Field("health", "disability", _S, 34),
    Field("health", "addictions", _S, 35),
    Field("health", "mental", _S, 36),
    Field("justice", "measures", _J, 38),
    Field("needs", "macro", _C, 40),
    Field("needs", "detail", _H, 41),
    Field("assessment", "scores", _C, 43),
    Field("assessment", "notes", _H, 44),
    Field("plan", "goals", _C, 46),
    Field("plan", "progress", _C, 47),
    Field("plan", "commitments", _C, 48),
    Field("interventions", "log", _C, 50),
    Field("interventions", "detail", _H, 51),
    Field("interviews", "log", _H, 53),
    Field("notes", "team", _H, 55),
    Field("documents", "list", _C, 57),
    Field("documents", "content", _H, 58),
    Field("outcomes", "results", _C, 60),
)

FIELD: dict[str, Field] = {field.key: field for field in FIELDS}
GROUPS: dict[str, tuple[Field, ...]] = {
    group: tuple(members) for group, members in groupby(FIELDS, key=lambda field: field.group)
}


def _union(fields: Iterable[Field]) -> int:
    mask = 0
    for field in fields:
        mask |= field.mask
    return mask


ALL_FIELDS: int = _union(FIELDS)
SENSITIVE: int = _union(field for field in FIELDS if field.is_sensitive)
COMMON: int = _union(field for field in FIELDS if field.sensitivity is Sensitivity.COMMON)
JUDICIAL: int = _union(field for field in FIELDS if field.sensitivity is Sensitivity.JUDICIAL)

HOLDERS_ALONE: int = FIELD["contacts.address"].mask
"""Written by the holder alone: to others a protected address looks like none, and writing it would tell them apart."""


def group_mask(group: str) -> int:
    """Return every field of the group, the special and judicial ones too; a prohibition means all of them."""
    if group not in GROUPS:
        raise UnknownField(group)
    return _union(GROUPS[group])


def mask_of(names: Iterable[str]) -> int:
    """Return the union of these fields and groups; a group covers only its common and confidential fields.

    Raises `UnknownField`.
    """
    mask = 0
    for name in names:
        mask |= FIELD[name].mask if name in FIELD else group_mask(name) & ~SENSITIVE
    return mask


def names_of(mask: int) -> list[str]:
    """Return the keys of the fields in the mask, in the order of the registry."""
    return [field.key for field in FIELDS if mask & field.mask]
