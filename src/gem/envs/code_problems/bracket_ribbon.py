"""Find the longest well-formed stretch of a line of brackets."""

from __future__ import annotations

import numpy as np

from gem.envs.code_problems.problem import Problem
from gem.envs.code_problems.writing import altered, integer, letters

TASK = """
A ribbon is embroidered with brackets: ( ) [ ] { }. A piece of it is proper if it is empty, or a proper piece between
an opening bracket and the closing one of the same kind, or two proper pieces side by side. So "([]){}" is proper, and
"([)]" is not. How long is the longest proper piece that can be cut out of the ribbon in one part?

Input: one line of 1 to 50000 brackets.
Output: the number of brackets of the longest proper piece, 0 if there is none but the empty one.
"""

REFERENCE = """
ribbon = input().strip()
closing = {"(": ")", "[": "]", "{": "}"}
stack = [-1]
best = 0
for i, bracket in enumerate(ribbon):
    if len(stack) > 1 and closing.get(ribbon[stack[-1]]) == bracket:
        stack.pop()
        best = max(best, i - stack[-1])
    else:
        stack.append(i)
print(best)
"""

SLOW = """
ribbon = input().strip()
closing = {"(": ")", "[": "]", "{": "}"}
best = 0
for start in range(len(ribbon)):
    waiting = []
    for end in range(start, len(ribbon)):
        if ribbon[end] in closing:
            waiting.append(closing[ribbon[end]])
        elif not waiting or waiting.pop() != ribbon[end]:
            break
        if not waiting:
            best = max(best, end - start + 1)
print(best)
"""

PAIRS = """
ribbon = input().strip()
closing = {"(": ")", "[": "]", "{": "}"}
stack = []
pairs = 0
for bracket in ribbon:
    if bracket in closing:
        stack.append(closing[bracket])
    elif stack and stack[-1] == bracket:
        stack.pop()
        pairs += 1
    else:
        stack = []
print(2 * pairs)
"""


def _generate(rng: np.random.Generator) -> list[str]:
    def proper(pairs: int) -> str:
        piece = ""
        for kind in letters(rng, pairs, "([{"):
            pair = kind, {"(": ")", "[": "]", "{": "}"}[kind]
            piece = f"{pair[0]}{piece}{pair[1]}" if rng.random() < 0.5 else f"{piece}{pair[0]}{pair[1]}"
        return piece

    edges = ["(", ")", "()", ")(", "([)]", "(]", "()[]{}", "(()", "())", "({[]})(", "[(])()"]
    small = [letters(rng, integer(rng, 4, 24), "()[]") for _ in range(3)] + [f"{proper(5)}({proper(4)}"]
    large = ["(" * 50_000, f"{proper(9000)}]{proper(8000)}" + "{" * 5000, letters(rng, 50_000, "()")]
    return [f"{ribbon}\n" for ribbon in [*edges, *small, *large]]


def _answer(text: str) -> str:
    """By the length of the longest proper piece that ends at each bracket."""
    ribbon = text.strip()
    lengths = [0] * (len(ribbon) + 1)
    for index, bracket in enumerate(ribbon):
        partner = index - lengths[index] - 1
        if partner >= 0 and ribbon[partner] + bracket in ("()", "[]", "{}"):
            lengths[index + 1] = lengths[index] + 2 + lengths[partner]
    return str(max(lengths))


def _valid(text: str) -> bool:
    ribbon = text.removesuffix("\n")
    return 1 <= len(ribbon) <= 50_000 and set(ribbon) <= set("()[]{}")


PROBLEM = Problem(
    name="bracket_ribbon",
    title="The Embroidered Ribbon",
    difficulty="medium",
    task=TASK,
    examples=(("(()[]}{}\n", "4"), ("))((\n", "0")),
    generate=_generate,
    answer=_answer,
    valid=_valid,
    reference=REFERENCE,
    wrong={
        "slow: starts at every bracket": SLOW,
        "counts all pairs of the ribbon": PAIRS,
        "does not tell the kinds apart": altered(
            REFERENCE,
            "closing.get(ribbon[stack[-1]]) == bracket",
            "ribbon[stack[-1]] in closing and bracket not in closing",
        ),
        "measures only from partner to partner": altered(
            REFERENCE, "stack.pop()\n        best = max(best, i - stack[-1])", "best = max(best, i - stack.pop() + 1)"
        ),
    },
)
