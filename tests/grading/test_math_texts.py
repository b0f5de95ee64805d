from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from gem.errors import DataError
from gem.grading.math.texts import (
    MAX_CHARS,
    MAX_DIGITS,
    MAX_GOLD_DIGITS,
    MAX_NESTING,
    bare,
    golds_of,
    is_too_much,
    tidied,
    without_styling,
)


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("42", "42"),
        ("  42\n", "42"),
        (r"\boxed{42}", "42"),
        (r"first \boxed{1}, then \boxed{\frac{1}{2}}.", r"\frac{1}{2}"),
        ("$42$", "42"),
        ("$$ 42 $$", "42"),
        (r"\(42\)", "42"),
        (r"\[42\]", "42"),
        (r"\boxed{$42$}", "42"),
        ("$3$ and $4$", "$3$ and $4$"),
        ("$$", "$$"),
        (r"\$5", r"\$5"),
        ("", ""),
    ],
)
def test_the_bare_text_is_what_stands_in_box_and_dollars(text, inside):
    assert bare(text) == inside


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (r"\text{Monday}", "Monday"),
        (r"\mathrm{ A }", "A"),
        (r"\text{}", r"\text{}"),
        (r"5\text{ cm}", r"5\text{ cm}"),
        (r"\text{a}\text{b}", r"\text{a}\text{b}"),
    ],
)
def test_words_lose_their_styling_where_all_is_styled(text, words):
    assert without_styling(text) == words


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("5.", "5"),
        ("5\\", "5"),
        (r"\text{Monday}.", r"\text{Monday}"),
        (r"1\,000", "1000"),
        (r"-1\;234\;567.5", "-1234567.5"),
        (r"(1{,}000, 2)", "(1000, 2)"),
        (r"0.\overline{3}", r"\frac{3}{9}"),
        (r"-1.2\overline{34}", r"-\frac{1222}{990}"),
        (r".\bar{3}", r"\frac{3}{9}"),
        ("1e3", r"1 \cdot 10^{3}"),
        ("-2.5E-2", r"-2.5 \cdot 10^{-2}"),
    ],
)
def test_what_readers_take_amiss_is_written_as_they_know_it(text, known):
    assert tidied(text) == known


@pytest.mark.parametrize(
    "text", ["", ".", "...", "x+1", "1,234", r"1\,00", r"1\,0000", r"0.5\,000", r"2\\", "2e", "e3"]
)
def test_what_readers_know_stays_as_it_is(text):
    assert tidied(text) == text


@pytest.mark.parametrize(
    ("gold", "texts"),
    [
        ("42", ("42",)),
        (42, ("42",)),
        (-7, ("-7",)),
        (np.int64(7), ("7",)),
        (True, ("True",)),
        (0.1, ("0.1",)),
        (1e-7, ("0.0000001",)),
        (1e20, ("100000000000000000000",)),
        (np.float32(0.5), ("0.5",)),
        (float("-inf"), (r"-\infty",)),
        (Decimal("1E+3"), ("1000",)),
        (Fraction(-1, 3), (r"\frac{-1}{3}",)),
        (["1", 2, ["3"]], ("1", "2", "3")),
        (("1", "$1$"), ("1",)),
        (np.array(["a", "b"]), ("a", "b")),
        (np.array(3), ("3",)),
        (r"The sum is \boxed{3}.", ("3",)),
    ],
)
def test_a_gold_is_a_text_a_number_or_a_list_of_these(gold, texts):
    assert golds_of(gold) == texts


@pytest.mark.parametrize(
    "gold", [None, "", "  ", r"\boxed{}", [], [None], ["3", ""], float("nan"), Decimal("nan"), {}, b"3"]
)
def test_a_gold_that_nothing_can_equal_is_named(gold):
    with pytest.raises(DataError, match="the gold answer is"):
        golds_of(gold)


def test_a_gold_that_is_far_too_much_is_named():
    endless = []
    endless.append(endless)
    most = 10**MAX_GOLD_DIGITS
    too_much = (endless, Decimal("sNaN"), 10**5000, most, Fraction(1, most), Decimal(most), Decimal("1E+999999"))
    for gold in too_much:
        with pytest.raises(DataError, match="the gold answer is"):
            golds_of(gold)
    assert golds_of(1 - most) == (str(1 - most),)


@pytest.mark.parametrize(
    "answer",
    [
        "1" * (MAX_DIGITS + 1),
        "x" * (MAX_CHARS + 1),
        "(" * (MAX_NESTING + 1),
        "{[(" * MAX_NESTING,
        "[)" * 0 + "(" * 40 + ")" * 40,
    ],
)
def test_there_is_a_cap_on_length_digits_and_nesting(answer):
    assert is_too_much(answer)


@pytest.mark.parametrize("answer", ["", "1" * MAX_DIGITS, "x" * MAX_CHARS, "(" * MAX_NESTING, "()" * 500, ")" * 500])
def test_what_is_within_the_caps_is_read(answer):
    assert not is_too_much(answer)
