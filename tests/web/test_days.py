"""Days, years and amounts as people write them: what is read, what is asked, and what is not guessed."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.clock import today
from web.days import NoSuchDay, WhichAmount, WhichCentury, day_problem, read_day, read_money, read_year

THIS_YEAR = today().year % 100


@pytest.mark.parametrize(
    "text",
    [
        *(
            "1/2/1980",
            "01.02.1980",
            "1 2 1980",
            "01-02-1980",
            "1980-02-01",
            "01021980",
            "1 febbraio 1980",
            "1 feb. 1980",
        ),
        *("1° FEBBRAIO 1980", "1st February 1980", "February 1, 1980", "1/2/80", "010280", "1.2.80", "1 febbraio '80"),
    ],
)
def test_a_birth_is_read_as_people_write_it(text: str) -> None:
    assert read_day(text, born=True) == "1980-02-01"


@pytest.mark.parametrize("year", range(100))
def test_no_century_is_guessed(year: int) -> None:
    text = f"1/2/{year:02d}"
    with pytest.raises(WhichCentury) as asked:
        read_day(text)
    assert (asked.value.first, asked.value.second) == (1900 + year, 2000 + year)
    if year <= THIS_YEAR:
        with pytest.raises(WhichCentury):
            read_day(text, born=True)
        with pytest.raises(WhichCentury):
            read_year(f"{year:02d}")
    else:
        assert read_day(text, born=True) == f"{1900 + year}-02-01"
        assert read_year(f"{year:02d}") == 1900 + year


@pytest.mark.parametrize(
    "text", ["", "31/2/1990", "7/5", "yesterday", "1990-13-01", "1/2/19900", "1_2_1980", "١/٢/١٩٨٠", "90", "1 m 1980"]
)
def test_what_is_no_day_is_not_guessed(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the sentence is chosen by the caller
        read_day(text, born=True)


def test_of_a_day_that_is_in_neither_century_nothing_is_asked() -> None:
    with pytest.raises(NoSuchDay):
        read_day("31/2/10")


@pytest.mark.parametrize("text", ["1_977", "１９７７", "19777", "-1977", "1977.0", "+1977", "MCM"])
def test_what_is_no_year_is_not_guessed(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the sentence is chosen by the caller
        read_year(text)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("4.210,55", "4210.55"),
        ("4210.55", "4210.55"),
        ("€ 4.210", "4210"),
        ("4,210.55", "4210.55"),
        ("1.234.567", "1234567"),
        ("1,234,567.8", "1234567.8"),
        ("12,5", "12.5"),
        ("12", "12"),
    ],
)
def test_amounts_are_read_as_people_write_them(text: str, amount: str) -> None:
    assert read_money(text) == amount


@pytest.mark.parametrize(
    "text", ["4_210", "１２", "1e3", "NaN", "Infinity", "", "--1", "4.210,5,5", "4,21.5", "1.23,4", "1234.567"]
)
def test_what_is_no_amount_is_not_guessed(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the sentence is chosen by the caller
        read_money(text)


def test_an_amount_that_two_readers_read_differently_is_asked() -> None:
    with pytest.raises(WhichAmount) as asked:
        read_money("€ 6,120")
    assert day_problem(asked.value, "it").endswith("Scrivi 6120 oppure 6,12.")


@given(st.dates(min_value=date(1900, 1, 1)))
def test_every_day_is_read_again_as_it_is_shown(day: date) -> None:
    for text in (f"{day:%d/%m/%Y}", f"{day.day}.{day.month}.{day:%Y}", f"{day:%d%m%Y}", day.isoformat()):
        assert read_day(text) == day.isoformat()


@given(st.text(max_size=20))
def test_anything_is_a_day_or_told(text: str) -> None:
    for reader in (read_day, read_year, read_money):
        try:
            reader(text)
        except ValueError:
            continue
