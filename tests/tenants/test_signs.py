"""Texts as people see them: what is not seen is taken out, and what is counted is signs."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from infra.errors import ProblemCode
from tenants import models
from tenants.cases.groups import GROUPS
from tenants.cases.identity_codes import identity_code
from tenants.checks import Text, Wrong, line, lines, personal_name

ANYTHING = st.text(max_size=60) | st.text(
    alphabet="aé̀ \n\u200b\u200c\u200d\u00ad\ufeff\u202e\u2066👩👧🏴ी‌كन्", max_size=30
)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Ni\u200bco\u00adlo\u0300\ufeff", "Nicolò"),
        ("\u202eanimA\u202c", "animA"),
        ("e\u034f\u0301", "é"),
        ("\u3164Anna\u2060", "Anna"),
        ("\ufeff \u200b", None),
        ("علی\u200cرضا", "علیرضا"),
    ],
)
def test_what_is_not_seen_is_no_part_of_a_name(typed: str, kept: str | None) -> None:
    assert personal_name(100)(typed) == kept


@pytest.mark.parametrize(
    "text", ["👩‍👧 ospite", "علی\u200cرضا", "❤️", "1️⃣", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "क्\u200dष", "riga\n\triga", "👩🏽‍🤝‍👩🏻"]
)
def test_what_changes_how_other_signs_look_stays_in_a_text(text: str) -> None:
    assert lines(100)(text) == text


@pytest.mark.parametrize("sign", ["a", "e\u0301", "x\u0323\u0301", "👩‍👧"])
def test_a_sign_is_what_people_count(sign: str) -> None:
    check = Text(100)
    assert check(sign * 100) == unicodedata.normalize("NFC", sign * 100)
    with pytest.raises(Wrong) as wrong:
        check(sign * 101)
    assert (wrong.value.code, wrong.value.text, wrong.value.values) == (ProblemCode.TOO_LONG, "", {"most": 100})


def test_marks_without_end_are_refused_in_words_of_their_own() -> None:
    with pytest.raises(Wrong) as wrong:
        line(10)("a" + "\u0323" * 200)
    assert wrong.value.text == "problem.too_many_marks"


def test_seven_given_names_are_kept_whole() -> None:
    seven = "Maria Anna Giuseppina Wilhelmina Aleksandra Esperança Ngọc"
    assert personal_name(100)(seven) == seven


def test_every_column_has_room_for_what_its_check_lets_through() -> None:
    columns = {
        model._meta.db_table: model._meta.fields_map for model in vars(models).values() if hasattr(model, "_meta")
    }
    sizes = {
        entry.name: (entry.check.code_points, columns[entry.table][entry.columns[0]].max_length)
        for entries in GROUPS.values()
        for entry in entries
        if isinstance(entry.check, Text) and entry.table != "case_health"
    }
    assert len(sizes) > 10
    assert [name for name, (needed, room) in sizes.items() if room < needed] == []


@given(ANYTHING)
@example("\u0300\u094d\u200c")
def test_what_is_kept_is_kept_as_it_is(text: str) -> None:
    for check in (line(60), lines(60), personal_name(60)):
        try:
            kept = check(text)
        except Wrong:
            continue
        assert kept is None or check(kept) == kept
        if check == personal_name(60):
            assert not any(
                unicodedata.category(sign) == "Cf" for sign in kept or "" if not "\u0600" <= sign <= "\u08e2"
            )


@given(ANYTHING | st.from_regex(r"[A-Z0-9 .\-]{11,20}", fullmatch=True))
def test_a_code_is_kept_in_one_form_or_told(text: str) -> None:
    try:
        found = identity_code(text)
    except Wrong:
        return
    assert found is None or identity_code(found[0]) == found
