"""Judging a solution: its tests run in a sandbox, and what comes out is compared here.

A test of stdin runs the program as it stands. A call runs it in a room that answers calls; the value is compared here.
An assertion runs in a room of its own, without the solution, and gets the answers to its calls as data.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from gem.errors import SandboxUnavailable
from gem.grading.code import programs
from gem.grading.code.checkers import Checker, checker_of, plain, same_value
from gem.grading.code.examination import Examination
from gem.grading.code.test_case import TestCase
from gem.grading.code.verdicts import Outcome, failed, marked
from gem.sandbox import Limits, Result, Sandbox
from gem.sandbox.protocol import Accept, Isolation

SHOWN_CHARS = 500
"""How much of a returned value is shown."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """How a solution did on its tests; true if it passed them all."""

    outcomes: tuple[Outcome, ...]
    """One for each test that ran, in order."""
    tests: int
    """How many tests there are."""

    def __bool__(self) -> bool:
        return self.correct

    @property
    def correct(self) -> bool:
        """Whether every test ran and was passed."""
        return self.passed == self.tests > 0

    @property
    def passed(self) -> int:
        """How many tests were passed."""
        return sum(outcome.passed for outcome in self.outcomes)

    @property
    def share(self) -> float:
        """The mean score of all tests; those that did not run have none."""
        return sum(outcome.score for outcome in self.outcomes) / self.tests if self.tests else 0.0

    @property
    def first_failure(self) -> int | None:
        """The index of the first test that was not passed."""
        return next((index for index, outcome in enumerate(self.outcomes) if not outcome.passed), None)

    @property
    def verdict(self) -> str:
        """That of the first failure; "AC" if there is none."""
        index = self.first_failure
        return "AC" if index is None else self.outcomes[index].verdict


def judge(
    sandbox: Sandbox,
    code: str,
    tests: Sequence[TestCase],
    *,
    checker: str | Checker | None = None,
    stop_on_first_failure: bool = True,
    isolation: Isolation = "process",
    limits: Limits | None = None,
) -> Judgement:
    """Run `code` on its tests, each under `limits`.

    `checker` compares outputs: "tokens" by default, another name of `CHECKERS`, or a function. Values that calls
    return are compared as values (`same_value`) unless `checker` is a function, which then gets them as JSON has them.
    Raises `SandboxUnavailable` if the sandbox itself fails, which says nothing of the solution.
    """
    bench = _Bench(sandbox, code, checker, stop_on_first_failure, isolation, limits or sandbox.limits)
    outcomes: list[Outcome] = []
    for kind, same_setup in groupby(tests, key=lambda test: (test.kind, test.setup, test.stand_ins)):
        outcomes += bench.run(kind[0], list(same_setup))
        if stop_on_first_failure and not outcomes[-1].passed:
            break
    return Judgement(tuple(outcomes), len(tests))


class _Bench:
    """One solution with the way in which it is judged."""

    def __init__(
        self,
        sandbox: Sandbox,
        code: str,
        checker: str | Checker | None,
        stop: bool,
        isolation: Isolation,
        limits: Limits,
    ) -> None:
        self.sandbox, self.code, self.stop, self.limits = sandbox, code, stop, limits
        self.isolation: Isolation = isolation
        self.checker = checker_of(checker or "tokens")
        self.checks_values = callable(checker)

    def run(self, kind: str, tests: list[TestCase]) -> list[Outcome]:
        """The outcomes of tests of one kind and setup, up to the first failure if that ends it."""
        match kind:
            case "stdin":
                longest = max(len(test.expected) for test in tests)
                inputs = [test.input for test in tests]
                return self._run(self.code, inputs, lambda index, result: self._printed(tests[index], result), longest)
            case "call":
                asked = [programs.request(calls=[programs.call(test.function, list(test.input))]) for test in tests]
                inputs = [request.stdin for request in asked]
                player = programs.player(self.code, tests[0].setup)
                return self._run(
                    player, inputs, lambda index, result: self._returned(tests[index], asked[index], result)
                )
            case _:
                return Examination(self.code, tests, self.results, self.stop).outcomes()

    def _run(
        self, program: str, inputs: list[str], judged: Callable[[int, Result], Outcome], longest: int = 0
    ) -> list[Outcome]:
        found: dict[int, Outcome] = {}

        def accept(index: int, result: Result) -> bool:
            found[index] = judged(index, result)
            return found[index].passed

        results = self.results(program, inputs, accept=accept, stop=self.stop, longest=longest)
        return [found.get(index) or judged(index, result) for index, result in enumerate(results)]

    def results(
        self, program: str, inputs: list[str], *, stop: bool = False, longest: int = 0, accept: Accept | None = None
    ) -> list[Result]:
        """What came of each input, with room for outputs of twice the length that is expected."""
        limits = replace(self.limits, output_kb=max(self.limits.output_kb, 8 * longest // 1024 + 64))
        results = self.sandbox.run_tests(program, inputs, stop, self.isolation, accept=accept, limits=limits)
        for result in results:
            if result.status == "unavailable":
                raise SandboxUnavailable(result.stderr or "the sandbox failed")
        return results

    def _printed(self, test: TestCase, result: Result) -> Outcome:
        return failed(result) or marked(self._score(test, result.stdout), result)

    def _returned(self, test: TestCase, request: programs.Request, result: Result) -> Outcome:
        printed = request.rest(result.stdout)
        trouble = failed(result, stdout=printed)
        if trouble:
            return trouble
        [message] = request.messages(result.stdout)[:1] or [{}]
        if "value" not in message:
            return Outcome(verdict="RE", stdout=printed, stderr=result.stderr, why=_no_value(message))
        return marked(self._value_score(test, message["value"]), result, stdout=printed, why=_shown(message["value"]))

    def _value_score(self, test: TestCase, tree: Any) -> float:
        if self.checks_values:
            try:
                return self._score(test, plain(tree))
            except (ValueError, TypeError, AttributeError, RecursionError):  # no JSON value
                return 0.0
        inside = test.expected[0] if test.wrapped else None
        return float(same_value(test.expected, tree) or (test.wrapped and same_value(inside, tree)))

    def _score(self, test: TestCase, actual: Any) -> float:
        """What the checker gives; one that raises over a strange output gives nothing."""
        try:
            return float(self.checker(test.input, test.expected, actual))
        except Exception:  # a user's function
            logging.getLogger(__name__).warning("the checker raised; the output counts as wrong", exc_info=True)
            return 0.0


def _no_value(message: dict[str, Any]) -> str:
    error = message.get("error")
    return ": ".join(map(str, error)) if isinstance(error, list) else "the program ended without an answer"  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]


def _shown(tree: Any) -> str:
    return f"returned {json.dumps(tree)[:SHOWN_CHARS]}"
