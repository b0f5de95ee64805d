import asyncio
from fractions import Fraction

import pytest

from gem.errors import ConfigError, DataError, MissingExtra
from gem.grading.math import MathVerdict, agrade, close_shared, grade, grade_many, grading, need_grader, pool

pytest.importorskip("math_verify")


@pytest.fixture(scope="module", autouse=True)
def graders_of_this_module():
    yield
    close_shared()


EQUAL = [
    (r"\sqrt{12}", r"2\sqrt{3}"),
    ("x^2+2x+1", "(x+1)^2"),
    (r"50\%", "0.5"),
    ("50%", r"\frac{1}{2}"),
    ("x=5", "5"),
    ("5", "x=5"),
    ("(1, 2)", "(1,2)"),
    (r"\{2,1\}", r"\{1,2\}"),
    ("2,1", "1,2"),
    (r"\text{Monday}", "Monday"),
    (r"x \in [1,\infty)", r"[1,\infty)"),
    ("0.333333", "1/3"),
    (r"5\text{ cm}", "5"),
    (r"1\frac{1}{2}", "1.5"),
    (r"90^\circ", "90"),
    (r"\frac{\pi}{2}", r"\pi/2"),
    (r"\text{(C)}", "(C)"),
    ("4+3i", "3i+4"),
    (r"\begin{pmatrix}1\\2\end{pmatrix}", r"\begin{bmatrix}1\\2\end{bmatrix}"),
    ("The answer is $\\boxed{2^{10}}$.", 1024),
    (r"\frac{2}{6}", Fraction(1, 3)),
    ("2", [1, "x", 2.0]),
    (r"y = -x + 4", "y=4-x"),
    ("5.", "5"),
    ("5\\ ", "5"),
    ("5", "5."),
    (r"1\,000", "1000"),
    (r"0.\overline{3}", "1/3"),
    (r"\frac{1}{3}", r"0.\overline{3}"),
    ("1e3", "1000"),
    ("2.5E-1", r"\frac{1}{4}"),
    ("x>2", r"(2,\infty)"),
    (r"x \leq 3", r"(-\infty,3]"),
    (r"(-\infty,3]", r"x \leq 3"),
]
DIFFERENT = [
    (r"\sqrt{12}", r"3\sqrt{2}"),
    ("x^2+1", "(x+1)^2"),
    ("x=5", "y=5"),
    ("(2,1)", "(1,2)"),
    ("[1,2]", "(1,2)"),
    ("Tuesday", "Monday"),
    (r"\text{no}", "3"),
    ("0.33", "1/3"),
    ("x>3", "x<3"),
    ("1,2", "1,2,3"),
    (r"\infty", r"-\infty"),
    ("2", ["x", 3]),
    ("B", "A"),
    (r"1\,001", "1000"),
    (r"0.\overline{3}", "0.3"),
    ("1e3", "10000"),
    (r"x \geq 2", r"(2,\infty)"),
]


@pytest.mark.slow
def test_equal_answers_are_correct_and_others_wrong():
    verdicts = grade_many([*EQUAL, *DIFFERENT], timeout_s=5.0)
    assert [pair for pair, found in zip(EQUAL, verdicts, strict=False) if found.verdict != "correct"] == []
    assert [
        pair for pair, found in zip(DIFFERENT, verdicts[len(EQUAL) :], strict=True) if found.verdict != "wrong"
    ] == []


@pytest.mark.slow
def test_a_verdict_says_what_gave_it():
    assert grade("3", "3") == MathVerdict("correct", "exact")
    assert grade(r"\sqrt{9}", "3") == MathVerdict("correct", "math-verify")
    assert grade("(" * 100, "3") == MathVerdict("unparsable", "caps")
    assert grade("9" * 500, "3") == MathVerdict("unparsable", "caps")
    assert grade("", "3") == grade(None, "3") == MathVerdict("unparsable", "exact")
    assert grade("10^{10^{10}}", "3", timeout_s=0.2) == MathVerdict("timeout", "math-verify")
    assert grade(r"\frac{", "3") == MathVerdict("unparsable", "math-verify")


@pytest.mark.slow
def test_what_was_found_out_is_remembered_and_a_timeout_is_not(monkeypatch):
    asked = []
    talk = pool.GraderPool.talk
    monkeypatch.setattr(pool.GraderPool, "talk", lambda self, *case: asked.append(case) or talk(self, *case))
    for _ in range(3):
        assert grade(r"\sqrt{16}", "4").correct
        assert grade(r"$\sqrt{16}$", "4").correct
    assert len(asked) == 1
    for _ in range(2):
        assert grade("9^{9^{9^{9}}}", "4", timeout_s=0.1).verdict == "timeout"
    assert len(asked) == 3


@pytest.mark.slow
def test_an_event_loop_is_not_held_up():
    async def ticks_meanwhile() -> int:
        ticks = 0

        async def tick() -> None:
            nonlocal ticks
            while True:
                await asyncio.sleep(0.01)
                ticks += 1

        ticking = asyncio.create_task(tick())
        found = await asyncio.gather(*(agrade(f"{n}^{{9^{{9^{{9}}}}}}", "4", timeout_s=0.3) for n in range(4, 8)))
        ticking.cancel()
        assert [one.verdict for one in found] == ["timeout"] * 4
        return ticks

    assert asyncio.run(ticks_meanwhile()) > 10
    assert asyncio.run(agrade(r"\sqrt{25}", 5)).correct  # on another loop


@pytest.mark.slow
def test_any_event_loop_will_do():
    uvloop = pytest.importorskip("uvloop")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(agrade(r"\sqrt{49}", 7, timeout_s=20.0)).correct
        assert runner.run(agrade("7^{9^{9^{9}}}", 7, timeout_s=0.1)).verdict == "timeout"


@pytest.mark.parametrize("limit", [0, -1.0, float("nan"), float("inf"), 1e9])
def test_a_time_limit_is_above_zero(limit):
    with pytest.raises(ConfigError, match="time limit"):
        grade("3", "3", timeout_s=limit)


def test_a_gold_that_nothing_can_equal_is_an_error():
    with pytest.raises(DataError, match="None"):
        grade("3", None)
    with pytest.raises(DataError):
        asyncio.run(agrade("3", []))


def test_without_math_verify_what_needs_it_says_so(monkeypatch):
    monkeypatch.setattr(grading, "find_spec", lambda name: None)
    assert grade("1/2", 0.5).correct
    with pytest.raises(MissingExtra, match=r"gem-gym\[math\]"):
        grade(r"\sqrt{36}", 6)
    with pytest.raises(MissingExtra, match="math"):
        need_grader()
