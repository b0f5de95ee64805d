"""Items that are made as they are asked for: an endless sequence, whose first ones are kept for evaluation.

Item i of a sequence depends on its recipe, its seed, its size and i alone, on any machine. Where texts may come twice,
each text is either kept for evaluation or drawn, with whatever seed: none is ever both.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Generic, Protocol, TypeVar

import numpy as np

from gem.errors import ConfigError
from gem.seeding import derive, generator

POOL = 2**31
"""How many items a sequence has."""
KEPT = 8
"""One in so many texts is kept, where texts may come twice."""


class Item(Protocol):
    """What is asked in one episode."""

    @property
    def text(self) -> str:
        """All that is told and asked."""
        ...

    def row(self) -> dict[str, Any]:
        """The item as a row of a data set: `problem`, `answer` and what else there is to say of it."""
        ...


ItemT = TypeVar("ItemT", bound=Item)
ItemT_co = TypeVar("ItemT_co", bound=Item, covariant=True)


class Recipe(Protocol[ItemT_co]):
    """How items are made: a hashable value, the settings of an env."""

    def __hash__(self) -> int: ...

    def draw(self, rng: np.random.Generator) -> ItemT_co:
        """A new item."""
        ...


@dataclass(frozen=True, slots=True)
class Items(Generic[ItemT]):
    """The first `size` items of the sequence of `seed`, as rows; `item` gives any other, too.

    Raises `ConfigError` if `size` leaves nothing beyond them.
    """

    recipe: Recipe[ItemT]
    size: int
    seed: int
    apart: bool = False
    """Whether texts may come twice, so that those that are kept must be told from the others by themselves."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "size", whole(self.size, "size"))
        if not 0 <= self.size < POOL:
            raise ConfigError(f"of {POOL} items, size must leave some to draw, and is {self.size}")

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, index: int) -> dict[str, Any]:
        """A row; negative numbers count from the end. Raises `IndexError`."""
        return self.item(range(self.size)[index]).row()

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return (self[index] for index in range(self.size))

    def item(self, index: int) -> ItemT:
        """Item number `index` of the whole sequence."""
        return _item(self, index)  # pyright: ignore[reportUnknownVariableType]

    def drawn(self, rng: np.random.Generator) -> int:
        """The number of some item beyond the first `size`."""
        return int(rng.integers(self.size, POOL))

    def checked(self, index: int) -> int:
        """The number, if there is such an item. Raises `ConfigError`."""
        index = operator.index(index)
        if not 0 <= index < POOL:
            raise ConfigError(f"there are items 0 to {POOL - 1}, and no {index}")
        return index


@lru_cache(maxsize=1024)
def _item(items: Items[Any], index: int) -> Any:
    """Cached, as an episode looks at its item several times."""
    rng = generator(derive(items.seed, "item", index))
    item = items.recipe.draw(rng)
    while items.apart and is_kept(item.text) != (index < items.size):
        item = items.recipe.draw(rng)
    return item


def whole(number: Any, name: str) -> int:
    """A setting that is a whole number, of any type. Raises `ConfigError` for another."""
    try:
        return int(operator.index(number))
    except TypeError:
        raise ConfigError(f"{name} is a whole number, not {number!r}") from None


def is_kept(text: str) -> bool:
    """Whether a text that may come twice belongs to evaluation."""
    return derive(0, "kept", text) % KEPT == 0
