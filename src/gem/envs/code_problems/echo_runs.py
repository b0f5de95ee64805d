"""Shorten a text by writing each run of a letter as the letter and its length."""

from __future__ import annotations

from itertools import groupby

import numpy as np

from gem.envs.code_problems.problem import Problem
from gem.envs.code_problems.writing import altered, integer, letters

TASK = """
A parrot that repeats itself is written down shortly: each longest run of one letter becomes that letter followed by
the length of the run, and a run of length 1 becomes the letter alone. So "aaabccaa" becomes "a3bc2a2".
Upper and lower case are different letters.

Input: one line with a text of 1 to 20000 English letters.
Output: one line with the short form.
"""

REFERENCE = """
text = input()
parts = []
start = 0
for i in range(1, len(text) + 1):
    if i == len(text) or text[i] != text[start]:
        run = i - start
        parts.append(text[start] + (str(run) if run > 1 else ""))
        start = i
print("".join(parts))
"""

WHOLE_COUNTS = """
text = input()
parts = []
for letter in dict.fromkeys(text):
    run = text.count(letter)
    parts.append(letter + (str(run) if run > 1 else ""))
print("".join(parts))
"""


def _generate(rng: np.random.Generator) -> list[str]:
    edges = ["x", "zz", "aA", "abc", "aab", "baa", "q" * 10, "Z" * 20_000, "abab"]
    small = [letters(rng, integer(rng, 3, 30), "abB") for _ in range(4)]
    long = "".join(letter * length for letter, length in zip(letters(rng, 400), rng.integers(1, 50, 400), strict=True))
    return [f"{text}\n" for text in [*edges, *small, long, letters(rng, 20_000, "no")]]


def _answer(text: str) -> str:
    runs = [(letter, len(list(run))) for letter, run in groupby(text.strip())]
    return "".join(letter if length == 1 else f"{letter}{length}" for letter, length in runs)


def _valid(text: str) -> bool:
    line = text.removesuffix("\n")
    return 1 <= len(line) <= 20_000 and line.isascii() and line.isalpha()


PROBLEM = Problem(
    name="echo_runs",
    title="The Parrot's Shorthand",
    difficulty="easy",
    task=TASK,
    examples=(("aaabccaa\n", "a3bc2a2"), ("Hello\n", "Hel2o")),
    generate=_generate,
    answer=_answer,
    valid=_valid,
    reference=REFERENCE,
    wrong={
        "forgets the last run": altered(REFERENCE, "len(text) + 1)", "len(text))"),
        "writes the length of single letters": altered(REFERENCE, "run > 1", "run > 0"),
        "counts a letter in the whole text": WHOLE_COUNTS,
        "writes only the last digit of a length": altered(REFERENCE, "str(run) if", "str(run % 10) if"),
        "takes upper and lower case for the same": altered(REFERENCE, "input()", "input().lower()"),
    },
)
