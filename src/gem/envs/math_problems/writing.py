"""Small pieces that the problems are written with: drawing numbers, names and things, counting things in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from gem.envs.math_problems.problem import Rng

T = TypeVar("T")

NAMES = (
    "Abena", "Ali", "Anouk", "Bao", "Carla", "Chidi", "Dalia", "Edgar", "Elif", "Emil", "Farah", "Greta", "Hana",
    "Hugo", "Ines", "Ivan", "Jonas", "Kenji", "Kiran", "Lena", "Luca", "Malik", "Marta", "Mei", "Nadia", "Noah",
    "Olga", "Omar", "Pablo", "Priya", "Rosa", "Sami", "Selma", "Tariq", "Tomas", "Uma", "Vera", "Wanda", "Yara", "Zoe",
)  # fmt: skip
COLOURS: tuple[str, ...] = ("red", "blue", "green", "yellow", "white", "black")
PLURALS = {"brush": "brushes", "goose": "geese", "strawberry": "strawberries"}
"""Plurals that take more than an s."""


# -- drawing ----------------------------------------------------------------------------------


def integer(rng: Rng, low: int, high: int) -> int:
    """A number from `low` to `high`, both included."""
    return int(rng.integers(low, high, endpoint=True))


def nonzero(rng: Rng, size: int) -> int:
    """A number from -`size` to `size` that is not 0."""
    number = integer(rng, 1, 2 * size)
    return number if number <= size else size - number


def pick(rng: Rng, options: Sequence[T]) -> T:
    """One of several things."""
    return options[int(rng.integers(len(options)))]


def several(rng: Rng, options: Sequence[T], number: int) -> list[T]:
    """So many different ones of several things, in random order."""
    return [options[int(index)] for index in rng.permutation(len(options))[:number]]


# -- words ------------------------------------------------------------------------------------


def plural(noun: str) -> str:
    """More than one of them."""
    return PLURALS.get(noun, f"{noun}s")


def counted(number: int, noun: str) -> str:
    """A number of things: "1 goose", "3 geese"."""
    return f"{number} {noun if number == 1 else plural(noun)}"


def listed(parts: Sequence[str]) -> str:
    """Several parts as one: "this, that and those"."""
    return f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else parts[0]


def clock(minutes: int) -> str:
    """A time of day, from minutes after midnight: "9:05"."""
    return f"{minutes // 60 % 24}:{minutes % 60:02d}"


# -- formulas ---------------------------------------------------------------------------------


def combination(terms: Mapping[str, int]) -> str:
    """A sum of multiples: {"x": 3, "y": -1, "": 4} is "3x - y + 4"; what is multiplied by 0 is left out."""
    shown = [(factor, name) for name, factor in terms.items() if factor]
    return _joined((factor, _multiple(abs(factor), name)) for factor, name in shown)


def polynomial(factors: Sequence[int], variable: str = "x") -> str:
    """A polynomial, from the factor of its highest power down: [2, 0, -1] is "2x^2 - 1"."""
    powers = {0: "", 1: variable}
    degree = len(factors) - 1
    return combination({powers.get(degree - i, f"{variable}^{degree - i}"): factors[i] for i in range(len(factors))})


def _multiple(size: int, name: str) -> str:
    return f"{'' if size == 1 and name else size}{name}"


def _joined(parts: Iterable[tuple[int, str]]) -> str:
    text = ""
    for sign, part in parts:
        if text:
            text += f" - {part}" if sign < 0 else f" + {part}"
        else:
            text = f"-{part}" if sign < 0 else part
    return text or "0"
