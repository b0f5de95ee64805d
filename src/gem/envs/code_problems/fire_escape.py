"""Find the fastest way out of a burning house."""

from __future__ import annotations

import numpy as np

from gem.envs.code_problems.problem import Problem
from gem.envs.code_problems.writing import altered, integer, lines

TASK = """
A house is a grid of squares: walls #, free floor ., one person P and any number of fires F. Each minute the person
steps to a neighbouring square (up, down, left or right) that is no wall or stays, and at the same time each fire
spreads to all its neighbouring squares that are no walls. The person may never be on a square that burns, also not one
that starts to burn in the minute in which they arrive. From a square at the border of the grid the person leaves the
house with one more step, which takes a minute and is safe. How soon can the person be out?

Input: the first line holds the number of rows r and of columns c (1 <= r, c <= 100); r lines follow with c characters
each.
Output: the least number of minutes, or IMPOSSIBLE.
"""

REFERENCE = """
from collections import deque

r, c = map(int, input().split())
house = [input().strip() for _ in range(r)]

def times(kind, burning):
    starts = [(i, j) for i in range(r) for j in range(c) if house[i][j] == kind]
    time = {start: 0 for start in starts}
    queue = deque(starts)
    while queue:
        i, j = queue.popleft()
        for place in ((i - 1, j), (i + 1, j), (i, j - 1), (i, j + 1)):
            if 0 <= place[0] < r and 0 <= place[1] < c and house[place[0]][place[1]] != "#" and place not in time:
                if time[i, j] + 1 < burning.get(place, r * c + 1):
                    time[place] = time[i, j] + 1
                    queue.append(place)
    return time

person = times("P", times("F", {}))
exits = [t + 1 for (i, j), t in person.items() if i in (0, r - 1) or j in (0, c - 1)]
print(min(exits, default="IMPOSSIBLE"))
"""


def _generate(rng: np.random.Generator) -> list[str]:
    def house(r: int, c: int, walls: float, fires: int) -> str:
        grid = np.where(rng.random((r, c)) < walls, "#", ".")
        for _ in range(fires):
            grid[integer(rng, 0, r - 1), integer(rng, 0, c - 1)] = "F"
        grid[integer(rng, r // 3, 2 * r // 3), integer(rng, c // 3, 2 * c // 3)] = "P"
        return lines([r, c], *("".join(row) for row in grid))

    edges = [
        "P",
        "PF",
        "#P#",
        "FPF",
        "###\n#P#\n###",
        "#####\n#P..F\n#####",
        "#####\n#P.F.\n#####",
        "#####\n#..P.\n#F###",
    ]
    edges += [
        "#####\n#P.F#\n##.##",
        "#######\n#P....F\n#####.#",
        "####\n#P.#\n#..F\n#.##",
        "F#####\n#..P..\n######",
        "###.#\n#P..#\n###F#",
        "#####\nF.P..\n#####",
    ]
    houses = [lines([text.count("\n") + 1, len(text.split("\n")[0])], text) for text in edges]
    houses += [house(integer(rng, 5, 9), integer(rng, 5, 9), 0.35, integer(rng, 0, 3)) for _ in range(5)]
    return [*houses, house(100, 100, 0.3, 1), house(100, 100, 0.05, 2)]


def _answer(text: str) -> str:
    """By keeping the set of squares where the person can be, minute by minute."""
    house = np.array([list(row) for row in text.splitlines()[1:]])
    free, burning, reached = house != "#", house == "F", house == "P"
    border = np.ones(house.shape, bool)
    border[1:-1, 1:-1] = False
    for minute in range(1, house.size + 2):
        if (reached & border).any():
            return str(minute)
        burning = _spread(burning) & free
        reached = _spread(reached) & free & ~burning
    return "IMPOSSIBLE"


def _spread(squares: np.ndarray) -> np.ndarray:
    wider = squares.copy()
    wider[1:] |= squares[:-1]
    wider[:-1] |= squares[1:]
    wider[:, 1:] |= squares[:, :-1]
    wider[:, :-1] |= squares[:, 1:]
    return wider


def _valid(text: str) -> bool:
    head, *rows = text.splitlines()
    r, c = map(int, head.split())
    grid = "".join(rows)
    return (
        r == len(rows)
        and {len(row) for row in rows} == {c}
        and max(r, c) <= 100
        and grid.count("P") == 1
        and set(grid) <= set("#.PF")
    )


PROBLEM = Problem(
    name="fire_escape",
    title="Out of the Burning House",
    difficulty="medium",
    task=TASK,
    examples=(
        (lines([4, 5], "#####", "#P..#", "#F#.#", "###.#"), "5"),
        (lines([3, 4], "####", "#P.F", "####"), "IMPOSSIBLE"),
    ),
    generate=_generate,
    answer=_answer,
    valid=_valid,
    reference=REFERENCE,
    wrong={
        "meets the fire on arrival": altered(REFERENCE, "+ 1 < burning", "+ 1 <= burning"),
        "does not mind the fire": altered(REFERENCE, 'times("F", {})', "{}"),
        "forgets the step out": altered(REFERENCE, "[t + 1 for", "[t for"),
        "treats a fire as a wall that stays": altered(
            REFERENCE, 'times("F", {})', '{(i, j): 0 for i in range(r) for j in range(c) if house[i][j] == "F"}'
        ),
        "follows the fire through walls": altered(REFERENCE, '!= "#" and place', '[kind == "P":] != "#" and place'),
    },
)
