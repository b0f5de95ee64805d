"""Answers made to stall, break or take over a grader: each is answered in time, and the next one is graded right."""

from __future__ import annotations

from itertools import count
from time import monotonic

import psutil
import pytest

from gem.grading.math import close_shared, grade, grade_many, pool

pytest.importorskip("math_verify")

LIMIT_S = 0.3
SLACK_S = 0.2
BUSY_S = 1.0
"""What is added where more runs on this machine than it has cores: then the clock on the wall says little."""

ADVERSARIAL = {
    "power tower": "10^{10^{10}}",
    "higher tower": "9^{9^{9^{9^{9}}}}",
    "plain tower": "9**9**9**9",
    "plain tower with carets": "9^9^9^9^9",
    "factorial": "(10^{9})!",
    "factorial of a factorial": "((99!)!)!",
    "binomial": r"\binom{10^{9}}{5 \cdot 10^{8}}",
    "long series": r"\sum_{k=1}^{10^9} \frac{1}{k^2}",
    "product": r"\prod_{k=1}^{10^8} (k^2+1)",
    "integral": r"\int_0^1 e^{\sin(x^{\cos x})} \, dx",
    "limit": r"\lim_{x \to 0} \frac{\sin(\tan x) - \tan(\sin x)}{x^7 + x^{x^x}}",
    "long sum": "+".join(f"{n}x_{n}" for n in range(1, 200)),
    "longest sum": "1+" * 100_000 + "1",
    "deep parentheses": "(" * 900 + "1" + ")" * 900,
    "parentheses within the cap": "(" * 30 + "1" + ")" * 30,
    "deep braces": r"\frac{1}{" * 500 + "2" + "}" * 500,
    "roots of roots": r"\sqrt{1+" * 30 + "x" + "}" * 30,
    "many digits": "7" * 100_000,
    "digits within the cap": "7" * 399 + "!",
    "multinomial": "(a+b+c+d+e+f+g)^{60}",
    "determinant": r"\det\begin{pmatrix}"
    + r"\\".join("&".join(f"a_{{{i}{j}}}" for j in range(9)) for i in range(9))
    + r"\end{pmatrix}",
    "equation of high degree": "x^{97}+3x^{53}-x^{31}+7x=y^{89}-xy^{41}+11",
    "set of many": r"\{" + ",".join(str(n) for n in range(500)) + r"\}",
    "call of the system": "__import__('os').system('touch /tmp/owned')",
    "call in a formula": r"\text{__import__('os').system('touch /tmp/owned')} + 1",
    "attributes": "().__class__.__bases__[0].__subclasses__()",
    "NUL": "1\x002\x00",
    "lone surrogates": "\ud800\udfff 1",
    "other digits": "١٢٣ + ⅷ + 五",
    "control characters": "\x1b[2J\r\n\t\x7f 3",
    "unbalanced": r"\frac{\sqrt{\left( 1",
    "one megabyte": "x" * (1 << 20),
    "one megabyte of boxes": r"\boxed{" * 150_000,
    "one megabyte of backslashes": "\\" * (1 << 20),
    "right to left": "\u202e123\u2066",
}
numbers = count(3000)


@pytest.fixture(scope="module", autouse=True)
def warm_graders():
    for _ in range(2):
        assert next_is_right()
    yield
    close_shared()


def next_is_right() -> bool:
    """Whether a correct answer that no memory knows is graded so."""
    number = next(numbers)
    return grade(f"\\sqrt{{{number * number}}}", str(number), timeout_s=20.0).correct


@pytest.mark.slow
@pytest.mark.parametrize("kind", ADVERSARIAL)
def test_an_adversarial_answer_is_answered_in_time_and_the_next_one_is_right(kind):
    slack_s = SLACK_S + (BUSY_S if psutil.getloadavg()[0] > (psutil.cpu_count() or 1) else 0.0)
    begun = monotonic()
    found = grade(ADVERSARIAL[kind], "12345/67", timeout_s=LIMIT_S)
    assert monotonic() - begun <= LIMIT_S + slack_s
    assert found.verdict in ("wrong", "timeout", "unparsable")
    assert next_is_right()


@pytest.mark.slow
def test_adversarial_golds_harm_no_more():
    found = grade_many([("12345/67", ["1/2", gold]) for gold in ADVERSARIAL.values()], timeout_s=0.1)
    assert {one.verdict for one in found} <= {"wrong", "timeout", "unparsable"}
    assert next_is_right()


@pytest.mark.slow
def test_memory_is_bounded():
    assert grade("(x+1)^{99999}", "(1+x)^{99998}", timeout_s=LIMIT_S).verdict in ("wrong", "timeout", "unparsable")
    nursery = pool.shared()._nursery
    assert nursery is not None
    assert all(child.memory_info().vms < 2 << 30 for child in psutil.Process(nursery._process.pid).children())
