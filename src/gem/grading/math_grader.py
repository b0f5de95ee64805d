"""The grading functions of the released GEM (`gem.utils.math_grader`) by their names, all on top of `gem.grading.math`.

Reward functions take a whole response and give what they saw of its format, and the reward. What is newer, and tells
a timeout from a wrong answer, is `gem.grading.math.grade`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from math import isclose
from typing import Any

from gem.grading.math import grade as _grade
from gem.grading.math.alarms import TimeoutException, run_with_timeout_signal, timeout
from gem.grading.math.normal_forms import mathd_normalize_answer, normalize_final_answer
from gem.grading.math.repetition import repeatness
from gem.parsing import extract_last_boxed_answer, extract_last_tagged_answer

__all__ = [
    "TimeoutException", "answer_tag_reward_fn", "answer_tag_reward_fn_for_orz", "boxed_reward_fn", "extract_answer",
    "grade", "grade_answer_mathd", "grade_answer_sympy", "is_latex_equal", "is_value_equal", "mathd_normalize_answer",
    "normalize_final_answer", "numeric_equal", "r1_distill_qwen_math_reward_fn", "repeatness",
    "run_with_timeout_signal", "symbolic_equal", "timeout",
]  # fmt: skip

Graded = tuple[dict[str, bool], float]
"""Whether the response was in the format that is asked for, and its reward."""

RELATIVE = 1e-4
"""How far apart, in proportion, `numeric_equal` takes numbers for equal."""
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")


# -- rewards for whole responses ---------------------------------------------------------------------


def boxed_reward_fn(
    model_response: str,
    gt_answer: Any,
    fast: bool = False,
    correct_reward: float = 1.0,
    incorrect_reward: float = 0.0,
) -> Graded:
    r"""For a response with its answer in a `\boxed{…}`.

    `gt_answer` is a text, a number, or a list of which one will do. `fast` is not needed any more, here and below.
    """
    return _reward(extract_last_boxed_answer, model_response, gt_answer, fast, correct_reward, incorrect_reward)


def r1_distill_qwen_math_reward_fn(
    model_response: str,
    gt_answer: Any,
    fast: bool = False,
    correct_reward: float = 1.0,
    incorrect_reward: float = 0.0,
) -> Graded:
    """The same for a response that thinks first: only what comes after its one `</think>` counts."""
    return _reward(_boxed_after_thought, model_response, gt_answer, fast, correct_reward, incorrect_reward)


def answer_tag_reward_fn(
    model_response: str,
    gt_answer: Any,
    fast: bool = False,
    correct_reward: float = 1.0,
    incorrect_reward: float = 0.0,
) -> Graded:
    r"""For a response that ends its thought and answers: `</think> <answer>…</answer>`, in a box there or not."""
    return _reward(_tagged_after_thought, model_response, gt_answer, fast, correct_reward, incorrect_reward)


def answer_tag_reward_fn_for_orz(
    model_response: str,
    gt_answer: Any,
    fast: bool = False,
    correct_reward: float = 1.0,
    incorrect_reward: float = 0.0,
) -> Graded:
    r"""The same with the tags alone, as the models of Open-Reasoner-Zero write them."""
    return _reward(extract_last_tagged_answer, model_response, gt_answer, fast, correct_reward, incorrect_reward)


def _reward(
    find: Callable[[str], str | None], response: str, gold: Any, fast: bool, correct: float, incorrect: float
) -> Graded:
    del fast
    answer = find(response)
    if answer is None:
        return {"formatted": False}, incorrect
    return {"formatted": True}, correct if _grade(answer, gold).correct else incorrect


def _boxed_after_thought(response: str) -> str | None:
    before, *after = response.split("</think>")
    del before
    return extract_last_boxed_answer(after[0]) if len(after) == 1 else None


def _tagged_after_thought(response: str) -> str | None:
    return extract_last_tagged_answer(response) if "</think> <answer>" in response else None


# -- comparing answers -------------------------------------------------------------------------------


def grade(model_answer: str, gt_answer: Any, fast: bool = True) -> bool:
    """Whether an answer is right."""
    del fast
    if isinstance(gt_answer, str) and grade_answer_mathd(model_answer, gt_answer):
        return True
    return _grade(model_answer, gt_answer).correct


def grade_answer_mathd(given_answer: str, ground_truth: str) -> bool:
    """Whether two answers have the same normal form of the MATH data set; no algebra."""
    return mathd_normalize_answer(given_answer) == mathd_normalize_answer(ground_truth)


def grade_answer_sympy(given_answer: str, ground_truth: str) -> bool:
    """Whether two answers are the same to an algebra system."""
    return _grade(given_answer, ground_truth).correct


def is_latex_equal(given_answer: str, ground_truth: str) -> bool:
    """Whether two pieces of LaTeX mean the same."""
    return _grade(given_answer, ground_truth).correct


def is_value_equal(given_answer: str, ground_truth: str) -> bool:
    """Whether two answers are the same, or numbers that `numeric_equal` takes for equal."""
    ours, theirs = _value(given_answer), _value(ground_truth)
    if ours is not None and theirs is not None and numeric_equal(ours, theirs):
        return True
    return _grade(given_answer, ground_truth).correct


def symbolic_equal(a: str, b: str) -> bool:
    """Whether two expressions are equal, whichever of the two is known to be right."""
    return _grade(a, b).correct or _grade(b, a).correct


def numeric_equal(prediction: float, reference: float) -> bool:
    """Whether two numbers differ by less than one in ten thousand."""
    return isclose(prediction, reference, rel_tol=RELATIVE)


def extract_answer(passage: str) -> str | None:
    r"""The content of the last `\boxed{…}`, or None."""
    return extract_last_boxed_answer(passage)


def _value(text: str) -> float | None:
    try:
        return float(_THOUSANDS.sub("", text.strip()))
    except ValueError:
        return None
