"""Find where a turtle stands after it has repeated a dance very often."""

from __future__ import annotations

import numpy as np

from gem.envs.code_problems.problem import Problem
from gem.envs.code_problems.writing import altered, integer, letters, lines

TASK = """
A turtle stands at the point (0, 0) of an endless field and looks north, along the positive y axis. It knows a dance, a
text of the steps F (go one unit forward), L (turn left by 90 degrees) and R (turn right by 90 degrees). It dances k
times without a break; each dance begins where, and in the direction in which, the one before ended. Where does it stand
at the end?

Input: the first line holds the dance, 1 to 20000 letters F, L and R; the second holds k (0 <= k <= 1000000000000).
Output: the coordinates x and y, separated by a blank.
"""

REFERENCE = """
dance = input().strip()
k = int(input())

def perform(times):
    x, y, dx, dy = 0, 0, 0, 1
    for step in dance * times:
        if step == "F":
            x, y = x + dx, y + dy
        elif step == "L":
            dx, dy = -dy, dx
        else:
            dx, dy = dy, -dx
    return x, y

rounds, rest = divmod(k, 4)
x4, y4 = perform(4)
x, y = perform(rest)
print(rounds * x4 + x, rounds * y4 + y)
"""

SLOW = """
dance = input().strip()
k = int(input())
x, y, dx, dy = 0, 0, 0, 1
for _ in range(k):
    for step in dance:
        if step == "F":
            x, y = x + dx, y + dy
        elif step == "L":
            dx, dy = -dy, dx
        else:
            dx, dy = dy, -dx
print(x, y)
"""


def _generate(rng: np.random.Generator) -> list[str]:
    edges = [("F", 0), ("F", 1), ("L", 5), ("FR", 3), ("FL", 4), ("FFL", 2), ("FRF", 7), ("FLLF", 3), ("LF", 10**12)]
    small = [(letters(rng, integer(rng, 2, 9), "FFLR"), integer(rng, 0, 9)) for _ in range(4)]
    straight = f"{letters(rng, 19_000, 'FFFLR')}F"
    turns = straight.count("R") - straight.count("L")
    unturned = straight + ("L" * (turns % 4) if turns > 0 else "R" * (-turns % 4))
    large = [(letters(rng, 20_000, "FFLR"), integer(rng, 10**11, 10**12)), (unturned, 10**12 - 1)]
    return [lines(dance, k) for dance, k in [*edges, *small, *large]]


def _answer(text: str) -> str:
    """Places as complex numbers: a dance turns by a power of i, and the powers' sum is that of a geometric series."""
    dance, times = text.split()
    k = int(times)
    turns = np.cumsum([{"F": 0, "L": 1, "R": -1}[step] for step in dance])
    steps = np.array([step == "F" for step in dance])
    each = [int((steps & (turns % 4 == quarter)).sum()) for quarter in range(4)]
    total = int(turns[-1]) % 4
    x = y = 0
    for dances in range(4):  # those whose number has this remainder look in the same direction
        count = (k - dances + 3) // 4 if k > dances else 0
        for quarter, units in enumerate(each):
            dx, dy = ((0, 1), (-1, 0), (0, -1), (1, 0))[(quarter + dances * total) % 4]
            x, y = x + dx * units * count, y + dy * units * count
    return f"{x} {y}"


def _valid(text: str) -> bool:
    dance, k = text.splitlines()
    return 1 <= len(dance) <= 20_000 and set(dance) <= set("FLR") and 0 <= int(k) <= 10**12


PROBLEM = Problem(
    name="turtle_loop",
    title="The Turtle's Dance",
    difficulty="medium",
    task=TASK,
    examples=((lines("FFRF", 2), "3 1"), (lines("FL", 8), "0 0")),
    generate=_generate,
    answer=_answer,
    valid=_valid,
    reference=REFERENCE,
    wrong={
        "slow: dances every dance": SLOW,
        "starts each dance looking north": altered(REFERENCE, "divmod(k, 4)", "k, 0").replace(
            "perform(4)", "perform(1)"
        ),
        "confuses left and right": altered(REFERENCE, '"L"', '"R"'),
        "forgets the dances that remain": altered(REFERENCE, "perform(rest)", "(0, 0)"),
        "believes that two dances close the circle": altered(REFERENCE, "divmod(k, 4)", "divmod(k, 2)").replace(
            "perform(4)", "perform(2)"
        ),
    },
)
