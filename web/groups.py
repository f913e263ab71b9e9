"""The groups of a case as forms and pages show them: which values, of which kind, each with the field it belongs to."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from tenants.cases.catalogues import (
    DISADVANTAGES,
    EDUCATION_LEVELS,
    INCOME_BANDS,
    MUNICIPALITIES,
    SEXES,
    Catalogue,
)
from tenants.cases.countries import COUNTRIES
from tenants.cases.need_catalogue import NEEDS
from web.days import day_problem, read_day, read_money, read_year
from web.forms import Problems, Typed, local, missing
from web.telephones import telephone
from web.texts import day, money, say

NEED = "needs"
WAS = "was."
"""Before the name of an input: what the case had when the form was made, so that only changes are sent."""


READERS: Mapping[str, Callable[[str], Any]] = {
    "birthday": partial(read_day, born=True),
    "day": read_day,
    "money": read_money,
    "year": read_year,
}
"""How what was typed of a kind is read; every other kind is sent as it was typed."""


@dataclass(frozen=True)
class Value:
    """One value of a group, by its name in the API."""

    name: str
    field: str
    kind: str = "line"
    choices: Catalogue | None = None

    def shown(self, value: Any, language: str) -> str:
        """Return the value as people read it."""
        if value is None or value == []:
            return ""
        if self.kind == "yes":
            return say(language, "choice.yes" if value else "choice.no")
        if isinstance(value, list):
            return ", ".join(self.label(item, language) for item in value)
        if self.kind in ("birthday", "day"):
            return day(value, language)
        if self.kind == "phone":
            return telephone(value, language)
        if self.kind == "money":
            return say(language, "case.euros", amount=money(value, language))
        return self.label(str(value), language)

    def label(self, item: str, language: str) -> str:
        """Return what an item of the catalogue is called."""
        pair = (self.choices or {}).get(item)
        return pair[language == "en"] if pair else item

    def written(self, value: Any) -> list[str]:
        """Return the value as its input holds it, which is the same in every language."""
        if isinstance(value, list):
            return [str(item) for item in value]
        if value is None:
            return [""]
        if self.kind == "yes":
            return ["yes" if value else "no"]
        if self.kind == "phone":
            return [telephone(value)]
        if self.kind == "money":
            return [money(value, "it")]
        return [self.shown(value, "it") if self.kind in ("birthday", "day") else str(value)]

    def read(self, typed: Typed, language: str, problems: Problems) -> Any:
        """Return what was typed as the API takes it; what cannot be read goes to the problems."""
        if self.kind == "choices":
            return typed.all(self.name)
        text = typed.text(self.name)
        if not text:
            return None
        if self.kind == "yes":
            return text == "yes"
        if self.kind not in READERS:
            return text
        try:
            return READERS[self.kind](text)
        except ValueError as wrong:
            problems.append(local(self.name, day_problem(wrong, language, f"wrong.{self.kind}")))
            return None


@dataclass(frozen=True)
class Group:
    """One group: where it stands in a case of the API, and its values."""

    name: str
    where: tuple[str, ...]
    values: tuple[Value, ...]

    @property
    def include(self) -> str:
        """Return the variable of the operation that includes it."""
        return "legal" if self.name == "legal_status" else self.name

    def of(self, case: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the group's object of a case, or an empty one where nothing of it is visible."""
        found: Any = case
        for part in self.where:
            found = (found or {}).get(part)
        return found or {}

    def writable(self, case: Mapping[str, Any]) -> list[Value]:
        """Return the values that the reader may write."""
        allowed = set(case["viewerCan"]["writeFields"])
        return [value for value in self.values if value.field in allowed]


IDENTITY = (
    Value("givenName", "identity.name"),
    Value("familyName", "identity.name"),
    Value("bornOn", "identity.birth", "birthday"),
    Value("birthYear", "identity.birth_year", "year"),
    Value("sex", "identity.sex", "choice", SEXES),
    Value("identityCode", "identity.identity_code"),
)
MUNICIPALITY = Value("municipality", "contacts.municipality", "choice", MUNICIPALITIES)

GROUPS: Mapping[str, Group] = {
    group.name: group
    for group in (
        Group("identity", ("person", "identity"), IDENTITY),
        Group(
            "contacts",
            ("person", "contacts"),
            (
                MUNICIPALITY,
                Value("phone", "contacts.phone", "phone"),
                Value("phoneNote", "contacts.phone", "lines"),
                Value("email", "contacts.email"),
                Value("address", "contacts.address", "lines"),
                Value("addressProtected", "contacts.address", "yes"),
            ),
        ),
        Group(
            "legal_status",
            ("legalStatus",),
            (
                Value("citizenship", "status.citizenship", "choice", COUNTRIES),
                Value("residencePermit", "status.residence_permit"),
                Value("disadvantage", "status.disadvantage", "choices", DISADVANTAGES),
            ),
        ),
        Group(
            "economic",
            ("economic",),
            (
                Value("incomeBand", "economic.income_band", "choice", INCOME_BANDS),
                Value("iseeValue", "economic.isee_value", "money"),
                Value("iseeValidUntil", "economic.isee_value", "day"),
                Value("debts", "economic.debts", "lines"),
                Value("benefits", "economic.benefits", "lines"),
            ),
        ),
        Group(
            "work", ("work",), (Value("profile", "work.profile", "lines"), Value("history", "work.history", "lines"))
        ),
        Group(
            "education",
            ("education",),
            (
                Value("level", "education.level", "choice", EDUCATION_LEVELS),
                Value("languages", "education.languages", "lines"),
            ),
        ),
        Group("housing", ("housing",), (Value("situation", "housing.situation", "lines"),)),
        Group(
            "health",
            ("health",),
            tuple(
                Value(name, f"health.{name}", "lines") for name in ("conditions", "disability", "addictions", "mental")
            ),
        ),
        Group("justice", ("justice",), (Value("measures", "justice.measures", "lines"),)),
    )
}
"""In the order of the page; needs are rows and have a form of their own."""


def need_label(macro: str, item: str | None, language: str) -> str:
    """Return what a need is called."""
    family = NEEDS.get(macro.lower())
    if family is None:
        return item or macro
    pair = family.items.get((item or "").lower(), family.label)
    return pair[language == "en"]


def need_choices(language: str) -> Sequence[tuple[str, list[tuple[str, str]]]]:
    """Return the families of needs, each with what can be chosen of it; a family alone can be chosen too."""
    at = int(language == "en")
    return [
        (
            family.label[at],
            [(macro, say(language, "need.family", family=family.label[at]))]
            + [(f"{macro}/{item}", label[at]) for item, label in family.items.items()],
        )
        for macro, family in NEEDS.items()
    ]


def read_need(typed: Typed, language: str, problems: Problems) -> dict[str, Any] | None:
    """Return the need that was chosen, or nothing; a note alone goes to the problems."""
    chosen = typed.text("need")
    if not chosen:
        if typed.text("note"):
            problems.append(missing("need", language))
        return None
    macro, _, item = chosen.partition("/")
    return {"macro": macro, "item": item or None, "note": typed.text("note") or None}
