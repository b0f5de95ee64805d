"""Numbers and dates as people write them: read where they can mean one thing only."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gem.grading.quantities import Date, date_in, number_in


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0), ("-7", -7), ("+7", 7), ("1,234,567.50", Fraction("1234567.5")), ("£3", 3), ("-$3", -3), ("$-3", -3),
        ("12%", 12), ("ninety-nine", 99), ("Twelve.", 12), ("three thousand", 3000), ("1.5 billion", 1_500_000_000),
        ("(42)", 42), ("'42'", 42), ("'42'.", 42), ("₹5", 5), (".25", Fraction(1, 4)), ("0.10", Fraction(1, 10)),
    ],
)  # fmt: skip
def test_a_number_is_read(text, number):
    assert number_in(text) == number


@pytest.mark.parametrize(
    "text",
    ["", ".", "-", "$", "%", "007", "1,00", "1,0000", "1.2.3", "1e5", "12 monkeys", "million", "a million", "٣", "½",
     "twenty-zero", "one two", "1 2", "0x10", "nan", "inf", "9" * 200, "--3", "3-4"],
)  # fmt: skip
def test_what_is_no_number_is_none(text):
    assert number_in(text) is None


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("3 May 1990", Date(1990, 5, 3)), ("the 3rd of may, 1990", Date(1990, 5, 3)),
        ("Dec. 31 1999", Date(1999, 12, 31)), ("Sept. 1990", Date(1990, 9, None)), ("sep 1990", Date(1990, 9, None)),
        ("1990-5-3", Date(1990, 5, 3)), ("+1990-05-03T00:00:00Z", Date(1990, 5, 3)), ("1990.05.03", Date(1990, 5, 3)),
        ("Monday May 3, 1990.", Date(1990, 5, 3)), ("june 2001", Date(2001, 6, None)), ("June 1", Date(None, 6, 1)),
        ("22nd June", Date(None, 6, 22)),
    ],
)  # fmt: skip
def test_a_date_is_read(text, date):
    assert date_in(text) == date


@pytest.mark.parametrize(
    "text",
    ["", "May", "1990", "03/05/1990", "32 May 1990", "1990-13-01", "1990-00-01", "0 May", "maybe 3", "3 Mayor 1990",
     "May 3 to May 5", "between 3 May 1990", "1990-05-03T12:30:00", "May 3 19900"],
)  # fmt: skip
def test_what_is_no_date_is_none(text):
    assert date_in(text) is None


@given(st.integers(-(10**12), 10**12))
def test_a_number_is_read_with_and_without_separators(number):
    assert number_in(str(number)) == number_in(f"{number:,}") == number


@given(st.dates())
def test_a_date_is_read_in_every_order(day):
    month = day.strftime("%B")
    texts = [f"{day.day} {month} {day.year:04}", f"{month} {day.day}, {day.year:04}", day.isoformat()]
    assert {date_in(text) for text in texts} == {Date(day.year, day.month, day.day)}


@given(st.text())
def test_any_text_is_looked_at(text):
    number_in(text)
    date_in(text)
