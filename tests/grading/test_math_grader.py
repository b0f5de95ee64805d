import signal
import threading
import time
from itertools import count
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gem.grading import math_grader
from gem.grading.math import alarms, close_shared
from gem.grading.math.repetition import repeated_share

BOXED, BARE = r"So \boxed{\frac{1}{2}}.", "So 1/2."
FUNCTIONS = {
    math_grader.boxed_reward_fn: BOXED,
    math_grader.r1_distill_qwen_math_reward_fn: f"hm</think>{BOXED}",
    math_grader.answer_tag_reward_fn: "hm</think> <answer>1/2</answer>",
    math_grader.answer_tag_reward_fn_for_orz: f"<answer>{BOXED}</answer>",
}


@pytest.fixture(scope="module", autouse=True)
def graders_of_this_module():
    yield
    close_shared()


@pytest.mark.parametrize(("function", "response"), FUNCTIONS.items(), ids=lambda value: getattr(value, "__name__", ""))
def test_a_reward_function_pays_for_the_right_answer_in_its_format(function, response):
    assert function(response, "0.5") == ({"formatted": True}, 1.0)
    assert function(response, ["7", 0.5], correct_reward=2.0) == ({"formatted": True}, 2.0)
    assert function(response, 3, incorrect_reward=-1.0) == ({"formatted": True}, -1.0)
    assert function(BARE, "0.5", incorrect_reward=-0.5) == ({"formatted": False}, -0.5)


def test_what_comes_before_the_end_of_thought_does_not_count():
    assert math_grader.r1_distill_qwen_math_reward_fn(r"\boxed{3}</think> 3", 3) == ({"formatted": False}, 0.0)
    assert math_grader.r1_distill_qwen_math_reward_fn(BOXED, 0.5) == ({"formatted": False}, 0.0)
    assert math_grader.r1_distill_qwen_math_reward_fn(f"</think></think>{BOXED}", 0.5) == ({"formatted": False}, 0.0)
    assert math_grader.answer_tag_reward_fn("<answer>1/2</answer>", 0.5) == ({"formatted": False}, 0.0)


@given(st.text(alphabet="<answer>/\\boxed{}12 think", max_size=60))
def test_no_response_makes_a_reward_function_raise(response):
    for function in FUNCTIONS:
        assert function(response, "0.5")[1] in (0.0, 1.0)


@pytest.mark.parametrize(
    ("answer", "normal"),
    [
        (r"x = \dfrac12 \text{ inches}", r"\frac{1}{2}"),
        (r"\text{east}", "east"),
        ("0.5", r"\frac{1}{2}"),
        ("3/4", r"\frac{3}{4}"),
        (r"\$ 5\%", "5"),
        (r"\left( 3, \frac{\pi}{2} \right)", r"(3,\frac{\pi}{2})"),
        (r"\sqrt3", r"\sqrt{3}"),
        (".5", r"\frac{1}{2}"),
        (r"90^\circ", "90"),
        (None, None),
        ("", ""),
        ("a+b=c", "a+b=c"),
    ],
)
def test_the_normal_form_of_math(answer, normal):
    assert math_grader.mathd_normalize_answer(answer) == normal


@pytest.mark.parametrize(
    ("answer", "normal"),
    [
        ("x = 5", "5"),
        (r"$1{,}000 \text{ dollars}$", "1000"),
        (r"\frac12", r"\frac{1}{2}"),
        (r"\text{Bob}", "Bob"),
        ("1,234", "1234"),
        ("1,2,x", "1,2,x"),
        (r"\boxed{7}", "7"),
        (r"\sqrt2", r"\sqrt{2}"),
        (r"30^\circ", "30"),
        ("", ""),
    ],
)
def test_the_normal_form_of_minerva(answer, normal):
    assert math_grader.normalize_final_answer(answer) == normal


@given(st.text())
def test_every_text_has_its_normal_forms(text):
    math_grader.mathd_normalize_answer(text)
    math_grader.normalize_final_answer(text)


