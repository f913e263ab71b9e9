"""Both languages: every text has an Italian and an English, every code a name, and templates hold no words."""

import re
import string
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest

from authz.clauses import Basis, PartyRole
from authz.explain import Reason
from authz.fields import FIELDS, GROUPS
from authz.kinds import OrganisationKind
from authz.purposes import Purpose
from authz.roles import Role
from tenants.access_log.models import AccessKind
from tenants.cases.models import CaseStatus, ClosureReason
from tenants.events.models import EventKind
from tenants.joint_work.reasons import ClosingReason, DeclineReason
from tenants.joint_work.shape import JointInterventionStatus, PartnerStatus
from tenants.sharing.shape import PreviewReason
from web import groups
from web.texts import TEXTS, day, instant, money, period

TEMPLATES = Path(__file__).parents[2] / "web" / "templates"
SAID = re.compile(r'\b(?:t|say)\((?:language, )?"([a-z_]+\.[A-Za-z_]+)"')
NOT_WORDS = {"WIN", "Italiano", "English"}
"""A name, and the names of the languages, which are the same in every language."""


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_every_text_has_both_languages_with_the_same_values() -> None:
    assert [
        name
        for name, (italian, english) in TEXTS.items()
        if not italian or not english or placeholders(italian) != placeholders(english)
    ] == []


def sources() -> Iterator[tuple[str, str]]:
    for folder, pattern in ((TEMPLATES, "*.html"), (TEMPLATES.parent, "*.py")):
        for path in folder.rglob(pattern):
            yield path.name, path.read_text("utf-8")


def test_every_text_that_is_said_exists() -> None:
    assert {(file, name) for file, text in sources() for name in SAID.findall(text) if name not in TEXTS} == set()


def test_templates_hold_no_words() -> None:
    found = []
    for path in TEMPLATES.rglob("*.html"):
        text = re.sub(r"{%.*?%}|{{.*?}}|{#.*?#}", " ", path.read_text("utf-8"), flags=re.DOTALL)
        words = re.findall(r"[^\W\d_]{2,}", re.sub(r'<[^>]*>|[a-z-]+="[^"]*"', " ", text))
        attributes = re.findall(r'(?:title|alt|placeholder|aria-label)="([^"]*[^\W\d_]{2,}[^"]*)"', text)
        found += [(path.name, word) for word in [*words, *attributes] if word not in NOT_WORDS]
    assert found == []


INLINE = re.compile(r'<script(?!( type="module")? src="{{ )|<style|\sstyle=|\son[a-z]+=|hx-on|js:')


def test_templates_need_no_inline_code() -> None:
    assert [path.name for path in TEMPLATES.rglob("*.html") if INLINE.search(path.read_text("utf-8"))] == []


def test_only_the_explorer_and_pages_with_a_password_run_a_script() -> None:
    found = {path.name for path in TEMPLATES.rglob("*.html") if "<script" in path.read_text("utf-8")}
    assert found == {"base.html", "explorer.html"}


CODES: Mapping[str, Iterable[str]] = {
    "access": AccessKind,
    "answer": PartnerStatus,
    "basis": Basis,
    "closing": ClosingReason,
    "closure": ClosureReason,
    "decline": DeclineReason,
    "kind": OrganisationKind,
    "party": PartyRole,
    "purpose": Purpose,
    "role": Role,
    "status": CaseStatus,
    "event": EventKind,
    "why": [*Reason, *PreviewReason],
    "work": JointInterventionStatus,
}


@pytest.mark.parametrize("kind", CODES)
def test_every_code_has_a_name(kind: str) -> None:
    assert [code for code in CODES[kind] if f"{kind}.{str(code).lower()}" not in TEXTS] == []


def test_every_field_group_and_input_has_a_name() -> None:
    keys = [*(field.key for field in FIELDS), *GROUPS, *groups.GROUPS]
    assert [key for key in keys if f"field.{key}" not in TEXTS] == []
    values = [value for group in groups.GROUPS.values() for value in group.values]
    assert [value.name for value in values if f"input.{value.name}" not in TEXTS] == []


def test_days_and_amounts_as_people_write_them() -> None:
    assert (day("1990-05-07", "it"), day("1990-05-07", "en")) == ("07/05/1990", "7 May 1990")
    assert (money("4210.55", "it"), money("4210.55", "en")) == ("4.210,55", "4,210.55")
    isee = groups.Value("iseeValue", "economic.isee_value", "money")
    assert [isee.shown("4210.55", language) for language in ("it", "en")] == ["4.210,55 €", "€ 4,210.55"]
    assert instant("2026-07-01T10:05:00+00:00", "it") == "01/07/2026, 12:05"
    begun = "2026-07-01T21:58:00+00:00"
    for ended, told in (
        ("2026-07-01T21:58:59+00:00", "01/07/2026, 23:58"),
        ("2026-07-01T21:59:00+00:00", "01/07/2026, 23:58–23:59"),
        ("2026-07-01T22:00:00+00:00", "01/07/2026, 23:58 – 02/07/2026, 00:00"),
    ):
        assert period(begun, ended, "it") == told
    assert day("2026-06-30T22:05:00+00:00", "it") == "01/07/2026"
