"""Systems of two or three linear equations with whole solutions."""

from __future__ import annotations

from gem.envs.math_problems.problem import Levels, Problem, Rng
from gem.envs.math_problems.writing import combination, integer, listed, nonzero


def _determinant(rows: list[list[int]]) -> int:
    if len(rows) == 1:
        return rows[0][0]
    minors = ([row[:i] + row[i + 1 :] for row in rows[1:]] for i in range(len(rows)))
    return sum((-1) ** i * rows[0][i] * _determinant(minor) for i, minor in enumerate(minors))


def _ask(rng: Rng, names: str, largest: int, asked: list[int]) -> Problem:
    """A system in unknowns of these names; what is asked for is their sum with the factors `asked`."""
    size = len(names)
    values = [nonzero(rng, 15) for _ in names]
    while True:
        rows = [[nonzero(rng, largest) for _ in names] for _ in range(size)]
        if _determinant(rows):
            break
    equations = [
        f"{combination(dict(zip(names, row, strict=True)))} = {sum(a * x for a, x in zip(row, values, strict=True))}"
        for row in rows
    ]
    wanted = combination(dict(zip(names, asked, strict=True)))
    answer = sum(a * x for a, x in zip(asked, values, strict=True))
    return Problem(f"The numbers {listed(list(names))} satisfy {listed(equations)}. What is {wanted}?", answer)


def _easy(rng: Rng) -> Problem:
    return _ask(rng, "xy", 4, [1, 1] if integer(rng, 0, 1) else [1, -1])


def _medium(rng: Rng) -> Problem:
    return _ask(rng, "xy", 12, [integer(rng, 2, 5), nonzero(rng, 5)])


def _hard(rng: Rng) -> Problem:
    return _ask(rng, "xyz", 7, [integer(rng, 2, 5), nonzero(rng, 5), nonzero(rng, 5)])


LEVELS: Levels = {"easy": _easy, "medium": _medium, "hard": _hard}
