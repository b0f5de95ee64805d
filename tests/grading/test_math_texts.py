from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from gem.errors import DataError
from gem.grading.math.texts import MAX_CHARS, MAX_DIGITS, MAX_NESTING, bare, golds_of, is_too_much, without_styling


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
