r"""Mathematics: a problem of a data set, and an answer in `\boxed{}`.

| id | what |
|-|-|
| `math:ASDiv2K`, `GSM8K`, `Math12K`, `Math8K-3to5`, `Orz57K`, `DeepScaleR40K` | training sets, once they are here |
| `eval:MATH500`, `AMC`, `OlympiadBench`, `Minerva`, `AIME24` | test sets, in their own order |

The last balanced box of the reply is graded by `gem.grading.math`: a right answer earns 1, anything else 0. `info` has
`correct`, `success` and the verdict: "correct", "wrong", "timeout" (could not be decided in a second), "unparsable" (no
mathematics), or "format" (no box). Any data set will do:

    env = MathEnv(dataset=[{"problem": "What is 2 + 2?", "answer": 4}])
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, cast

import numpy as np

from gem.constants import TERMINAL_STATE, LanguageGameReward
from gem.core import StepCost, StepResult, termination
from gem.envs._dataset_env import Assignable, DatasetEnv, lost, rows_from
from gem.errors import DataError, GraderUnavailable
from gem.grading.math import MathVerdict, grade, need_grader
from gem.grading.math.texts import golds_of
from gem.parsing import extract_last_boxed_answer
from gem.seeding import generator

INSTRUCTION = "Put your final answer in \\boxed{}."
"""What is added to a problem that speaks of no box itself."""
TIMEOUT_S = 1.0
"""How long grading an answer may take."""
FINAL = "####"
"""What GSM8K writes before the answer, behind the solution."""


class _Call(NamedTuple):
    """A call that is made when its result is asked for."""

    function: Callable[..., Any]
    args: tuple[Any, ...]

    def get(self, timeout: float | None = None) -> Any:
        """The result; grading has a time limit of its own."""
        del timeout
        return self.function(*self.args)


class _InPlace:
    """Stands where the released env had a process pool, for subclasses that grade in it."""

    def apply_async(self, function: Callable[..., Any], args: tuple[Any, ...] = ()) -> _Call:
        """The call, to be made by whoever asks for its result."""
        return _Call(function, args)


class MathEnv(DatasetEnv[Any]):
    """One problem of a data set, and one answer.

    `dataset` is anything that `gem.data.rows_of` takes, and goes before `dataset_name`, which `gem.data.load` finds.
    Known answers are numbers, texts, lists of either (any of them is right), or solutions whose answer stands in a box
    or behind `####`. `use_format_error_reward` charges 0.1 for a reply without a box. `eval` asks the rows in their
    order. `instruction` is added to problems that speak of no box; "" leaves all as they are. `use_mp` is not needed
    any more: the grader's workers are the process's, not the env's.

    Raises `DataNotFound`, `DataError` for rows that lack what is asked, and `MissingExtra` without `math-verify`.
    """

    step_cost: StepCost = "blocking"
    question_key: str = "problem"
    answer_key: str = "answer"
    use_format_error_reward: bool = False
    instruction: str = INSTRUCTION
    mp_pool: Any = _InPlace()

    def __init__(
        self,
        dataset_name: str = "",
        split: str | None = None,
        dataset: Any = None,
        question_key: str = "problem",
        answer_key: str = "answer",
        use_format_error_reward: bool = False,
        seed: int | None = 0,
        use_mp: bool = True,
        eval: bool = False,
        *,
        subset: str | None = None,
        instruction: str = INSTRUCTION,
    ) -> None:
        super().__init__()
        del use_mp
        self.dataset = rows_from(dataset_name, split, subset, dataset)
        need_grader()
        self.question_key, self.answer_key = question_key, answer_key
        self.use_format_error_reward, self.instruction = use_format_error_reward, instruction
        self._ask_in_order(seed, eval)

    # -- what is asked ----------------------------------------------------------------------

    @Assignable
    def answer(self) -> Any:
        """The known answer of the problem that is asked, as its row has it."""
        return self.dataset.read(self.idx, self.answer_key)[0]

    @Assignable
    def first_obs(self) -> Any:
        """What `reset` showed."""
        return self._question()

    def _question(self) -> Any:
        question, answer = self.dataset.read(self.idx, self.question_key, self.answer_key)
        try:
            known_answers(answer)
            return asked(question, self.instruction)
        except DataError as error:
            raise DataError(f"{self.dataset.place(self.idx)}: {error}") from error

    # -- what is answered --------------------------------------------------------------------

    def _step(self, action: str) -> StepResult[Any]:
        answer = extract_last_boxed_answer(action) if isinstance(action, str) else None  # pyright: ignore[reportUnnecessaryIsInstance]
        if answer is None:
            reward = LanguageGameReward.format_error if self.use_format_error_reward else 0.0
            return termination(TERMINAL_STATE, reward, correct=False, success=False, verdict="format")
        try:
            verdict = self._judged(answer)
        except (GraderUnavailable, DataError) as error:
            return lost(error)
        right = verdict.correct
        return termination(TERMINAL_STATE, float(right), correct=right, success=right, verdict=verdict.verdict)

    def _judged(self, answer: str) -> MathVerdict:
        if self.check_correct is MathEnv.check_correct:  # nobody judges in another way
            return verdict_of(answer, self.answer)
        return MathVerdict("correct" if self.check_correct(answer, self.answer) else "wrong")

    @staticmethod
    def check_correct(model_answer: str, gt_answer: Any) -> bool:
        """Whether an answer is right. Subclasses may judge in their own way; it needs no env, and can be pickled."""
        return verdict_of(model_answer, gt_answer).correct

    # -- players -------------------------------------------------------------------------------

    def solve(self) -> str:
        """The known answer in a box."""
        return f"\\boxed{{{known_answers(self.answer)[0]}}}"

    def sample_random_action(self, rng: np.random.Generator | None = None) -> str:
        """A small number in a box."""
        rng = generator(None) if rng is None else rng
        return f"\\boxed{{{rng.integers(100)}}}"


def verdict_of(answer: str, known: Any) -> MathVerdict:
    """The verdict on an answer, where a row's value says what is right."""
    return grade(answer, known_answers(known), TIMEOUT_S)


def known_answers(value: Any) -> tuple[str, ...]:
    """The right answers that a row's value holds, as texts. Raises `DataError` if it holds none."""
    return golds_of(_final(value))


def _final(value: Any) -> Any:
    """The value without the solutions in front of its answers; a set in one order in every process."""
    if hasattr(value, "tolist"):  # of numpy
        value = value.tolist()
    if isinstance(value, str):
        return value.rpartition(FINAL)[2]
    if isinstance(value, list | tuple):
        return [_final(one) for one in cast("Iterable[Any]", value)]
    if isinstance(value, set | frozenset):
        return [_final(one) for one in sorted(cast("Iterable[Any]", value), key=repr)]
    return value


def asked(question: Any, instruction: str) -> str:
    """The problem, with the instruction if it says nothing of a box. Raises `DataError` for what is no text."""
    if not isinstance(question, str):
        raise DataError(f"the problem is a {type(question).__name__}, not a text")
    return question if not instruction or "\\boxed" in question else f"{question}\n\n{instruction}"
