r"""Logic without end: facts and rules of a generated world, and statements on it that are true or false.

| id | what |
|-|-|
| `logic:Procedural-v1` | four statements on a world of five people or animals, with proofs of depth 0 to 5 |

All statements are answered at once, as in `\boxed{True, False, False, True}`, and the episode ends: 1 if each answer
is right, else 0; with `partial_credit` the share of right ones. A reply without a box earns 0, or -0.1 with
`use_format_error_reward`. A statement of any depth is true as often as false, whatever its words, so that the best
constant reply earns 1 in 16; with `questions=1` it earns 1 in 2.

    tier      depths of the statements, each drawn from these     (see `gem.envs.logic_worlds.theory` for what depth is)
    easy      0, 1, 1, 1      looked up, or one rule
    medium    2, 3
    hard      4, 5

`reset()` draws any of 2**31 worlds but the first `size`, which are kept for evaluation: `env.dataset` holds them, and
`reset(idx=i)` asks them. `solve()` knows the answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from gem.constants import TERMINAL_STATE, LanguageGameReward
from gem.core import Env, Info, StepResult, termination
from gem.envs._procedural_items import POOL, Items, whole
from gem.envs.logic_worlds import MOST_DEPTH, MOST_STATEMENTS, draw_world, told
from gem.errors import ConfigError
from gem.parsing import extract_last_boxed_answer, move_words
from gem.seeding import generator

WORDS = {"true": True, "t": True, "false": False, "f": False}
FILLERS = frozenset({"and"})


@dataclass(frozen=True, slots=True)
class Asked:
    """A world in words, and the truth of its statements."""

    text: str
    answers: tuple[bool, ...]
    depths: tuple[int, ...]

    def row(self) -> dict[str, Any]:
        """The world as a row of a data set."""
        return {"problem": self.text, "answer": written(self.answers), "depths": list(self.depths)}


@dataclass(frozen=True, slots=True)
class Worlds:
    """Worlds with so many statements, the depth of each drawn from `depths`."""

    depths: tuple[int, ...]
    questions: int

    def draw(self, rng: np.random.Generator) -> Asked:
        """A new world."""
        depths = tuple(self.depths[int(rng.integers(len(self.depths)))] for _ in range(self.questions))
        world = draw_world(rng, depths)
        return Asked(told(world), tuple(one.truth for one in world.statements), depths)


@dataclass(slots=True)
class State:
    """Which world is asked."""

    index: int


class ProceduralLogicEnv(Env[str, str]):
    """Statements on one world, answered together.

    `depths` are what the depth of each statement is drawn from; a depth named twice is drawn twice as often.
    `seed=None` takes a sequence of worlds that is new each time. Raises `ConfigError` for a number out of range.
    """

    tiers: ClassVar[dict[str, dict[str, Any]]] = {
        "easy": {"depths": (0, 1, 1, 1)},
        "medium": {"depths": (2, 3)},
        "hard": {"depths": (4, 5)},
    }
    state: State

    def __init__(
        self,
        depths: Sequence[int] = (0, 1, 2, 3, 4, 5),
        questions: int = 4,
        partial_credit: bool = False,
        size: int = 500,
        seed: int | None = 42,
        use_format_error_reward: bool = False,
    ) -> None:
        super().__init__()
        depths = tuple(whole(depth, "each of the depths") for depth in depths)
        questions = whole(questions, "questions")
        if not depths or not set(depths) <= set(range(MOST_DEPTH + 1)):
            raise ConfigError(f"depths are some of the numbers 0 to {MOST_DEPTH}, not {depths!r}")
        if not 1 <= questions <= MOST_STATEMENTS:
            raise ConfigError(f"a world has 1 to {MOST_STATEMENTS} questions, not {questions}")
        self.questions = questions
        self.partial_credit, self.use_format_error_reward = partial_credit, use_format_error_reward
        self.rng = generator(seed)
        seed = int(self.rng.integers(POOL)) if seed is None else seed
        self.dataset = Items(Worlds(depths, questions), size, seed)

    @property
    def idx(self) -> int:
        """The number of the world that is asked."""
        return self.state.index

    @property
    def problem(self) -> Asked:
        """The world that is asked."""
        return self.dataset.item(self.idx)

    def _reset(self, idx: int | None = None) -> tuple[str, Info]:
        """Ask world `idx`, or one drawn from beyond the first `size`."""
        self.state = State(self.dataset.drawn(self.rng) if idx is None else self.dataset.checked(idx))
        problem = self.problem
        return f"{problem.text}\n\n{_request(len(problem.answers))}", {"idx": self.idx, "depths": list(problem.depths)}

    def _step(self, action: str) -> StepResult[str]:
        truths = self.problem.answers
        answer = extract_last_boxed_answer(action) if isinstance(action, str) else None  # pyright: ignore[reportUnnecessaryIsInstance]
        if answer is None:
            cost = LanguageGameReward.format_error if self.use_format_error_reward else LanguageGameReward.fail
            return self._end(cost, "format", 0)
        answers = read(answer)
        if answers is None:
            return self._end(LanguageGameReward.fail, "unparsable", 0)
        hits = sum(map(bool.__eq__, answers, truths)) if len(answers) == len(truths) else 0
        if hits == len(truths):
            return self._end(LanguageGameReward.success, "correct", hits)
        return self._end(hits / len(truths) if self.partial_credit else LanguageGameReward.fail, "wrong", hits)

    def _end(self, reward: float, verdict: str, hits: int) -> StepResult[str]:
        right = verdict == "correct"
        problem = self.problem
        notes: Info = {"verdict": verdict, "hits": hits, "depths": list(problem.depths)}
        return termination(TERMINAL_STATE, reward, correct=right, success=right, **notes)

    def solve(self) -> str:
        """The right answers, in a box."""
        return f"\\boxed{{{written(self.problem.answers)}}}"

    def sample_random_action(self, rng: np.random.Generator | None = None) -> str:
        """As many answers as are asked for, each by a coin."""
        rng = generator(None) if rng is None else rng
        answers = [bool(rng.integers(2)) for _ in range(self.questions)]
        return f"\\boxed{{{written(answers)}}}"


def _request(questions: int) -> str:
    if questions == 1:
        return "Is the statement true or false? Put your answer into a box: \\boxed{True} or \\boxed{False}.\n"
    example = written([True, False, False, True, True, False][:questions])
    return (
        f"Is each statement true or false? Put your {questions} answers into one box, in the order of the statements "
        f"and separated by commas, such as \\boxed{{{example}}}.\n"
    )


def written(answers: Sequence[bool]) -> str:
    """Answers in the form that is asked for."""
    return ", ".join(map(str, answers))


def read(answer: str) -> list[bool] | None:
    """The answers that a box holds, in any capitals and with or without their numbers; None if it holds others."""
    words = [word for word in move_words(answer) if word.isalpha() and word not in FILLERS]
    return [WORDS[word] for word in words] if words and all(word in WORDS for word in words) else None
