r"""Geometry: one question about one picture; the picture carries the numbers.

| id | what |
|-|-|
| `math:Geometry-v1` | figures of 16 kinds: triangles, circles, angles, areas, charts, clocks, grids |

Pillow (extra `vision`) draws them. The observation is `{"problem": text, "images": [PIL.Image]}`. The text alone is
not enough: it holds no number, and its most common answer is right in one of ten cases at most. The answer goes into
`\boxed{…}` and ends the episode; it is a whole number or a fraction, and every way to write just that earns 1.
`info["verdict"]` is "correct", "wrong", "unparsable" (no number) or "format" (no box).

    tier   easy                medium                          hard
           one step to take    several, or read off an axis    several, one of them hidden

`reset()` draws any of 2**31 items but the first `size`, which are kept for evaluation: `env.dataset` holds them, as
rows of a data set, and `reset(idx=i)` asks them. An item is a few numbers, and the same numbers give the same pixels,
so snapshots and forks are small; the picture is drawn when it is shown.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

import numpy as np

from gem._extras import need
from gem.build import closest
from gem.constants import TERMINAL_STATE, LanguageGameReward
from gem.core import Env, Info, StepResult, termination
from gem.envs._procedural_items import POOL
from gem.envs.figures import EASY, HARD, KINDS, MEDIUM, Figure
from gem.envs.math_problems.answers import MAX_CHARS, judged
from gem.errors import ConfigError
from gem.grading.math import Verdict
from gem.parsing import extract_last_boxed_answer
from gem.seeding import derive, generator

REQUEST = (
    "\nThe figure shows all that is needed. Put your final answer into \\boxed{}: "
    "a whole number, a decimal or a fraction, exact and without a unit.\n"
)
LEVELS = (EASY, MEDIUM, HARD)
_DEGREES = re.compile(r"°|\^ *(?:\{ *\\circ *\}|\\circ(?![a-zA-Z]))|\\degree(?![a-zA-Z])")


@dataclass(slots=True)
class State:
    """Which item is asked, and its numbers."""

    index: int
    figure: Figure


class Figures(Sequence[dict[str, Any]]):
    """The items of a seed as rows: "problem", "images" and "answer". Its length is that of the evaluation set.

    Neighbours are of different kinds, and each kind runs through the levels.
    """

    def __init__(self, size: int, seed: int, level: int | None, kinds: Sequence[str]) -> None:
        self.size, self.seed, self.kinds = size, seed, tuple(kinds)
        self.levels = LEVELS if level is None else (level,)

    def figure(self, index: int) -> Figure:
        """Item `index`, beyond the evaluation set too."""
        turn, kind = divmod(index, len(self.kinds))
        rng = generator(derive(self.seed, "figure", index))
        return KINDS[self.kinds[kind]].new(rng, self.levels[turn % len(self.levels)])

    def checked(self, index: int) -> int:
        """The number, if there is such an item. Raises `ConfigError`."""
        index = operator.index(index)
        if not 0 <= index < POOL:
            raise ConfigError(f"there are items 0 to {POOL - 1}, and no {index}")
        return index

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, index: Any) -> Any:
        """A row, drawn anew; raises `IndexError` beyond the evaluation set."""
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(self.size))]
        figure = self.figure(range(self.size)[operator.index(index)])
        return {"problem": figure.question, "images": [figure.image()], "answer": str(figure.answer)}

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return (self[index] for index in range(self.size))


class GeometryEnv(Env[Any, str]):
    """One question about one figure, one answer.

    `level` is 0, 1 or 2 (None: all of them), `kinds` some of `gem.envs.figures.KINDS` (None: all). `seed=None` takes a
    sequence of items that is new each time. Raises `MissingExtra` without Pillow, `ConfigError` for a wrong argument.
    """

    state: State
    tiers: ClassVar[dict[str, dict[str, Any]]] = {
        "easy": {"level": EASY},
        "medium": {"level": MEDIUM},
        "hard": {"level": HARD},
    }

    def __init__(
        self,
        level: int | None = None,
        kinds: Sequence[str] | None = None,
        size: int = 480,
        seed: int | None = 42,
    ) -> None:
        super().__init__()
        need("PIL.Image", extra="vision")
        if level is not None and level not in LEVELS:
            raise ConfigError(f"level is one of {LEVELS}, or None for all of them, not {level!r}")
        if not 0 <= size < POOL:
            raise ConfigError(f"there are {POOL} items: size must leave some, and is {size}")
        self.rng = generator(seed)
        seed = int(self.rng.integers(POOL)) if seed is None else seed
        self.dataset = Figures(size, seed, level, _known(kinds))

    @property
    def idx(self) -> int:
        """The index of the item that is asked."""
        return self.state.index

    def _reset(self, idx: int | None = None) -> tuple[dict[str, Any], Info]:
        """Ask item `idx`, or one drawn from beyond the first `size`."""
        index = int(self.rng.integers(self.dataset.size, POOL)) if idx is None else self.dataset.checked(idx)
        self.state = State(index, self.dataset.figure(index))
        figure = self.state.figure
        return {"problem": figure.question + REQUEST, "images": [figure.image()]}, {"idx": index, "kind": figure.kind}

    def _step(self, action: str) -> StepResult[Any]:
        answer = extract_last_boxed_answer(action) if isinstance(action, str) else None  # pyright: ignore[reportUnnecessaryIsInstance]
        verdict = "format" if answer is None else verdict_on(answer, self.state.figure.answer)
        right = verdict == "correct"
        reward = LanguageGameReward.success if right else LanguageGameReward.fail
        return termination(TERMINAL_STATE, reward, correct=right, success=right, verdict=verdict)

    def solve(self) -> str:
        """The right answer, in a box."""
        return f"\\boxed{{{self.state.figure.answer}}}"

    def sample_random_action(self, rng: np.random.Generator | None = None) -> str:
        """The right answer to another item."""
        rng = generator(None) if rng is None else rng
        return f"\\boxed{{{self.dataset.figure(int(rng.integers(POOL))).answer}}}"


def verdict_on(answer: str, gold: Fraction) -> Verdict:
    """Whether an answer is exactly this number, with or without a degree sign; "unparsable" where it holds none."""
    return judged(_DEGREES.sub(" ", answer) if len(answer) <= MAX_CHARS else answer, gold)


def _known(kinds: Sequence[str] | None) -> list[str]:
    """The kinds asked for. Raises `ConfigError` for one that isn't there."""
    if kinds is None:
        return list(KINDS)
    names = [kinds] if isinstance(kinds, str) else list(kinds)
    for name in names:
        if name not in KINDS:
            raise ConfigError(
                f"there is no figure {name!r}.{closest(str(name), list(KINDS))} There are {', '.join(KINDS)}."
            )
    if not names:
        raise ConfigError(f"kinds names none; there are {', '.join(KINDS)}")
    return names
