r"""ReasoningGym: answer one generated question, checked by a scorer that junk cannot please.

| id | what |
|-|-|
| `rg:NAME` | an item of the data set NAME of reasoning-gym (extra `rg`); `gem.envs.rg_ids` lists them |

The answer goes into `\boxed{…}` and ends the episode. A right one earns 1, a right path with a detour a share of it,
anything else 0; `strict=False` pays what the package pays (`_reasoning_gym_scores` has the audit and its reasons).

`reset()` draws any of the data set's 2**31 items but the first `size`, which are kept for evaluation: `env.dataset`
holds them and `reset(idx=i)` asks them. Item i of `seed` is the package's own `create_dataset(NAME, seed=seed)[i]`,
but for acre, gsm_symbolic and list_functions, whose items are shared by all seeds. Only items whose known answer
earns 1 are drawn. `solve()` knows that answer, so perfect play scores 1 everywhere.

The questions are the package's, and some say less than they seem to. The best constant earns 0.4 to 0.7 where answers
are few (acre, circuit_logic, course_schedule, game_of_life_halting, isomorphic_strings, letter_counting,
mahjong_puzzle, maze, ransom_note, rotten_oranges, syllogism) and with "0" in polynomial_equations. The string said
back is right in 9 of 10 items of string_insertion, all premises joined by ∧ always in propositional_logic.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from gem.constants import TERMINAL_STATE, LanguageGameReward
from gem.core import Env, Info, StepResult, termination
from gem.envs._reasoning_gym_items import Entry, Items, dataset, entry, options_of, pool
from gem.envs._reasoning_gym_oracles import oracle
from gem.envs._reasoning_gym_scores import RIGHT, score
from gem.errors import ConfigError
from gem.parsing import extract_last_boxed_answer
from gem.seeding import generator

REQUEST = "\n\nPut your final answer, in the form that the question asks for, into \\boxed{}.\n"
NO_QUESTION = frozenset({"", "{}"})
"""Answers of items that ask for nothing: an equation without solutions, a program that failed on its own input."""
PROVEN = frozenset({"rush_hour"})
"""Data sets whose items are known to have an answer, which is dear to find."""
DECOYS = 8
"""Random answers are right ones to this many other items."""


@dataclass(slots=True)
class State:
    """Which item is asked."""

    index: int


class ReasoningGymEnv(Env[str, str]):
    """One question of a data set of reasoning-gym, one answer.

    `config` are the data set's own settings; `seed=None` takes a sequence of items that is new each time.
    Raises `MissingExtra` without the package, `ConfigError` for a data set or a setting that it doesn't have.
    """

    state: State

    def __init__(
        self,
        name: str,
        size: int = 500,
        seed: int | None = 42,
        strict: bool = True,
        config: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__()
        if not 0 <= size < pool(name):
            raise ConfigError(f"rg:{name} has {pool(name)} items: size must leave some, and is {size}")
        self.name, self.strict = name, strict
        self.rng = generator(seed)
        seed = int(self.rng.integers(pool(name))) if seed is None else seed
        self.dataset = Items(name, size, seed, options_of(name, config))

    @property
    def idx(self) -> int:
        """The index of the item that is asked."""
        return self.state.index

    def _reset(self, idx: int | None = None) -> tuple[str, Info]:
        """Ask item `idx`, or one drawn from beyond the first `size`."""
        self.state = State(self._drawn() if idx is None else idx)
        return self._entry["question"].rstrip("\n") + REQUEST, {"idx": self.idx}

    def _step(self, action: str) -> StepResult[str]:
        answer = extract_last_boxed_answer(action) if isinstance(action, str) else None  # pyright: ignore[reportUnnecessaryIsInstance]
        if answer is None:
            return termination(TERMINAL_STATE, LanguageGameReward.fail, correct=False, success=False, score=0.0)
        value, trouble = score(self.name, self._scorer, answer, self._entry, self.strict)
        right = value >= RIGHT
        notes = {"trouble": trouble} if trouble else {}
        return termination(TERMINAL_STATE, value, correct=right, success=right, score=value, **notes)

    def solve(self) -> str:
        """The answer that the data set knows, in a box."""
        return f"\\boxed{{{oracle(self.name, self._entry)}}}"

    def sample_random_action(self, rng: np.random.Generator | None = None) -> str:
        """The right answer to another item."""
        rng = generator(None) if rng is None else rng
        return f"\\boxed{{{decoy(self.name, self.dataset.options, int(rng.integers(DECOYS)))}}}"

    @property
    def _entry(self) -> Entry:
        return self.dataset.entry(self.idx)

    @property
    def _scorer(self) -> Any:
        return dataset(self.name, self.dataset.options)

    def _drawn(self) -> int:
        """An index beyond the first `size` whose item has an answer that earns 1."""
        first = self.dataset.size
        index = int(self.rng.integers(first, pool(self.name)))
        while not is_fair(self.name, self.dataset.options, self.dataset.number(index)):
            index = index + 1 if index + 1 < pool(self.name) else first
        return index


@lru_cache(maxsize=4096)
def is_fair(name: str, options: str, number: int) -> bool:
    """Whether there is an item of this number, and the answer that is known to it survives its box and earns 1."""
    try:
        item = entry(name, options, number)
    except Exception:  # noqa: BLE001 - some generators give up on some numbers, each in its own way
        return False
    if name in PROVEN:
        return True
    boxed = extract_last_boxed_answer(f"\\boxed{{{oracle(name, item)}}}")
    if boxed is None or boxed in NO_QUESTION:
        return False
    return score(name, dataset(name, options), boxed, item).value >= RIGHT


@lru_cache(maxsize=4096)
def decoy(name: str, options: str, number: int) -> str:
    """The right answer to item `number`."""
    return oracle(name, entry(name, options, number))
