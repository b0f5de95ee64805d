"""Asking the rows of a data set, one an episode: what `MathEnv`, `QaEnv` and `CodeEnv` share. It judges no answer."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, Self, TypeVar, overload

from gem.constants import TERMINAL_STATE
from gem.core import HOUSEKEEPING, Env, Info, ObsType, StepResult, truncation
from gem.data import Cursor, Rows, load, rows_of
from gem.errors import ConfigError
from gem.seeding import generator

Value = TypeVar("Value")
ASSIGNABLE = frozenset({"idx", "epoch", "answer", "first_obs"})
"""What subclasses written for the released GEM set themselves, and are copied with."""


class Assignable(Generic[Value]):
    """A property that gives way to an attribute of the same name, so that a subclass may also just assign to it."""

    def __init__(self, read: Callable[[Any], Value]) -> None:
        self._read = read
        self.__doc__ = read.__doc__

    @overload
    def __get__(self, env: None, owner: type) -> Self: ...
    @overload
    def __get__(self, env: object, owner: type) -> Value: ...
    def __get__(self, env: object, owner: type) -> Self | Value:
        return self if env is None else self._read(env)


@dataclass(slots=True)
class State:
    """Which row is asked, and where the next one stands."""

    cursor: Cursor
    """Where the next row stands in the order."""
    index: int = 0


class DatasetEnv(Env[ObsType, str]):
    """One row an episode, in an order of the seed or, with `eval`, in that of the rows.

    A subclass sets `dataset`, calls `_ask_in_order` in its constructor, and implements `_question` and `_step`.

    Subclasses of ours that were written for the released GEM may set up a `dataset` of their own in any form, choose
    their rows themselves, and call `Env.__init__(self)` and `Env.reset(self, seed)` alone: then nothing is asked here,
    and a copy of the env copies every attribute.
    """

    dataset: Any
    """The rows."""
    seed: int | None = 0
    shuffle: bool

    @Assignable
    def idx(self) -> int:
        """The index of the row that is asked."""
        return self.state.index

    @Assignable
    def epoch(self) -> int:
        """How many times all rows were asked before this one."""
        cursor: Cursor = self.state.cursor
        return max(cursor.step - 1, 0) // cursor.length

    def _question(self) -> ObsType:
        """What row `idx` asks. Raises `DataError`, which names the row, for one that cannot be asked or judged."""
        raise NotImplementedError(f"{type(self).__name__} has no _question()")

    def _ask_in_order(self, seed: int | None, eval: bool) -> None:
        """Begin at the start of the seed's order, or of the rows' own; without a seed, of an order by chance."""
        self.seed, self.shuffle = seed, not eval
        self.rng = generator(seed)

    def reset(self, seed: int | None = None, **options: Any) -> tuple[ObsType, Info]:
        """Ask the next row, or row `idx`. A seed begins another order; of an evaluation, further on in it."""
        if self._asks():
            vars(self).pop("idx", None)  # a subclass that assigns it calls `Env.reset` and then asks that row
            if seed is not None:
                self.state = self._asked(self._first(seed), 0)
        return super().reset(seed, **options)

    def _reset(self, idx: int | None = None) -> tuple[ObsType, Info]:
        if not self._asks():
            return None, {}  # pyright: ignore[reportReturnType] - a subclass that asks rows of its own
        for name in ("answer", "first_obs"):  # they were of the row before
            vars(self).pop(name, None)
        cursor: Cursor = self.state.cursor if "state" in vars(self) else self._opening()
        if idx is None:
            self.state = self._asked(cursor.next(), cursor.index)
        else:
            idx = operator.index(idx)
            if not 0 <= idx < cursor.length:
                raise ConfigError(f"there are problems 0 to {cursor.length - 1}, and no {idx}")
            self.state = self._asked(cursor, idx)
        return self._question(), {"idx": self.idx}

    def _asked(self, cursor: Cursor, index: int) -> State:
        """The state in which row `index` is asked; an env that remembers more makes its own."""
        return State(cursor, index)

    def _count(self) -> int:
        return len(self.dataset)

    def _first(self, seed: int) -> Cursor:
        if self.shuffle:
            return Cursor(self._count(), seed)
        return Cursor(self._count(), shuffle=False, step=seed % self._count())

    def _opening(self) -> Cursor:
        """Where an env begins that was reset without a seed."""
        if not self.shuffle:
            return self._first(0)
        return self._first(int(self.rng.integers(2**63)) if self.seed is None else self.seed)

    def _asks(self) -> bool:
        """Whether this class chooses the rows, and not a subclass that only calls `Env.__init__`."""
        return "shuffle" in vars(self)

    def _remembered(self) -> set[str]:
        own = vars(self).keys() - HOUSEKEEPING
        return own & {"state", *ASSIGNABLE} if self._asks() else own


def rows_from(dataset_name: str, split: str | None, subset: str | None, dataset: Any) -> Rows:
    """The rows of an env's arguments: `dataset` where it is given, else those that `gem.data.load` finds by name."""
    if dataset is not None:
        return rows_of(dataset, split)
    if not dataset_name:
        raise ConfigError("give a dataset or the dataset_name of one")
    return load(dataset_name, split, subset=subset)


def lost(error: Exception) -> StepResult[str]:
    """The end of an episode whose answer could not be judged, through no fault of the agent."""
    trouble = {"type": type(error).__name__, "message": str(error)}
    return truncation(TERMINAL_STATE, 0.0, error=trouble, correct=False, success=False)
