"""Telephone numbers: what is understood, and what is said of what one number cannot hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.problem_messages import PROBLEMS
from tenants.cases.telephones import telephone
from tenants.checks import Wrong
from web.telephones import telephone as shown


@pytest.mark.parametrize(
    ("typed", "kept", "read"),
    [
        ("0571 98 12 34", "+390571981234", "0571 981234"),
        ("0571\u2011981\u200b234", "+390571981234", "0571 981234"),
        ("333 1234567", "+393331234567", "333 123 4567"),
        ("333.1234567", "+393331234567", "333 123 4567"),
        ("+39 0571981234", "+390571981234", "0571 981234"),
        ("0039 333 1234567", "+393331234567", "333 123 4567"),
        ("+39 (0)571 981234", "+390571981234", "0571 981234"),
        ("00221 77 123 45 67", "+221771234567", "+221 77 123 45 67 (Senegal)"),
        ("+40 721 234 567", "+40721234567", "+40 721 234 567 (Romania)"),
        ("+33 6 12 34 56 78", "+33612345678", "+33 6 12 34 56 78 (Francia)"),
        ("tel:0571981234", "+390571981234", "0571 981234"),
        ("   ", None, ""),
    ],
)
def test_a_number_is_kept_with_the_country_that_was_meant(typed: str, kept: str | None, read: str) -> None:
    assert telephone(typed) == kept
    if kept:
        assert shown(kept, "it") == read
        assert telephone(shown(kept)) == kept, "what a form shows is read again as it was"


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("06 12 34 56 78", "phone_french"),
        ("06.12.34.56.78", "phone_french"),
        ("0571 981234 int. 12", "phone_extension"),
        ("0571 981234 interno 12", "phone_extension"),
        ("0571981234x12", "phone_extension"),
        ("333.1234567 / 0571981234", "phone_several"),
        ("3331234567 o 0571981234", "phone_several"),
        ("333 1234567, 333 7654321", "phone_several"),
        ("+393331234567 +390571981234", "phone_several"),
        ("113", "phone_of_service"),
        ("+39 113", "phone_of_service"),
        ("1515", "phone_of_service"),
        ("0000000000", "phone_nobody_has"),
        ("0571 981234567", "phone_too_long"),
        ("33312345678901234", "phone_too_long"),
        ("333 123", "phone_nobody_has"),
        ("055 CHIAMAMI", "phone_signs"),
        ("٠٥٧١٩٨١٢٣٤", "phone_signs"),
        ("+999 123456789", "phone_signs"),
    ],
)
def test_what_one_number_cannot_hold_is_said(typed: str, problem: str) -> None:
    with pytest.raises(Wrong) as wrong:
        telephone(typed)
    assert wrong.value.text == f"problem.{problem}"
    italian, english = (sentence.format(**wrong.value.values) for sentence in PROBLEMS[wrong.value.text])
    assert italian != english


def test_a_number_that_is_read_in_two_ways_is_given_in_both() -> None:
    with pytest.raises(Wrong) as wrong:
        telephone("06 12 34 56 78")
    assert [telephone(wrong.value.values[name]) for name in ("italian", "french")] == ["+390612345678", "+33612345678"]


@given(st.text(alphabet="0123456789+()/.- xint,;\u200b\u00a0", max_size=40) | st.text(max_size=70))
def test_whatever_is_kept_is_read_again_as_it_is_shown(typed: str) -> None:
    try:
        kept = telephone(typed)
    except Wrong:
        return
    if kept:
        assert telephone(kept) == kept
        assert telephone(shown(kept)) == kept