def test_values_are_compared_with_a_tolerance():
    assert math_grader.numeric_equal(3.14159, 3.1416)
    assert not math_grader.numeric_equal(3.14, 3.1416)
    assert math_grader.is_value_equal("3.14159", "3.1416")
    assert math_grader.is_value_equal("1,000", "1000.01")
    assert not math_grader.is_value_equal("3", "4")
    assert math_grader.grade(r"\text{east}", "east")
    assert math_grader.grade_answer_mathd("0.5", "1/2")
    assert not math_grader.grade_answer_mathd("1", "2")
    assert math_grader.extract_answer(BOXED) == r"\frac{1}{2}"
    assert math_grader.extract_answer(BARE) is None


@pytest.mark.slow
def test_expressions_are_compared_by_algebra():
    pytest.importorskip("math_verify")
    for same in (
        math_grader.grade, math_grader.grade_answer_sympy, math_grader.is_latex_equal, math_grader.symbolic_equal,
        math_grader.is_value_equal,
    ):  # fmt: skip
        assert same(r"\sqrt{8}", r"2\sqrt{2}")
        assert not same(r"\sqrt{8}", r"\sqrt{2}")


@pytest.mark.parametrize(
    ("text", "share"), [("", 0.0), ("a", 0.0), ("abc", 0.0), ("aa", 1 / 3), ("aaaa", 0.6), ("abab", 0.3)]
)
def test_the_share_of_repeats_is_counted_exactly(text, share):
    assert repeated_share(text) == pytest.approx(share)


@given(st.text(alphabet="abc", max_size=12))
def test_the_share_of_repeats_is_that_of_a_plain_count(text):
    pieces = [text[start:end] for start in range(len(text)) for end in range(start + 1, len(text) + 1)]
    expected = 1 - len(set(pieces)) / len(pieces) if pieces else 0.0
    assert repeated_share(text) == pytest.approx(expected)


def test_circles_are_seen_and_prose_is_not():
    assert math_grader.repeatness("I think again. " * 50)
    assert not math_grader.repeatness("The quick brown fox jumps over the lazy dog, and then it sleeps for an hour.")
    assert not math_grader.repeatness("")


def test_a_time_limit_ends_a_block_and_gives_the_alarm_back():
    with pytest.raises(math_grader.TimeoutException, match="too long"), math_grader.timeout(0.01, "too long"):
        signal.pause()
    assert math_grader.run_with_timeout_signal(lambda: 3) == 3
    assert math_grader.run_with_timeout_signal(time.sleep, (5,), timeout_seconds=0.01) is None
    assert math_grader.run_with_timeout_signal(divmod, args=(7, 2)) == (3, 1)


def test_a_time_limit_within_another_leaves_it_on():
    with math_grader.timeout(60):
        assert math_grader.run_with_timeout_signal(lambda: 3) == 3
        assert 50 < signal.getitimer(signal.ITIMER_REAL)[0] <= 60
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_a_time_limit_that_was_due_within_another_goes_off_after_it(monkeypatch):
    clock = count(step=100)
    monkeypatch.setattr(alarms, "time", SimpleNamespace(monotonic=lambda: next(clock)))

    def wait() -> None:
        with math_grader.timeout(60, "inner"):
            pass
        time.sleep(5)

    with pytest.raises(math_grader.TimeoutException, match="outer"), math_grader.timeout(60, "outer"):
        wait()


@pytest.mark.parametrize("opening", [r"\text{", r"\textbf{", r"\overline{", r"\boxed{", "$", "{", r"\frac{"])
def test_many_openings_take_no_longer_each_than_a_few(opening):
    begun = time.process_time()
    math_grader.normalize_final_answer(opening * 4000)
    assert time.process_time() - begun < 0.2


def test_in_another_thread_a_function_runs_without_the_alarm():
    found = []
    thread = threading.Thread(target=lambda: found.append(math_grader.run_with_timeout_signal(lambda: 3)))
    thread.start()
    thread.join()
    assert found == [3]
