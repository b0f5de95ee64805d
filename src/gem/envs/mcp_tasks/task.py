"""What a task is, and how its parts are drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, TypeVar

import numpy as np

Level = Literal["easy", "hard"]
Item = TypeVar("Item")


class Call(NamedTuple):
    """A call of a tool."""

    tool: str
    arguments: dict[str, Any]


@dataclass(slots=True)
class Instance:
    """One task as it is set."""

    text: str
    """What is asked."""
    begin: Any
    """The state of the server at the start."""
    goal: Any
    """A state that is right."""
    plan: list[Call]
    """What an expert calls: first to learn what the text does not say, then to do it."""


Task = Callable[[np.random.Generator, Level], Instance]
"""Draws an instance."""

PEOPLE: tuple[str, ...] = (
    "Ada", "Bruno", "Chloe", "Dmitri", "Elif", "Farid", "Greta", "Hugo", "Imani", "Jonas", "Keiko", "Lena",
    "Mateo", "Nadia", "Oskar", "Priya", "Quentin", "Rosa", "Samir", "Tove",
)  # fmt: skip
PRODUCTS: tuple[str, ...] = (
    "apples",
    "bread",
    "candles",
    "dates",
    "eggs",
    "flour",
    "grapes",
    "honey",
    "ink",
    "jam",
    "kettles",
    "lamps",
)
CITIES: tuple[str, ...] = ("Aarhus", "Bergen", "Cork", "Delft", "Evora", "Faro", "Ghent", "Hanko", "Ivrea", "Jaca")
WORDS: tuple[str, ...] = (
    "amber", "birch", "cloud", "delta", "ember", "fjord", "grove", "heron", "islet", "juniper", "kelp", "lagoon",
    "maple", "nectar", "orchid", "pebble", "quartz", "river", "sable", "thistle", "umber", "violet", "willow", "zephyr",
)  # fmt: skip


def pick(rng: np.random.Generator, items: Sequence[Item]) -> Item:
    """One of the items."""
    return items[int(rng.integers(len(items)))]


def some(rng: np.random.Generator, items: Sequence[Item], count: int) -> list[Item]:
    """Different ones of the items, in any order."""
    return [items[int(index)] for index in rng.permutation(len(items))[:count]]


def mixed(rng: np.random.Generator, items: Sequence[Item]) -> list[Item]:
    """All items, in any order."""
    return some(rng, items, len(items))


def number(rng: np.random.Generator, low: int, high: int) -> int:
    """A whole number from `low` to `high`, both included."""
    return int(rng.integers(low, high, endpoint=True))
