"""Where each value of an update goes: one line a value. The groups are those of the schema."""

from collections.abc import Mapping
from dataclasses import dataclass

from authz.fields import FIELD
from tenants.cases import checks
from tenants.cases.checks import Check


@dataclass(frozen=True)
class Value:
    """One value of an input: the column that keeps it, the field it belongs to, and what it has to be."""

    name: str
    table: str
    column: str
    field: str
    check: Check

    @property
    def mask(self) -> int:
        return FIELD[self.field].mask


def value(name: str, table: str, field: str, check: Check, column: str = "") -> Value:
    """Return a value whose column is mostly called as it is."""
    return Value(name, table, column or name, field, check)


def health(name: str) -> Value:
    """Return a value that is a row of its own."""
    return Value(name, "case_health", "detail", f"health.{name}", checks.text(4000))


GROUPS: Mapping[str, tuple[Value, ...]] = {
    "identity": (
        value("given_name", "case_identity", "identity.name", checks.name),
        value("family_name", "case_identity", "identity.name", checks.name),
        value("born_on", "case_identity", "identity.birth", checks.birth_date, "birth_date"),
        value("birth_year", "case_identity", "identity.birth_year", checks.birth_year),
        value("sex", "case_identity", "identity.sex", checks.sex),
        value("identity_code", "case_identity_code", "identity.identity_code", checks.identity_code, "code"),
    ),
    "contacts": (
        value("municipality", "case_contacts", "contacts.municipality", checks.municipality),
        value("phone", "case_contacts", "contacts.phone", checks.phone),
        value("email", "case_contacts", "contacts.email", checks.email),
        value("address", "case_address", "contacts.address", checks.text(300)),
        value("address_protected", "case_address", "contacts.address", checks.as_it_is, "protected"),
    ),
    "legal_status": (
        value("citizenship", "case_legal_status", "status.citizenship", checks.text(100)),
        value("residence_permit", "case_legal_status", "status.residence_permit", checks.text(100)),
        value("disadvantage", "case_disadvantage", "status.disadvantage", checks.texts(100, 20), "statuses"),
    ),
    "economic": (
        value("income_band", "case_economic", "economic.income_band", checks.text(30)),
        value("debts", "case_economic", "economic.debts", checks.text(1000)),
        value("benefits", "case_economic", "economic.benefits", checks.text(1000)),
        value("isee_value", "case_isee", "economic.isee_value", checks.isee),
        value("isee_valid_until", "case_isee", "economic.isee_value", checks.as_it_is, "valid_until"),
    ),
    "work": (
        value("profile", "case_work", "work.profile", checks.text(2000)),
        value("history", "case_work", "work.history", checks.text(4000)),
    ),
    "education": (
        value("level", "case_education", "education.level", checks.text(20)),
        value("languages", "case_education", "education.languages", checks.text(500)),
    ),
    "housing": (value("situation", "case_housing", "housing.situation", checks.text(2000)),),
    "health": tuple(health(name) for name in ("conditions", "disability", "addictions", "mental")),
    "justice": (value("measures", "case_justice", "justice.measures", checks.text(4000)),),
}
