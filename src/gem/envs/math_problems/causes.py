"""From what is seen back to what caused it (Bayes' rule)."""

from __future__ import annotations

from fractions import Fraction

from gem.envs.math_problems.problem import Levels, Problem, Rng
from gem.envs.math_problems.writing import COLOURS, counted, integer, several

URNS = ("first", "second", "third")


def _urns(rng: Rng, number: int) -> tuple[str, list[tuple[int, int]], str]:
    """The colour that is drawn, the balls of each urn that have it and that do not, and the urns in words."""
    colour, other = several(rng, COLOURS, 2)
    balls = [(integer(rng, 1, 9), integer(rng, 1, 9)) for _ in range(number)]
    told = "; ".join(
        f"the {URNS[i]} urn holds {counted(hits, f'{colour} ball')} and {counted(misses, f'{other} ball')}"
        for i, (hits, misses) in enumerate(balls)
    )
    return colour, balls, f"T{told[1:]}."


def _chance(balls: tuple[int, int]) -> Fraction:
    return Fraction(balls[0], sum(balls))


def _easy(rng: Rng) -> Problem:
    colour, balls, told = _urns(rng, 2)
    return Problem(
        f"{told} One of the two urns is chosen by tossing a fair coin, and a ball is drawn from it at random. What is "
        f"the probability that the ball is {colour}?",
        (_chance(balls[0]) + _chance(balls[1])) / 2,
    )


def _medium(rng: Rng) -> Problem:
    colour, balls, told = _urns(rng, 2)
    return Problem(
        f"{told} One of the two urns is chosen by tossing a fair coin, and a ball is drawn from it at random. The ball "
        f"is {colour}. What is the probability that the first urn was chosen?",
        _chance(balls[0]) / (_chance(balls[0]) + _chance(balls[1])),
    )


def _hard(rng: Rng) -> Problem:
    colour, balls, told = _urns(rng, 3)
    faces = several(rng, range(1, 6), 2)
    first, second = sorted(faces)
    shares = [first, second - first, 6 - second]
    weights = [share * _chance(urn) for share, urn in zip(shares, balls, strict=True)]
    asked = integer(rng, 0, 2)
    return Problem(
        f"{told} A fair die with the faces 1 to 6 is thrown. The first urn is chosen if it shows at most {first}, the "
        f"third if it shows more than {second}, and the second otherwise. A ball is then drawn at random from the "
        f"chosen urn. The ball is {colour}. What is the probability that the {URNS[asked]} urn was chosen?",
        weights[asked] / sum(weights),
    )


LEVELS: Levels = {"easy": _easy, "medium": _medium, "hard": _hard}
