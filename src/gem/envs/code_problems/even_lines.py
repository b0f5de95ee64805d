"""Set words into lines of equal length by spreading the blanks."""

from __future__ import annotations

from typing import Any

import numpy as np

from gem.envs.code_problems.problem import Problem
from gem.envs.code_problems.writing import altered, integer, letters

TASK = """
A printer sets words, in their order, into lines of exactly `width` characters. Each line takes as many words as fit
with at least one blank between neighbours. The blanks that remain are spread over the gaps of the line as evenly as
possible, where gaps further left get one more if it cannot be even. The last line, and a line with a single word, have
single blanks between words and all other blanks at the end. Return the lines.

Bounds: 1 to 3000 words of 1 to `width` letters each, 1 <= width <= 100.
"""

REFERENCE = """
def set_lines(words, width):
    lines, i = [], 0
    while i < len(words):
        line = [words[i]]
        used = len(words[i])
        i += 1
        while i < len(words) and used + 1 + len(words[i]) <= width:
            used += 1 + len(words[i])
            line.append(words[i])
            i += 1
        if i == len(words) or len(line) == 1:
            lines.append(" ".join(line).ljust(width))
            continue
        gaps = len(line) - 1
        each, more = divmod(width - used, gaps)
        text = line[0]
        for gap, word in enumerate(line[1:]):
            text += " " * (1 + each + (gap < more)) + word
        lines.append(text)
    return lines
"""


def _generate(rng: np.random.Generator) -> list[Any]:
    def text(n: int, width: int, longest: int) -> tuple[list[str], int]:
        return [letters(rng, integer(rng, 1, min(longest, width))) for _ in range(n)], width

    edges = [(["a"], 1), (["a"], 5), (["a", "b"], 1), (["a", "b"], 3), (["ab", "c", "d"], 6), (["abc", "de", "f"], 3)]
    edges += [
        (["aa", "bb", "cc", "dd"], 10),
        (["a", "b", "c", "d", "e", "f"], 8),
        (["abcdef", "a", "b"], 6),
        (["x" * 100, "y"], 100),
    ]
    small = [text(integer(rng, 5, 20), integer(rng, 6, 16), 6) for _ in range(5)]
    return [*edges, *small, text(3000, 100, 12), text(1500, 23, 23)]


def _answer(arguments: tuple[list[str], int]) -> list[str]:
    """Blanks are dealt one by one to the gaps of a line, from left to right, again and again."""
    words, width = arguments
    rows: list[list[str]] = [[]]
    for word in words:
        if len(" ".join([*rows[-1], word])) > width:
            rows.append([])
        rows[-1].append(word)
    lines: list[str] = []
    for row in rows[:-1]:
        pieces = list(row)
        for blank in range(width - sum(map(len, row)) if len(row) > 1 else 0):
            pieces[blank % (len(row) - 1)] += " "
        lines.append(f"{''.join(pieces):{width}}")
    return [*lines, f"{' '.join(rows[-1]):{width}}"]


def _valid(arguments: tuple[list[str], int]) -> bool:
    words, width = arguments
    return (
        1 <= len(words) <= 3000 and 1 <= width <= 100 and all(word.isalpha() and len(word) <= width for word in words)
    )


PROBLEM = Problem(
    name="even_lines",
    title="The Printer's Lines",
    difficulty="medium",
    signature="def set_lines(words: list[str], width: int) -> list[str]",
    task=TASK,
    examples=(
        ((["so", "the", "sea", "is", "calm", "now"], 12), ["so  the  sea", "is calm now "]),
        ((["dawn", "breaks"], 6), ["dawn  ", "breaks"]),
    ),
    generate=_generate,
    answer=_answer,
    valid=_valid,
    checker="exact",
    reference=REFERENCE,
    wrong={
        "gives more to gaps on the right": altered(REFERENCE, "(gap < more)", "(gap >= gaps - more)"),
        "spreads the last line too": altered(REFERENCE, "i == len(words) or len(line) == 1", "len(line) == 1"),
        "ends lines after the last word": altered(REFERENCE, ".ljust(width)", ""),
        "fills no line to the brim": altered(REFERENCE, "len(words[i]) <= width", "len(words[i]) < width"),
        "crash: spreads blanks over no gaps": altered(REFERENCE, " or len(line) == 1", ""),
        "centres single words": altered(REFERENCE, ".ljust(width)", ".center(width)"),
    },
)
