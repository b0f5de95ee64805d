"""gem.parsing: never raises, linear in time, and reads what a reader would."""

import re
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gem import parsing
from gem.checking import LONG_JUNK

FUNCTIONS = [
    parsing.boxed_answers, parsing.extract_last_boxed_answer, parsing.last_boxed_only_string, parsing.remove_boxed,
    parsing.last_box, parsing.move_words, parsing.extract_code_from_model, parsing.extract_last_tagged_answer,
]  # fmt: skip
PIECES = [
    "\\boxed",
    "{",
    "}",
    "\\{",
    "\\",
    "1",
    " ",
    "up",
    "```",
    "python",
    "\n",
    "<answer>",
    "</answer>",
    "\0",
    "\ud800",
]
NASTY = st.lists(st.sampled_from(PIECES) | st.text(st.characters(codec=None), max_size=3), max_size=20).map("".join)
MB = 1_000_000
MORE_LONG_JUNK = {
    "boxes with long gaps": ("\\boxed" + " " * 1000) * (MB // 1000),
    "a fence of letters and spaces": "```" + "a" * (MB // 2) + " " * (MB // 2),
    "fences that open": "```a\n" * (MB // 5),
    "answers that close": "</answer>" * (MB // 9),
    "latex": "\\text{" * (MB // 6) + "}" * (MB // 6),
    "escaped braces": "\\{" * (MB // 2),
    "a box around braces": "\\boxed{" + "{}" * (MB // 2) + "}",
}


@pytest.mark.parametrize("read", FUNCTIONS)
@given(text=NASTY)
def test_any_text_is_read_without_raising(read, text):
    read(text)


@pytest.mark.slow
@pytest.mark.parametrize("name", [*LONG_JUNK, *MORE_LONG_JUNK])
def test_a_megabyte_is_read_in_linear_time(name):
    text = {**LONG_JUNK, **MORE_LONG_JUNK}[name]
    for read in FUNCTIONS:
        begun = time.process_time()
        read(text)
        assert time.process_time() - begun < 5, read.__name__  # about 0.3 s; the quadratic ones took hours


def balanced(text):
    depth = 0
    for brace in re.findall(r"\\\\(?=[{}])|\\[{}]|[{}]", text):
        depth += {"{": 1, "}": -1}.get(brace, 0)
        if depth < 0:
            return False
    return depth == 0 and not text.endswith("\\")


@given(NASTY, st.text("ab1+{}\\ ", max_size=8).filter(balanced))
@example("", "\\frac{1}{2}")
@example("\\boxed{no}{{ ", "x")
def test_the_last_balanced_box_is_the_answer(before, inner):
    assert parsing.extract_last_boxed_answer(f"{before}\\boxed{{{inner}}}") == inner


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("\\boxed{5}", "5"),
        ("\\boxed {5}", "5"),
        ("\\boxed{\\text{up}} then \\boxed{", "\\text{up}"),
        ("\\boxed{a\\}b}", "a\\}b"),
        ("\\boxed{a\\\\}b}", "a\\\\"),
        ("\\\\boxed{5}", "5"),
        ("\\boxed{1} \\boxed{\\boxed{2}}", "2"),
        ("\\boxed5", None),
        ("{5}", None),
        ("", None),
    ],
)
def test_boxed_answers_as_models_write_them(text, answer):
    assert parsing.extract_last_boxed_answer(text) == answer


def test_boxes_are_listed_in_the_order_in_which_they_open():
    assert parsing.boxed_answers("\\boxed{a \\boxed{b}} \\boxed{c}") == ["a \\boxed{b}", "b", "c"]
    assert parsing.boxed_answers("\\boxed{abc} \\boxed{d}", longest=2) == ["d"]


@given(NASTY)
def test_a_box_can_be_taken_off_again(text):
    boxed = parsing.last_boxed_only_string(text)
    assert parsing.remove_boxed(boxed) == parsing.extract_last_boxed_answer(text)


def test_what_is_not_boxed_has_no_box_to_remove():
    assert parsing.remove_boxed(None) is None
    assert parsing.remove_boxed("5") is None
    assert parsing.remove_boxed(" \\boxed{5}\n") == "5"


def test_a_box_too_long_for_a_move_is_not_kept_in_memory():
    assert parsing.last_box(f"\\boxed{{{'1' * 300}}}") == ""
    assert parsing.last_box("\\boxed{1 2}") == "1 2"


@given(NASTY)
def test_move_words_are_plain(text):
    for word in parsing.move_words(text):
        assert re.fullmatch(r"[a-z]+|[+-]?\d+", word)


@pytest.mark.parametrize(
    "answer", ["reveal 2 3", "Reveal  2, 3", "\\text{REVEAL} (2,3)", "reveal[2][3]", "reveal: 2; 3."]
)
def test_spacing_capitals_and_styling_of_a_move_do_not_matter(answer):
    assert parsing.move_words(answer) == ["reveal", "2", "3"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("```python\nx = 1\n```", "x = 1"),
        ("``` python \n x\n``` and ```c++\ny\n```", "y"),
        ("```\nplain\n```", "plain"),
        ("```python x = 1```", None),
        ("```python\nnever closed", None),
    ],
)
def test_the_last_fence_is_the_code(text, code):
    assert parsing.extract_code_from_model(text) == code


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("<answer> a </answer><answer>b</answer>", "b"),
        ("<answer>a</answer> <answer>open", "a"),
        ("</answer><answer>", None),
        ("<answer><answer>a</answer>", "a"),
    ],
)
def test_the_last_tag_is_the_answer(text, answer):
    assert parsing.extract_last_tagged_answer(text) == answer


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("1-2-3-4", ["1", "2", "3", "4"]),
        ("reveal 2-3", ["reveal", "2", "3"]),
        ("5 -3", ["5", "-3"]),
        ("-5", ["-5"]),
        (r"\textbf{\text{5}}", ["5"]),
        (r"A \quad C", ["a", "c"]),
        (r"A \rightarrow C", ["a", "c"]),
        (r"\frac{1}{2}", ["frac", "1", "2"]),
        ("UP", ["up"]),
        ("10 2", ["10", "2"]),
        ("٣ 4", ["٣", "4"]),
    ],
)
def test_a_hyphen_between_numbers_is_no_minus_and_latex_is_looked_through(answer, words):
    assert parsing.move_words(answer) == words
