import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gem.errors import DataError
from gem.grading.math import MathVerdict, exact


@pytest.mark.parametrize(
    ("answer", "gold"),
    [
        ("42", "42"),
        ("42", 42),
        ("042", "42"),
        (r"\boxed{42}", "$42$"),
        ("-0", "0"),
        ("1,234", "1234"),
        (r"1,\!234", 1234),
        ("1{,}234", "1234"),
        ("0.5", r"\frac{1}{2}"),
        ("1/2", r"\dfrac{1}{2}"),
        ("2/4", r"\frac12"),
        (r"\tfrac{6}{3}", 2),
        (".25", "0.250"),
        (r"-\frac{3}{4}", "-3/4"),
        (r"\frac{-3}{4}", "-0.75"),
        ("3", ["2", "3"]),
        ("x+1", "x+1"),
        (r"\frac{x}{2}", r"\dfrac{x}{2}"),
        ("Monday", "Monday"),
        ((0.1).__repr__(), 0.1),
    ],
)
def test_equal_texts_and_numbers_are_correct(answer, gold):
    assert exact(answer, gold) == MathVerdict("correct", "exact")


@pytest.mark.parametrize(
    ("answer", "gold"),
    [
        ("41", "42"),
        ("-42", 42),
        ("0.51", "1/2"),
        ("1/3", "0.33"),
        (r"\frac{1}{2}", "2"),
        ("5", ["2", "3"]),
        ("1,235", 1234),
    ],
)
def test_different_numbers_are_wrong(answer, gold):
    assert exact(answer, gold) == MathVerdict("wrong", "exact")


@pytest.mark.parametrize(
    ("answer", "gold"),
    [
        ("x", "y"),
        ("50%", "0.5"),
        (r"5\text{ cm}", "5"),
        ("x=5", "5"),
        (r"1\frac{1}{2}", "1.5"),
        ("0.3333333", "1/3"),
        ("1/0", "3"),
        (r"\frac{1}{0}", "3"),
        ("2^3", "8"),
        (r"\sqrt{4}", "2"),
        ("٣", "3"),
        ("1,23", "123"),
        ("1 000", "1000"),
        ("5", ["x", "3"]),
        ("1234567890.1234567", "1234567890.1234566"),
        ("NaN", "3"),
        ("--3", "3"),
        ("...", "... "),
    ],
)
def test_what_takes_algebra_or_judgement_is_left_open(answer, gold):
    assert exact(answer, gold) is None


@pytest.mark.parametrize("answer", ["", "  ", r"\boxed{}", None])
def test_no_answer_is_unparsable(answer):
    assert exact(answer, "3") == MathVerdict("unparsable", "exact")


def test_a_problem_without_a_gold_is_an_error():
    with pytest.raises(DataError, match="None"):
        exact("3", None)


@given(st.text())
def test_any_text_is_taken_and_equals_itself_or_is_left_open(text):
    assert exact(text, "3") in {None, MathVerdict("correct"), MathVerdict("wrong"), MathVerdict("unparsable")}
    if text.strip().isalnum() and text.isascii():
        assert exact(text, text) == MathVerdict("correct")


@given(st.integers(), st.integers(min_value=1))
def test_a_fraction_equals_itself_however_it_is_written(over, under):
    verdict = exact(f"{over}/{under}", f"\\frac{{{over}}}{{{under}}}")
    assert verdict in {None, MathVerdict("correct")}
    assert verdict is not None or len(str(over)) + len(str(under)) > 30


def test_the_exact_comparison_needs_no_extra():
    code = (
        "import sys; sys.modules['math_verify'] = None; sys.modules['sympy'] = None\n"
        "from gem.grading.math import exact; assert exact('1/2', 0.5).correct"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
