"""Every value of a case that can be written: its name in the input, where it is stored, and the field it belongs to."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from authz.fields import FIELD, Field
from infra.errors import ProblemCode
from tenants.cases import values
from tenants.cases.catalogues import DISADVANTAGES, EDUCATION_LEVELS, INCOME_BANDS, SEXES
from tenants.cases.countries import COUNTRIES
from tenants.cases.identity_codes import identity_code
from tenants.cases.telephones import telephone
from tenants.checks import Check, Findings, line, lines, one_of, personal_name

HEALTH_TABLE = "case_health"
BIRTH, YEAR = "identity.birth", "identity.birth_year"
Values = dict[str, dict[str, Any]]
"""Table → column → value; a health row's column is the key of its field."""


@dataclass(frozen=True)
class Entry:
    """One value; its table and columns are those of tenants/cases/models.py."""

    name: str
    table: str
    columns: tuple[str, ...]
    field: Field
    check: Check
    cleared: Any = None
    also: str = ""
    """A field that says part of the same thing: whoever writes the one reads and writes the other too."""

    @property
    def mask(self) -> int:
        """Bits of the fields that are written with it."""
        return self.field.mask | (FIELD[self.also].mask if self.also else 0)

    def stored(self, value: Any) -> dict[str, Any]:
        """Return the columns of the checked value."""
        if len(self.columns) == 1:
            return {self.columns[0]: self.cleared if value is None else value}
        return dict(zip(self.columns, value or [None] * len(self.columns), strict=True))


def _entry(value: str, where: str, field: str, check: Check, cleared: Any = None, *, also: str = "") -> Entry:
    table, *columns = where.split()
    return Entry(value, table, tuple(columns or [value]), FIELD[field], check, cleared, also)


def _health(value: str) -> Entry:
    field = FIELD[f"health.{value}"]
    return Entry(value, HEALTH_TABLE, (field.key,), field, lines(4000))


GROUPS: Mapping[str, tuple[Entry, ...]] = {
    "identity": (
        _entry("given_name", "case_identity", "identity.name", personal_name(100)),
        _entry("family_name", "case_identity", "identity.name", personal_name(100)),
        _entry("born_on", "case_identity birth_date", "identity.birth", values.birth_date, also=YEAR),
        _entry("birth_year", "case_identity", "identity.birth_year", values.birth_year, also=BIRTH),
        _entry("sex", "case_identity", "identity.sex", one_of(SEXES)),
        _entry("identity_code", "case_identity_code code kind", "identity.identity_code", identity_code),
    ),
    "contacts": (
        _entry("municipality", "case_contacts", "contacts.municipality", values.municipality),
        _entry("phone", "case_contacts", "contacts.phone", telephone),
        _entry("phone_note", "case_contacts", "contacts.phone", lines(300)),
        _entry("email", "case_contacts", "contacts.email", values.email),
        _entry("address", "case_address", "contacts.address", lines(300)),
        _entry("address_protected", "case_address protected", "contacts.address", values.flag, cleared=False),
    ),
    "legal_status": (
        _entry("citizenship", "case_legal_status", "status.citizenship", one_of(COUNTRIES)),
        _entry("residence_permit", "case_legal_status", "status.residence_permit", line(100)),
        _entry("disadvantage", "case_disadvantage statuses", "status.disadvantage", values.some_of(DISADVANTAGES)),
    ),
    "economic": (
        _entry("income_band", "case_economic", "economic.income_band", one_of(INCOME_BANDS)),
        _entry("isee_value", "case_isee", "economic.isee_value", values.money),
        _entry("isee_valid_until", "case_isee valid_until", "economic.isee_value", values.validity),
        _entry("debts", "case_economic", "economic.debts", lines(1000)),
        _entry("benefits", "case_economic", "economic.benefits", lines(1000)),
    ),
    "work": (
        _entry("profile", "case_work", "work.profile", lines(2000)),
        _entry("history", "case_work", "work.history", lines(4000)),
    ),
    "education": (
        _entry("level", "case_education", "education.level", one_of(EDUCATION_LEVELS)),
        _entry("languages", "case_education", "education.languages", lines(500)),
    ),
    "housing": (_entry("situation", "case_housing", "housing.situation", lines(2000)),),
    "health": tuple(_health(value) for value in ("conditions", "disability", "addictions", "mental")),
    "justice": (_entry("measures", "case_justice", "justice.measures", lines(4000)),),
}
"""A new value is one line here, and its column in a migration."""


def _table_masks() -> dict[str, int]:
    masks: dict[str, int] = defaultdict(int)
    masks["case_identity"] = FIELD["identity.initials"].mask
    for entries in GROUPS.values():
        for entry in entries:
            masks[entry.table] |= entry.field.mask
    return dict(masks)


TABLE_MASKS = _table_masks()
"""The fields of each table: whoever reads none of them finds no row of it."""


@dataclass(frozen=True)
class Masks:
    """What a member reads and writes of one case."""

    read: int
    write: int

    def may_write(self, entry: Entry) -> bool:
        """Tell whether the value may be written; PostgreSQL finds the row to change by reading it."""
        found_by = entry.field.mask if entry.table == HEALTH_TABLE else TABLE_MASKS[entry.table]
        if entry.also and self.read & entry.mask != entry.mask:
            return False
        return self.write & entry.mask == entry.mask and bool(self.read & found_by)

    def are_within(self, others: "Masks") -> bool:
        """Tell whether the others allow all that these do."""
        return not (self.read & ~others.read or self.write & ~others.write)

    def may_add(self, mask: int) -> bool:
        """Tell whether a row that carries its own fields may be written: it takes the right to all of them."""
        return self.read & self.write & mask == mask


def given_entries(group: str, changes: Mapping[str, object]) -> list[Entry]:
    """Return the entries of the group that are to be written."""
    return [entry for entry in GROUPS[group] if entry.name in changes]


def checked(findings: Findings, entries: Sequence[Entry], changes: Mapping[str, object], *path: str) -> Values:
    """Return the columns to write, table by table; what is wrong with them goes to the findings."""
    found: Values = defaultdict(dict)
    for entry in entries:
        value = findings.check(entry.check, changes[entry.name], *path, entry.name)
        found[entry.table].update(entry.stored(value))
    return dict(found)


def complete_birth(findings: Findings, values: Values, known: date | None, *path: str) -> None:
    """A date of birth says the year too; a year that says otherwise is wrong. `known` is the date that is stored."""
    identity = values.get("case_identity", {})
    if not {"birth_date", "birth_year"} & set(identity):
        return
    born = identity.get("birth_date", known)
    if born is None:
        return
    year = identity.get("birth_year")
    if "birth_date" in identity and year is None:
        identity["birth_year"] = born.year
    elif year != born.year:
        findings.add(ProblemCode.INVALID_FORMAT, *path, "birth_year", text="problem.birth_year_differs", born=born.year)


def single_bits(masks: Iterable[int]) -> list[int]:
    """Return each bit of these masks as a mask of its own."""
    return [1 << bit for bit in range(63) if any(mask >> bit & 1 for mask in masks)]
