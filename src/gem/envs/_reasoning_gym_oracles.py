"""Right answers, also to the five data sets whose items come without one."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Any

Entry = dict[str, Any]


def oracle(name: str, entry: Entry) -> str:
    """A right answer to the item."""
    return SOLVERS[name](entry) if name in SOLVERS else str(entry["answer"])


def _colouring(entry: Entry) -> str:
    return json.dumps(entry["metadata"]["possible_answer"])


def _conclusion(entry: Entry) -> str:
    """All that is given, taken together."""
    return " ∧ ".join(f"({premise})" for premise in entry["metadata"]["premises"])


def _unscrambled(entry: Entry) -> str:
    """The scramble undone: its moves backwards, each turned the other way."""
    moves = entry["metadata"]["scramble_moves"].split()
    return " ".join(move[:-1] if move.endswith("'") else f"{move}'" for move in reversed(moves))


def _deliveries(entry: Entry) -> str:
    """Each box in turn carried to a target of its colour."""
    squares: dict[str, list[str]] = entry["metadata"]["initial_state"]
    places: dict[str, list[list[float]]] = {}
    for square, things in squares.items():
        for thing in things:
            places.setdefault(thing, []).append([float(part) for part in square.split("_")])
    plan: list[dict[str, str]] = []
    for box in [thing for thing in places if thing.startswith("box")]:
        target = f"target{box[3:]}"
        for start, goal in zip(places[box], places[target], strict=True):
            way = list(_squares_between(start, goal))
            for here, there in pairwise(way):
                plan.append({f"Agent{here}": f"move({box}, square{there})"})
            plan.append({f"Agent{goal}": f"move({box}, {target})"})
    return json.dumps(plan)


def _squares_between(start: list[float], goal: list[float]) -> Iterator[list[float]]:
    """The squares from one to the other, both included, first along the rows, then along the columns."""
    here = list(start)
    yield list(here)
    for axis in (0, 1):
        while here[axis] != goal[axis]:
            here[axis] += 1 if goal[axis] > here[axis] else -1
            yield list(here)


def _drive(entry: Entry) -> str:
    return drive(entry["metadata"]["board_config"])


SOLVERS: dict[str, Callable[[Entry], str]] = {
    "boxnet": _deliveries,
    "graph_color": _colouring,
    "propositional_logic": _conclusion,
    "rubiks_cube": _unscrambled,
    "rush_hour": _drive,
}
"""For the items whose `answer` is None."""


# -- Rush Hour ----------------------------------------------------------------------------------------

SIDE = 6
EXIT = 2 * SIDE + 4
"""Where the red car, A, stands at the end."""

Cars = tuple[int, ...]
"""The first cell of each car, in the order of their letters."""


@lru_cache(maxsize=64)
def drive(board: str) -> str:
    """The fewest moves that bring car A of the 36-letter board to the exit, by breadth-first search.

    The player sees the cars lettered anew, without gaps.
    """
    letters = sorted(set(board) - {"o", "x"})
    strides = [1 if board[board.index(letter) + 1 :][:1] == letter else SIDE for letter in letters]
    lengths = [board.count(letter) for letter in letters]
    walls = sum(1 << cell for cell, letter in enumerate(board) if letter == "x")
    start = tuple(board.index(letter) for letter in letters)
    came: dict[Cars, tuple[Cars, str]] = {}
    queue = deque([start])
    while queue:
        cars = queue.popleft()
        if cars[0] == EXIT:
            return " ".join(reversed(list(_way(cars, start, came))))
        taken = walls
        for car, length, stride in zip(cars, lengths, strides, strict=True):
            for step in range(length):
                taken |= 1 << car + step * stride
        for index, cell, distance in _slides(cars, lengths, strides, taken):
            after = (*cars[:index], cell, *cars[index + 1 :])
            if after not in came and after != start:
                came[after] = cars, f"{chr(ord('A') + index)}{distance:+d}"
                queue.append(after)
    raise ValueError("car A cannot get out")


def _slides(cars: Cars, lengths: list[int], strides: list[int], taken: int) -> Iterator[tuple[int, int, int]]:
    """Each car's index, its new cell and the distance of each way it can slide."""
    for index, (car, length, stride) in enumerate(zip(cars, lengths, strides, strict=True)):
        place = car % SIDE if stride == 1 else car // SIDE
        for sign, reach in ((-1, place), (1, SIDE - place - length)):
            for distance in range(1, reach + 1):
                head = car - distance * stride if sign < 0 else car + (length - 1 + distance) * stride
                if taken >> head & 1:
                    break
                yield index, car + sign * distance * stride, sign * distance


def _way(cars: Cars, start: Cars, came: dict[Cars, tuple[Cars, str]]) -> Iterator[str]:
    while cars != start:
        cars, move = came[cars]
        yield move
