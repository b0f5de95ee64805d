"""Checkers: what is right passes however it is spaced, what is wrong does not, and no text makes them raise."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gem.errors import ConfigError
from gem.grading.code.checkers import CHECKERS, checker_of, plain, same_value
from gem.grading.code.room import decode, encode

PASSES = [
    ("exact", "1\n2\n", "1  \n2\n\n\n"), ("exact", "", "\n"), ("exact", "a b", "a b\r\n"),
    ("tokens", "1 2\n3", "1\n2   3"), ("tokens", "", " \n"),
    ("float", "0.3333333", "0.33333335"), ("float", "1e9", "1000000000.5"), ("float", "nan", "NaN"),
    ("float", "inf", "Infinity"), ("float", "yes 2.0", "yes 2"), ("float", "1", "1.0000001"), ("float", "07", "7"),
    ("float_lines", "1.0 2\n3", "1 2.0\n3.0"), ("unordered", "a b\nc", "c\na  b\n"),
]  # fmt: skip
FAILS = [
    ("exact", "1\n2", "1 2"), ("exact", "a b", "a  b"), ("exact", "a", " a"), ("exact", "a\n\nb", "a\nb"),
    ("tokens", "12", "1 2"), ("tokens", "1", ""), ("tokens", "a", "A"), ("tokens", "1.0", "1"),
    ("float", "0.333", "0.334"), ("float", "yes", "no"), ("float", "nan", "1"), ("float", "1", "nan"),
    ("float", "inf", "-inf"), ("float", "inf", "1e308"), ("float", "1e308", "inf"), ("float", "1", "1 1"),
    ("float", "1000000007", "1000000008"), ("float", "10", "1_0"), ("float", "3", "٣"),
    ("float_lines", "1 2", "1\n2"), ("unordered", "a\na", "a"), ("unordered", "a b", "b a"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "expected", "actual"), PASSES)
def test_right_outputs_pass(name, expected, actual):
    assert CHECKERS[name](None, expected, actual) is True


@pytest.mark.parametrize(("name", "expected", "actual"), FAILS)
def test_wrong_outputs_fail(name, expected, actual):
    assert CHECKERS[name](None, expected, actual) is False


@pytest.mark.parametrize("name", CHECKERS)
@given(text=st.text(), other=st.text())
def test_any_text_is_judged_and_every_text_is_like_itself(name, text, other):
    assert CHECKERS[name](None, text, text) is True
    assert CHECKERS[name](None, text, other) in (True, False)


@pytest.mark.parametrize("name", CHECKERS)
@pytest.mark.parametrize(
    "text", ["9" * 10**6, "1e" + "9" * 10**6, "\ud800 nan", "\x00", "1" * 299 + "e999", "-" * 10**6]
)
def test_absurd_numbers_are_judged(name, text):
    assert CHECKERS[name](None, "1.5", text) is False


@given(number=st.floats(-1e300, 1e300), share=st.floats(-9e-7, 9e-7))
def test_numbers_within_the_tolerance_are_equal(number, share):
    assert CHECKERS["float"](None, repr(number), repr(number * (1 + share)))


@given(numbers=st.lists(st.floats(allow_nan=False), min_size=1), wrong=st.integers(0))
def test_one_number_off_is_wrong(numbers, wrong):
    at = wrong % len(numbers)
    other = [*numbers[:at], 7.0 if abs(numbers[at]) > 100 else 1e6, *numbers[at + 1 :]]
    assert not CHECKERS["float"](None, " ".join(map(repr, numbers)), " ".join(map(repr, other)))


def test_a_checker_is_found_by_name_or_taken_as_it_is():
    assert checker_of(len) is len
    with pytest.raises(ConfigError, match="Did you mean 'tokens'"):
        checker_of("token")


# -- values ----------------------------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary()
    | st.complex_numbers(allow_nan=False),
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text() | st.integers(), inner)
    | st.sets(st.integers()) | st.frozensets(st.text()),
)  # fmt: skip


@settings(max_examples=8)
@given(value=JSON)
def test_a_json_value_is_like_itself(value):
    assert same_value(value, encode(value))
    assert plain(encode(value)) == value


@settings(max_examples=8)
@given(value=VALUES)
def test_what_is_encoded_comes_back(value):
    back = decode(encode(value))
    assert back == value
    assert type(back) is type(value)


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        ([1, 2], (1, 2)), ([[1, "a"]], [(1, "a")]), ([3, 1, 2], {1, 2, 3}), (2, 2.0), (2.0, 2), (0.1 + 0.2, 0.3),
        ({"1": [1]}, {1: (1,)}), (math.inf, math.inf), (math.nan, math.nan), (2**70, 2**70),
        ([1, 4], map(abs, [-1, 4])), ([0, 1], range(2)), (None, None),
    ],
)  # fmt: skip
def test_values_that_say_the_same_are_equal(expected, actual):
    assert same_value(expected, encode(actual))


class AlwaysEqual:
    def __eq__(self, other):
        return True

    __hash__ = None


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        (1, True), (True, 1), (0, False), (None, False), (0, None), ([], None), ("1", 1), (1, "1"), ([1, 2], [2, 1]),
        ([1], [1, 1]), ({"a": 1}, {"a": 1, "b": 2}), (1, AlwaysEqual()), ([1], [AlwaysEqual()]), ("a", b"a"),
        (2**70, 2**70 + 1), (1.5, 10**400), ([1, 1, 2], {1, 2}), (1, [1]), (0.0, 2**2000), (1 + 2j, 1),
    ],
)  # fmt: skip
def test_values_that_differ_do_not_pass(expected, actual):
    assert not same_value(expected, encode(actual))


@pytest.mark.parametrize(
    "tree", [{}, {"a": 1, "b": 2}, {"int": "x"}, {"int": 3}, {"dict": 5}, {"dict": [[1]]}, {"tuple": None}]
)
def test_forged_values_are_just_wrong(tree):
    assert not same_value(1, tree)
    assert not same_value([1], [tree])


def test_a_value_as_deep_as_one_likes_is_just_wrong():
    tree = 1
    for _ in range(100_000):
        tree = [tree]
    assert not same_value([1], tree)
