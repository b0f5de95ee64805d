"""Programming problems: write a program, pass every hidden test.

| id | what |
|-|-|
| `code:Bundled-v1` | 40 and more problems of our own; each episode draws a problem and new tests |
| `code:CodeContest`, `code:Taco8k`, `code:PrimeIntellect15k` | public training sets, once their data are here |
| `eval:CodeContest`, `eval:HumanEval`, `eval:MBPP`, `eval:LiveCodeBench` | public test sets, in their own order |

The program is the last fenced code block of the reply. It earns 1 if it passes every test, else 0 (with
`partial_credit` the share of tests it passes); a reply without a code block costs 0.1. `info` has the verdict ("AC",
"WA", "TLE", "MLE", "OLE", "RE", "CE", "format"), those of each test, and what the first failing test printed.

Programs run in a sandbox, and what is expected stays out of it. Any data set will do:

    rows = [{"problem": "Print the sum of two numbers.", "tests": {"inputs": ["1 2"], "outputs": ["3"]}}]
    env = CodeEnv(dataset=rows)
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal

import numpy as np

from gem.constants import TERMINAL_STATE, LanguageGameReward
from gem.core import Info, StepCost, StepResult, termination, transition
from gem.data import Cursor, Rows
from gem.envs import _dataset_env, code_problems
from gem.envs._code_tasks import BundledTasks, RowTasks, Task, Tasks
from gem.envs._dataset_env import Assignable, DatasetEnv, lost, rows_from
from gem.errors import ConfigError, SandboxUnavailable
from gem.grading.code import VERDICTS, Judgement, TestCase, judge
from gem.grading.code.checkers import Checker, checker_of
from gem.parsing import extract_code_from_model
from gem.sandbox import Limits, Profile, Sandbox, shared
from gem.sandbox.calls import DEFAULT_NAMES
from gem.sandbox.protocol import Isolation
from gem.seeding import generator

SHOWN_CHARS = 2000
"""How much of an output `info` and the observations hold."""
DEFAULT_TIMEOUT_S = 10.0


@dataclass(slots=True)
class State(_dataset_env.State):
    """Which problem is asked, with which tests, and how often it was tried."""

    draw: int = 0
    """The seed of the tests, where they are drawn."""
    turn: int = 0


class CodeEnv(DatasetEnv[str]):
    """One problem of a data set; with `max_turns` above 1, a program that fails can be mended.

    `dataset` is anything that `gem.data.rows_of` takes, and goes before `dataset_name`, which `gem.data.load` finds.
    `test_key` names the column of tests in any form that `gem.grading.code.read_tests` reads; `row_format` names a
    benchmark whose rows have an order of their own. Without `timeout_s` a test gets the row's `time_limit`, else ten
    seconds. `max_tests` keeps the longest. `eval` asks the rows in their order. `max_workers` is not needed any more.

    Raises `DataNotFound`, `DataError` for rows that lack what is asked, `ConfigError` for settings that don't exist.
    """

    state: State
    step_cost: StepCost = "blocking"

    def __init__(
        self,
        dataset_name: str = "",
        split: str | None = None,
        dataset: Any = None,
        question_key: str = "problem",
        test_key: str = "tests",
        seed: int | None = 0,
        max_workers: int = 5,
        max_tests: int = 12,
        verbose: bool = False,
        sandbox_type: str = "none",
        *,
        subset: str | None = None,
        row_format: str = "tests",
        checker: str | Checker | None = None,
        partial_credit: bool = False,
        stop_on_first_failure: bool | None = None,
        isolation: Isolation = "process",
        timeout_s: float | None = None,
        memory_mb: int = 1024,
        profile: str | Profile = "auto",
        sandbox: Sandbox | None = None,
        max_turns: int = 1,
        show_failures: bool = True,
        eval: bool = False,
    ) -> None:
        super().__init__()
        del max_workers
        if sandbox_type not in DEFAULT_NAMES:
            raise ConfigError(
                f"sandbox_type is one of {', '.join(DEFAULT_NAMES)}, which all mean the safest that there is here, not "
                f"{sandbox_type!r}; another sandbox goes into sandbox=, as in sandbox=gem.sandbox.make('podman')"
            )
        if max_turns < 1 or max_tests < 1:
            raise ConfigError(f"max_turns and max_tests are at least 1, not {max_turns} and {max_tests}")
        self.limits = Limits(timeout_s=timeout_s or DEFAULT_TIMEOUT_S, memory_mb=memory_mb)
        self.checker = checker if checker is None else checker_of(checker)
        self.timeout_s, self.profile, self.sandbox = timeout_s, profile, sandbox
        self.isolation: Isolation = isolation
        self.partial_credit, self.max_turns, self.show_failures = partial_credit, max_turns, show_failures
        self.stop_on_first_failure = not partial_credit if stop_on_first_failure is None else stop_on_first_failure
        self.verbose = verbose
        if isinstance(dataset, Tasks):
            self.tasks = dataset
        else:
            rows = rows_from(dataset_name, split, subset, dataset)
            self.tasks = RowTasks(rows, row_format, question_key, test_key, max_tests)
        self._ask_in_order(seed, eval)

    # -- what is asked ----------------------------------------------------------------------

    @Assignable
    def dataset(self) -> Rows | None:
        """The rows, where problems come from rows."""
        return self.tasks.rows if isinstance(self.tasks, RowTasks) else None

    @property
    def task(self) -> Task:
        """The problem that is asked."""
        return self.tasks.task(self.state.index)

    @property
    def tests(self) -> tuple[TestCase, ...]:
        """Its tests; those of our own problems are drawn when they are first needed."""
        return self.tasks.tests(self.state.index, self.state.draw)

    def _question(self) -> str:
        return self.task.question

    def _asked(self, cursor: Cursor, index: int) -> State:
        return State(cursor, index, int(self.rng.integers(2**63)))

    def _count(self) -> int:
        return len(self.tasks)

    # -- what is answered --------------------------------------------------------------------

    def _step(self, action: str) -> StepResult[str]:
        self.state.turn += 1
        code = extract_code_from_model(action) if isinstance(action, str) else None  # pyright: ignore[reportUnnecessaryIsInstance]
        if code is None:
            told: Info = {"verdict": "format", "verdicts": [], "passed": 0}
            return self._answer("Your reply had no code block.", LanguageGameReward.format_error, told)
        try:
            found: Judgement | bool = self.check_correct(code, self.tests)
        except SandboxUnavailable as error:
            return lost(error)
        if not isinstance(found, Judgement):  # a subclass's own check
            return self._answer("Your program is wrong.", float(found), {"verdict": "AC" if found else "WA"})
        if self.verbose:
            logging.getLogger(__name__).info(
                "problem %s: %s (%s/%s)", self.idx, found.verdict, found.passed, found.tests
            )
        reward = found.share if self.partial_credit else float(found.correct)
        return self._answer(self._told(found), reward, _info(found))

    def check_correct(self, code: str, tests: tuple[TestCase, ...]) -> Judgement | bool:
        """Run a program on tests. Subclasses may judge in their own way, and may answer just true or false.

        Raises `SandboxUnavailable` if the sandbox itself fails.
        """
        task = self.task
        limits = self.limits
        if self.timeout_s is None and task.timeout_s:
            limits = replace(limits, timeout_s=task.timeout_s)
        return judge(
            self.sandbox or shared(self.profile),
            code,
            tests,
            checker=self.checker or task.checker,
            stop_on_first_failure=self.stop_on_first_failure,
            isolation=self.isolation,
            limits=limits,
        )

    def _answer(self, told: str, reward: float, info: Info) -> StepResult[str]:
        """The end of the episode, or another try where the program failed and turns are left."""
        info["correct"] = info["success"] = info["verdict"] == "AC"
        if info["correct"] or self.state.turn >= self.max_turns:
            return termination(TERMINAL_STATE, reward, **info)
        left = self.max_turns - self.state.turn
        tries = f"You have {left} more {'try' if left == 1 else 'tries'}: reply with the whole program."
        return transition(f"{told}\n{tries}", min(reward, 0.0), **info)

    def _told(self, found: Judgement) -> str:
        """What the agent learns of a program that failed."""
        index = found.first_failure
        if index is None:
            return "Your program passed every test."
        outcome, test = found.outcomes[index], self.tests[index]
        what = f"{VERDICTS[outcome.verdict]} ({outcome.verdict})"
        text = f"Your program failed: {what} on test {index + 1} of {found.tests}."
        if not self.show_failures:
            return text
        shows_answer = test.kind == "assert"  # its code, and what it complains of, hold what is expected
        parts = {
            "Test": None if shows_answer else test.input,
            "Printed": outcome.stdout,
            "Result": None if shows_answer else outcome.why,
            "Errors": outcome.stderr[-SHOWN_CHARS:],
        }
        return "\n".join(
            [text, *(f"{name}:\n{str(part)[:SHOWN_CHARS].rstrip()}" for name, part in parts.items() if part)]
        )

    # -- players -------------------------------------------------------------------------------

    @property
    def solve(self) -> Callable[[], str]:
        """`solve()` is a program that passes, in a code block; a problem that comes without one has no such method."""
        solution = (self.task if "state" in vars(self) else self.tasks.task(0)).solution
        if solution is None:
            raise AttributeError("this problem comes without a solution")
        return self._solved

    def _solved(self) -> str:
        return fenced(self.task.solution or "")

    def sample_random_action(self, rng: np.random.Generator | None = None) -> str:
        """A program that prints a digit."""
        rng = generator(None) if rng is None else rng
        return fenced(f"print({rng.integers(10)})")


class BundledCodeEnv(CodeEnv):
    """Problems of our own, with new tests in each episode; `level` or `problems` chooses some of them."""

    tiers: ClassVar[dict[str, dict[str, Any]]] = {level: {"level": level} for level in ("easy", "medium", "hard")}

    def __init__(
        self,
        problems: tuple[str, ...] | None = None,
        level: Literal["easy", "medium", "hard"] | None = None,
        seed: int | None = None,
        max_tests: int = 64,
        verbose: bool = False,
        sandbox_type: str = "none",
        *,
        partial_credit: bool = False,
        stop_on_first_failure: bool | None = None,
        isolation: Isolation = "process",
        timeout_s: float | None = None,
        memory_mb: int = 1024,
        sandbox: Sandbox | None = None,
        max_turns: int = 1,
        show_failures: bool = True,
    ) -> None:
        super().__init__(
            dataset=BundledTasks(problems or bundled(level), max_tests),
            seed=seed,
            verbose=verbose,
            sandbox_type=sandbox_type,
            partial_credit=partial_credit,
            stop_on_first_failure=stop_on_first_failure,
            isolation=isolation,
            timeout_s=timeout_s,
            memory_mb=memory_mb,
            sandbox=sandbox,
            max_turns=max_turns,
            show_failures=show_failures,
        )


def bundled(level: str | None = None) -> tuple[str, ...]:
    """The names of our problems, or of those of one level."""
    names = code_problems.ALL
    return tuple(name for name in names if level in (None, code_problems.problem(name).difficulty))


def fenced(code: str) -> str:
    """A reply with this program."""
    return f"```python\n{code.strip()}\n```"


def _info(found: Judgement) -> Info:
    """What a judgement says in an info."""
    index = found.first_failure
    outcome = found.outcomes[0 if index is None else index]
    return {
        "verdict": found.verdict,
        "verdicts": [one.verdict for one in found.outcomes],
        "passed": found.passed,
        "tests": found.tests,
        "stdout": outcome.stdout[:SHOWN_CHARS],
        "stderr": outcome.stderr[-SHOWN_CHARS:],
    }
