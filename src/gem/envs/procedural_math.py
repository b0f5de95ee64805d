r"""Mathematics without end: one generated problem, one exact answer.

| id | what |
|-|-|
| `math:Procedural-v1` | stories, algebra, modular arithmetic, probability, number theory, counting; 41 kinds |

The answer goes into `\boxed{…}` and ends the episode: 1 if it is the right number in any notation, else 0. A reply
without a box earns 0 as well, or -0.1 with `use_format_error_reward`. Every problem has exactly one right answer, an
integer or a fraction, and says which of the two it wants; nothing is rounded.

`reset()` draws any of 2**31 problems but the first `size`, which are kept for evaluation: `env.dataset` holds them, and
`reset(idx=i)` asks them. No text that is kept is ever drawn, with this seed or another. `difficulty` is "easy",
"medium" or "hard", else all three are mixed; `kinds` are names of kinds and topics that `gem.envs.math_problems` lists.
`solve()` knows the answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

import numpy as np

from gem.build import closest
from gem.constants import TERMINAL_STATE, LanguageGameReward
from gem.core import Env, Info, StepResult, termination
from gem.envs import math_problems
from gem.envs._procedural_items import POOL, Items
from gem.envs.math_problems import Level
from gem.envs.math_problems.answers import judged
from gem.errors import ConfigError
from gem.parsing import extract_last_boxed_answer
from gem.seeding import generator

REQUEST = "\n\nPut your final answer into \\boxed{}.\n"
LEVELS: tuple[Level, ...] = ("easy", "medium", "hard")


@dataclass(frozen=True, slots=True)
class Asked:
    """A problem, with what it is."""

    kind: str
    level: Level
    text: str
    answer: int | Fraction

    def row(self) -> dict[str, Any]:
        """The problem as a row that `MathEnv` could ask as well."""
        return {"problem": self.text, "answer": str(self.answer), "kind": self.kind, "level": self.level}


@dataclass(frozen=True, slots=True)
class Problems:
    """Problems of some kinds and levels, each as often as the others."""

    kinds: tuple[str, ...]
    levels: tuple[Level, ...]

    def draw(self, rng: np.random.Generator) -> Asked:
        """A problem of any of the kinds and levels."""
        kind = self.kinds[int(rng.integers(len(self.kinds)))]
        level = self.levels[int(rng.integers(len(self.levels)))]
        problem = math_problems.draw(rng, kind, level)
        return Asked(kind, level, problem.text, problem.answer)


@dataclass(slots=True)
class State:
    """Which problem is asked."""

    index: int


class ProceduralMathEnv(Env[str, str]):
    """One problem of some kinds, of one `level` or of all.

    `seed=None` takes a sequence of problems that is new each time. Raises `ConfigError` for a kind or a level that
    there is not.
    """

    tiers: ClassVar[dict[str, dict[str, Any]]] = {level: {"level": level} for level in LEVELS}
    state: State

    def __init__(
        self,
        kinds: Iterable[str] | None = None,
        level: Level | None = None,
        size: int = 500,
        seed: int | None = 42,
        use_format_error_reward: bool = False,
    ) -> None:
        super().__init__()
        if level is not None and level not in LEVELS:
            raise ConfigError(
                f"there is no level {level!r}.{closest(str(level), list(LEVELS))} There are {', '.join(LEVELS)}."
            )
        self.use_format_error_reward = use_format_error_reward
        self.rng = generator(seed)
        seed = int(self.rng.integers(POOL)) if seed is None else seed
        recipe = Problems(math_problems.kinds_of(kinds), LEVELS if level is None else (level,))
        self.dataset = Items(recipe, size, seed, apart=True)

    @property
    def idx(self) -> int:
        """The number of the problem that is asked."""
        return self.state.index

    @property
    def problem(self) -> Asked:
        """The problem that is asked."""
        return self.dataset.item(self.idx)

    def _reset(self, idx: int | None = None) -> tuple[str, Info]:
        """Ask problem `idx`, or one drawn from beyond the first `size`."""
        self.state = State(self.dataset.drawn(self.rng) if idx is None else self.dataset.checked(idx))
        return self.problem.text + REQUEST, {"idx": self.idx, "kind": self.problem.kind, "level": self.problem.level}

    def _step(self, action: str) -> StepResult[str]:
        kind = self.problem.kind
        answer = extract_last_boxed_answer(action) if isinstance(action, str) else None  # pyright: ignore[reportUnnecessaryIsInstance]
        if answer is None:
            cost = LanguageGameReward.format_error if self.use_format_error_reward else LanguageGameReward.fail
            return termination(TERMINAL_STATE, cost, correct=False, success=False, verdict="format", kind=kind)
        verdict = judged(answer, self.problem.answer)
        right = verdict == "correct"
        return termination(TERMINAL_STATE, float(right), correct=right, success=right, verdict=verdict, kind=kind)

    def solve(self) -> str:
        """The right answer, in a box."""
        return f"\\boxed{{{self.problem.answer}}}"

    def sample_random_action(self, rng: np.random.Generator | None = None) -> str:
        """The right answer to some other problem."""
        rng = generator(None) if rng is None else rng
        return f"\\boxed{{{self.dataset.recipe.draw(rng).answer}}}"
