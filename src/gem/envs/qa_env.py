r"""Questions of a data set, each with a short answer: from memory, with a search tool, or by reasoning.

| id | what |
|-|-|
| `qa:NaturalQuestions`, `qa:HotpotQA` | public training sets, once they are here |
| `logic:RuleTaker-d0` to `d5` | does a statement follow from rules, in so many steps of proof |
| `eval:QaOpen`, `2Wiki`, `PopQA`, `TriviaQA`, `HotpotQA`, `Bamboogle`, `NaturalQuestions`, `Musique` | test sets |

The answer stands between `<answer>` and `</answer>` or, with `extract_boxed`, in `\boxed{}`: the question ends with a
request for just that. It earns 1 if it matches a known answer (see `gem.grading.qa`), else 0; with `reward="f1"` the
share of words that they have in common. `info` has `correct`, `success`, `f1`, and the verdict: "correct", "wrong" or
"format". Any data set will do:

    env = QaEnv(dataset=[{"question": "Who wrote Emma?", "answer": ["Jane Austen", "Austen"]}])
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np

from gem.constants import TERMINAL_STATE
from gem.core import StepResult, termination
from gem.envs._dataset_env import Assignable, DatasetEnv, lost, rows_from
from gem.errors import ConfigError, DataError
from gem.grading.math.texts import without_styling
from gem.grading.qa import em_check, f1, known_answers
from gem.parsing import extract_last_boxed_answer, extract_last_tagged_answer
from gem.seeding import generator

TAGGED = "Reason as long as you need, then give the answer alone, in a few words, between <answer> and </answer>."
BOXED = "Reason as long as you need, then give the answer alone, in a few words, in \\boxed{}."


class QaEnv(DatasetEnv[str]):
    """One question of a data set, and one answer.

    `dataset` is anything that `gem.data.rows_of` takes, and goes before `dataset_name`, which `gem.data.load` finds.
    Known answers are any that `gem.grading.qa.known_answers` reads. `eval` asks the rows in their order.
    `load_from_cache_file` is not needed any more: questions are written when they are asked.

    Raises `DataNotFound`, `DataError` for rows that lack what is asked, `ConfigError` for a reward that is none.
    """

    question_key: str = "question"
    answer_key: str = "answer"
    reward: Literal["em", "f1"] = "em"
    extractor: Callable[[str], str | None] = staticmethod(extract_last_tagged_answer)
    """What finds the answer in a reply."""

    def __init__(
        self,
        dataset_name: str = "",
        split: str | None = None,
        dataset: Any = None,
        question_key: str = "question",
        answer_key: str = "answer",
        seed: int | None = 0,
        extract_boxed: bool = False,
        load_from_cache_file: bool = True,
        eval: bool = False,
        *,
        subset: str | None = None,
        reward: Literal["em", "f1"] = "em",
    ) -> None:
        super().__init__()
        del load_from_cache_file
        if reward not in ("em", "f1"):
            raise ConfigError(f"reward is 'em' or 'f1', not {reward!r}")
        self.dataset = rows_from(dataset_name, split, subset, dataset)
        self.question_key, self.answer_key, self.reward = question_key, answer_key, reward
        self.extractor = extract_last_boxed_answer if extract_boxed else extract_last_tagged_answer
        self._ask_in_order(seed, eval)

    # -- what is asked ----------------------------------------------------------------------

    @Assignable
    def answer(self) -> Any:
        """The known answers to the question that is asked, as its row has them."""
        return self.dataset.read(self.idx, self.answer_key)[0]

    @Assignable
    def first_obs(self) -> str:
        """What `reset` showed."""
        return self._question()

    def _question(self) -> str:
        question, answer = self.dataset.read(self.idx, self.question_key, self.answer_key)
        try:
            known_answers(answer)
            return prompted(question, self._boxed())
        except DataError as error:
            raise DataError(f"{self.dataset.place(self.idx)}: {error}") from error

    def _boxed(self) -> bool:
        return self.extractor is extract_last_boxed_answer

    # -- what is answered --------------------------------------------------------------------

    def _step(self, action: str) -> StepResult[str]:
        answer = self._given(action) if isinstance(action, str) else None  # pyright: ignore[reportUnnecessaryIsInstance]
        if answer is None:
            return termination(TERMINAL_STATE, 0.0, correct=False, success=False, verdict="format", f1=0.0)
        try:
            known = self.answer
        except DataError as error:
            return lost(error)
        right, share = bool(self.check_correct(answer, known)), f1(answer, known)
        reward = share if self.reward == "f1" else float(right)
        verdict = "correct" if right else "wrong"
        return termination(TERMINAL_STATE, reward, correct=right, success=right, verdict=verdict, f1=share)

    def _given(self, action: str) -> str | None:
        """The answer in a reply; from a box, also without LaTeX's clothes of words."""
        answer = self.extractor(action)
        return without_styling(answer) if answer and self._boxed() else answer

    @staticmethod
    def check_correct(model_answer: str, gt_answer: Any) -> bool:
        """Whether an answer is right. Subclasses may judge in their own way."""
        return em_check(model_answer, gt_answer)

    # -- players -------------------------------------------------------------------------------

    def solve(self) -> str:
        """The first known answer."""
        return self._put(known_answers(self.answer)[0])

    def sample_random_action(self, rng: np.random.Generator | None = None) -> str:
        """A guess that is right about as often as a coin, where the question is one of yes or no."""
        rng = generator(None) if rng is None else rng
        return self._put(("yes", "no", "True", "False")[rng.integers(4)])

    def _put(self, answer: str) -> str:
        return f"\\boxed{{{answer}}}" if self._boxed() else f"<answer>{answer}</answer>"


def apply_prompt(
    example: dict[str, Any], question_key: str = "question", extract_boxed: bool = False
) -> dict[str, Any]:
    """The row with its question as `QaEnv` asks it, for `datasets.Dataset.map`."""
    return {**example, question_key: prompted(example[question_key], extract_boxed)}


def prompted(question: Any, boxed: bool) -> str:
    """The question with a request for the form of answer that is graded, unless it has one.

    Raises `DataError` for what is no text.
    """
    if not isinstance(question, str):
        raise DataError(f"the question is a {type(question).__name__}, not a text")
    form, request = ("\\boxed", BOXED) if boxed else ("<answer>", TAGGED)
    return question if form in question else f"{question}\n\n{request}"
