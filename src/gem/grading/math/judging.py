"""What math-verify says of an answer. Only a grader's process imports this with the library behind it.

Both texts are read as the content of a box. An answer that gives no mathematics, or that math-verify fails over, is
"unparsable" unless it says letter for letter what the gold does.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from gem.grading.math import library
from gem.grading.math.wire import Word

SAMPLES = (
    (r"\frac{3}{4}", "x"), (r"2\sqrt{3}+1", r"1+\sqrt{12}"), ("(x+1)^2", "x^2+2x+1"), ("(x-1)(x+2)", "x^2+2x+1"),
    (r"\{1,2\}", "2,1"), ("(-2,3]", "[-2, 3]"), (r"x \in [1, \infty)", r"x\ge 1"), ("y=2x-1", "y=3x+1"),
    (r"50\%", r"\frac12"), (r"\begin{pmatrix}1\\2\end{pmatrix}", r"\begin{bmatrix}1\\3\end{bmatrix}"), ("x=2", "3"),
    (r"\frac{3}{6}\pi", r"\frac{\pi}{2}"), (r"\frac{\pi}{6}", r"\sin(x)"), ("3+4i", "(3, 4)"),
    (r"\text{no}", r"-\infty"), (r"\log_2 8", "e^{x}"), ("10^{-3}", r"\binom{5}{2}"), (r"90^\circ", r"5\text{ cm}"),
    (r"\frac{x+1}{x-1}", r"\frac{1}{x}"), (r"-\sqrt[3]{2}", "|x|"), (r"(-\infty,1)\cup(2,3)", r"\emptyset"),
    (r"1.5 \cdot 10^4", r"2\frac{1}{2}"),
)  # fmt: skip
"""Pairs that are graded before the first fork: the LaTeX parser's tables fill with use, and all forks inherit them."""


def load() -> None:
    """Import the library and warm it up."""
    library.load()
    for answer, gold in SAMPLES:
        judged(answer, (gold,))


def judged(answer: str, golds: tuple[str, ...]) -> Word:
    """Whether an answer equals one of the golds."""
    target = read(answer)
    known = [_known(gold) for gold in golds]
    if target and any(library.verify(gold, target) for gold in known if gold):
        return "correct"
    return "wrong" if any(not isinstance(part, str) for part in target) else "unparsable"


def read(text: str) -> list[Any]:
    """What math-verify makes of a text in a box: an expression, and the text as it compares texts."""
    return library.parse(f"\\boxed{{{text}}}")


@lru_cache(maxsize=512)
def _known(gold: str) -> list[Any]:
    """A group of answers is held against one gold."""
    return read(gold)
