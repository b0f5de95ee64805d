r"""FictionalQa: questions on an invented world, whose answers stand in a corpus of passages and nowhere else.

| id | what |
|-|-|
| `qa:Fictional-v1` | a question of 1, 2 or 3 hops; the tiers easy, medium and hard have one number of hops each |
| `qa:Fictional-v1-easy`, `-hard` | 1 hop, 3 hops |

    env = ToolEnvWrapper(gem.make("qa:Fictional-v1"), [SearchTool()])   # the tool searches the env's own passages

The answer goes between `<answer>` and `</answer>` and ends the episode: 1 if it is exactly the right one, however
numbers, dates and capitals are written, else 0; `info` has `correct`, `success`, and the verdict: "correct", "wrong" or
"format". Each question has one right answer, and each hop needs a passage of
its own: what lies between is not named in the question, and no passage spares a hop. Names are invented and passages
worded otherwise than questions, so that nothing but reading helps.

`reset()` draws any question but the first `size` of each number of hops, which are kept for evaluation: `env.dataset`
holds `size` of them, each number of hops in turn, and `reset(idx=i)` asks them. `world` is the number of the world, the
same for everybody; another number is another corpus with other questions, which shows whether an agent has learnt to
search or has learnt the corpus by heart. `env.passages` is the corpus, `env.retriever` an index of it in memory, which
the envs of a process share. `solve()` knows the answer.

Of 5,000 questions, the answer that is most often right is right in 0.2 %, and of searches for the question itself,
word for word, 100 % have the answer in their first three passages with 1 hop, 0.2 % with 2 and 0.8 % with 3. A script
that looks up one thing after the other, and knows no more of the world than what it finds, answers all.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, ClassVar

import numpy as np

from gem.constants import TERMINAL_STATE, LanguageGameReward
from gem.core import Env, Info, StepResult, termination
from gem.envs import fictional_world
from gem.envs.fictional_world import Library, Question
from gem.errors import ConfigError
from gem.grading.qa import em_check
from gem.parsing import extract_last_tagged_answer
from gem.search import Passage, Retriever
from gem.seeding import generator

PROMPT = (
    "Answer a question about an invented world. Nothing that you remember of the real one helps.\n\n"
    "Question: {question}\n\n"
    "Put the answer alone between <answer> and </answer>: a full name, a number in digits, or a date such as "
    "3 May 1625.\n"
)
MOST_HOPS = 3


@dataclass(slots=True)
class State:
    """Which question is asked."""

    index: int


class FictionalQaEnv(Env[str, str]):
    """One question on a fictional world, one answer.

    `hops` is how many passages a question needs, or a choice of such numbers that take turns; `entities` is the size
    of the corpus. Raises `ConfigError` for what makes no world or leaves no question.
    """

    tiers: ClassVar[dict[str, dict[str, Any]]] = {"easy": {"hops": 1}, "medium": {"hops": 2}, "hard": {"hops": 3}}
    state: State

    def __init__(
        self, hops: int | Sequence[int] = (1, 2, 3), entities: int = 3000, world: int = 0, size: int = 500
    ) -> None:
        super().__init__()
        self.hops = (hops,) if isinstance(hops, int) else tuple(hops)
        if not self.hops or not set(self.hops) <= set(range(1, MOST_HOPS + 1)):
            raise ConfigError(f"hops is a number from 1 to {MOST_HOPS}, or several, not {hops!r}")
        if not fictional_world.FEWEST <= entities <= fictional_world.MOST:
            fewest, most = fictional_world.FEWEST, fictional_world.MOST
            raise ConfigError(f"entities is a number from {fewest} to {most}, not {entities}")
        if size < 0:
            raise ConfigError(f"size is a number of questions, not {size}")
        self.entities, self.world, self.size = entities, world, size
        self._rows: list[dict[str, Any]] | None = None

    # -- the corpus ----------------------------------------------------------------------------

    @property
    def passages(self) -> Sequence[Passage]:
        """The corpus: every fact that a question needs stands in it."""
        return self._library.passages

    @property
    def retriever(self) -> Retriever:
        """An index of the corpus; built when it is first asked for, once in a process."""
        return self._library.retriever

    @property
    def dataset(self) -> list[dict[str, Any]]:
        """The questions that are kept for evaluation, as rows that `QaEnv(dataset=...)` reads, too."""
        if self._rows is None:
            self._rows = [self._asked(index).row() for index in range(self.size)]
        return self._rows

    @property
    def _library(self) -> Library:
        return fictional_world.library(self.world, self.entities)

    # -- an episode ----------------------------------------------------------------------------

    @property
    def idx(self) -> int:
        """The index of the question that is asked."""
        return self.state.index

    @property
    def question(self) -> Question:
        """The question that is asked, with its answers and the titles of the passages that lead there."""
        return self._asked(self.idx)

    def _reset(self, idx: int | None = None) -> tuple[str, Info]:
        """Ask question `idx`, or one drawn from beyond the first `size`."""
        index = self._drawn() if idx is None else int(operator.index(idx))
        question = self._asked(index)
        self.state = State(index)
        return PROMPT.format(question=question.text), {"idx": index, "hops": len(question.titles)}

    def _step(self, action: str) -> StepResult[str]:
        answer = extract_last_tagged_answer(action) if isinstance(action, str) else None  # pyright: ignore[reportUnnecessaryIsInstance]
        if answer is None:
            return termination(TERMINAL_STATE, LanguageGameReward.fail, correct=False, success=False, verdict="format")
        right = em_check(answer, self.question.answers)
        reward, verdict = (LanguageGameReward.success, "correct") if right else (LanguageGameReward.fail, "wrong")
        return termination(TERMINAL_STATE, reward, correct=right, success=right, verdict=verdict)

    def solve(self) -> str:
        """The right answer."""
        return f"<answer>{self.question.answers[0]}</answer>"

    def sample_random_action(self, rng: np.random.Generator | None = None) -> str:
        """The name of something else."""
        rng = generator(None) if rng is None else rng
        return f"<answer>{self.passages[int(rng.integers(len(self.passages)))].title}</answer>"

    # -- which questions there are ---------------------------------------------------------------

    def _asked(self, index: int) -> Question:
        question = self.question_at(index)
        if question is None:
            raise ConfigError(f"there is no question {index}; {self.size} are kept, and reset() draws others")
        return question

    def question_at(self, index: int) -> Question | None:
        """The question of an index; None where there is none.

        The first `size` are those that are kept, with each number of hops in turn. Beyond them an index tells the
        number of hops and a place among their questions.
        """
        turn, hops = divmod(index, len(self.hops))
        questions, kept = self._library.questions(self.hops[hops]), self._kept(hops)
        if 0 <= index < self.size:
            return questions.at(kept[turn])
        return questions.at(turn) if _behind(kept) <= turn < len(questions) else None

    def _drawn(self) -> int:
        """The index of a question that is not kept."""
        hops = int(self.rng.integers(len(self.hops)))
        questions = self._library.questions(self.hops[hops])
        first, end = _behind(self._kept(hops)), len(questions)
        begin = int(self.rng.integers(first, end))
        for place in chain(range(begin, end), range(first, begin)):
            if questions.at(place):
                return place * len(self.hops) + hops
        raise self._too_few(self.hops[hops])

    def _kept(self, hops: int) -> tuple[int, ...]:
        """The places of the first `size` questions of one of `self.hops`.

        None of them is ever drawn, so that no env of the same size trains on what another one evaluates.
        """
        kept = self._library.kept(self.hops[hops], self.size)
        if len(kept) < self.size or _behind(kept) >= len(self._library.questions(self.hops[hops])):
            raise self._too_few(self.hops[hops])
        return kept

    def _too_few(self, hops: int) -> ConfigError:
        return ConfigError(
            f"a world of {self.entities} has too few questions of {hops} hops to keep {self.size} of: "
            "give it more entities, or a smaller size"
        )


def _behind(kept: tuple[int, ...]) -> int:
    """The first place that is not kept."""
    return kept[-1] + 1 if kept else 0
