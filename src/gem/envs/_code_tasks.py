"""Where the problems of a code env come from: the rows of a data set, or problems of our own with tests by seed."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from gem.build import closest
from gem.data import Rows
from gem.envs import code_problems
from gem.errors import ConfigError, DataError
from gem.grading.code import FORMATS, TestCase
from gem.grading.code.checkers import Checker
from gem.seeding import generator

KEPT_ROWS = 2
"""How many rows each data set keeps as they were last read."""
KEPT_DRAWS = 128
"""How many draws of our own problems a process keeps; one takes about 0.2 MB."""
LONGEST_S = 600.0
"""No test of any data set takes longer than this, whatever its row says."""
_SECONDS = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*(?:s|sec|seconds?)?\s*")


@dataclass(frozen=True, slots=True)
class Task:
    """One problem as it is asked."""

    question: str
    solution: str | None = None
    """A program that passes, where one is known."""
    checker: str | Checker | None = None
    """How outputs are compared, where the problem says."""
    timeout_s: float | None = None
    """Seconds for one test, where the problem says."""


class Tasks(ABC):
    """A numbered set of problems; the same number always gives the same problem."""

    @abstractmethod
    def __len__(self) -> int: ...

    @abstractmethod
    def task(self, index: int) -> Task:
        """The problem of this index. Raises `DataError` if it cannot be asked or judged."""

    @abstractmethod
    def tests(self, index: int, draw: int) -> tuple[TestCase, ...]:
        """Its tests; where tests are drawn, those of this seed."""


class RowTasks(Tasks):
    """The problems of a data set, with their tests as they stand."""

    def __init__(self, rows: Rows, row_format: str, question_key: str, test_key: str, max_tests: int) -> None:
        if row_format not in FORMATS:
            hint = closest(row_format, list(FORMATS))
            raise ConfigError(f"there is no format {row_format!r}.{hint} There are: {', '.join(FORMATS)}.")
        if not len(rows):
            raise DataError(f"{rows} has no rows")
        for key in (question_key, test_key):
            if key not in rows.columns:
                hint = closest(key, rows.columns)
                raise DataError(f"{rows} has no column {key!r}.{hint} It has: {', '.join(map(repr, rows.columns))}.")
        self.rows, self.format = rows, FORMATS[row_format]
        self.question_key, self.test_key, self.max_tests = question_key, test_key, max_tests
        self._read = lru_cache(maxsize=KEPT_ROWS)(self._parsed)

    def __len__(self) -> int:
        return len(self.rows)

    def __reduce__(self) -> tuple[object, ...]:
        name = next(name for name, known in FORMATS.items() if known is self.format)
        return RowTasks, (self.rows, name, self.question_key, self.test_key, self.max_tests)

    def task(self, index: int) -> Task:
        return self._read(index)[0]

    def tests(self, index: int, draw: int) -> tuple[TestCase, ...]:
        del draw
        return self._read(index)[1]

    def _parsed(self, index: int) -> tuple[Task, tuple[TestCase, ...]]:
        row = self.rows[index]
        try:
            question, tests = self.format.question(row, self.question_key), self.format.tests(row, self.test_key)
        except DataError as error:
            raise DataError(f"{self.rows.place(index)}: {error}") from error
        longest = sorted(range(len(tests)), key=lambda number: -tests[number].size)[: self.max_tests]
        task = Task(question, self.format.solution(row), None, seconds(row.get("time_limit")))
        return task, tuple(tests[number] for number in sorted(longest))


class BundledTasks(Tasks):
    """Problems of our own: each draw has new tests, from the generator of the problem."""

    def __init__(self, names: Sequence[str], max_tests: int) -> None:
        self.names, self.max_tests = tuple(names), max_tests

    def __len__(self) -> int:
        return len(self.names)

    def task(self, index: int) -> Task:
        problem = code_problems.problem(self.names[index])
        return Task(problem.statement, problem.reference, problem.checker, problem.timeout_s)

    def tests(self, index: int, draw: int) -> tuple[TestCase, ...]:
        return _drawn(self.names[index], draw)[: self.max_tests]


@lru_cache(maxsize=KEPT_DRAWS)
def _drawn(name: str, draw: int) -> tuple[TestCase, ...]:
    problem = code_problems.problem(name)
    return tuple(_bundled_test(problem, given) for given in problem.generate(generator(draw)))


def _bundled_test(problem: code_problems.Problem, given: Any) -> TestCase:
    expected = problem.answer(given)
    if problem.kind == "stdin":
        return TestCase(kind="stdin", input=given, expected=expected)
    return TestCase(kind="call", function=problem.function or "", input=given, expected=expected)


def seconds(value: Any) -> float | None:
    """A time limit as data sets write one: 2, "2 seconds", {"seconds": 2, "nanos": 0}; None for anything else."""
    if isinstance(value, Mapping):
        fields = cast("Mapping[str, Any]", value)
        whole, nanos = fields.get("seconds"), fields.get("nanos")
        value = (seconds(whole) or 0.0) + (nanos if isinstance(nanos, int) else 0) / 1e9
    if isinstance(value, str):
        found = _SECONDS.fullmatch(value)
        value = float(found[1]) if found else None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not value > 0:
        return None
    return min(float(value), LONGEST_S)
