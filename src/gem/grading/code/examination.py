"""Assertions against a solution, in rounds: the tests ask for calls in one room, the solution answers in another.

Most tests need three runs: one to learn the calls, one for the answers, one with them. Tests whose later calls
depend on earlier answers need more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

from gem.grading.code import programs
from gem.grading.code.programs import Request
from gem.grading.code.test_case import TestCase
from gem.grading.code.verdicts import Outcome, failed
from gem.sandbox import Result

MAX_ROUNDS = 50
"""How often a test may ask for more calls."""

Run = Callable[[str, list[str]], list[Result]]
Read = Callable[[int, Request, Result], Outcome | None]


class Examination:
    """Tests of one setup on their way to a verdict each."""

    def __init__(self, solution: str, tests: Sequence[TestCase], run: Run, stop_on_first_failure: bool) -> None:
        self.tests, self.run, self.stop = tests, run, stop_on_first_failure
        self.examiner = programs.examiner(tests[0].setup, tests[0].stand_ins)
        self.player = programs.player(solution, tests[0].setup)
        self.calls: list[list[str]] = [[] for _ in tests]
        self.answers: list[dict[str, Any]] = [{} for _ in tests]
        self.found: dict[int, Outcome] = {}
        self.printed: list[tuple[str, str]] = [("", "") for _ in tests]
        """What the solution left on stdout and stderr when it last answered each test."""

    def outcomes(self) -> list[Outcome]:
        """One for each test, up to the first failure if that ends it."""
        for _ in range(MAX_ROUNDS):
            self._round(self.examiner, self._tests_asked(), self._examined)
            if not self._open():
                break
            self._round(self.player, self._calls_asked(), self._answered)
        for index in self._open():
            self.found[index] = Outcome(verdict="WA", why="the test asks for more and more calls")
        return [self.found[index] for index in range(self._end())]

    def _end(self) -> int:
        """How many tests count: those up to the first failure, if that ends it."""
        failures = [index for index, outcome in self.found.items() if self.stop and not outcome.passed]
        return min(failures, default=len(self.tests) - 1) + 1

    def _open(self) -> list[int]:
        return [index for index in range(self._end()) if index not in self.found]

    def _tests_asked(self) -> dict[int, Request]:
        return {
            index: programs.request(test=self.tests[index].code, answers=self.answers[index]) for index in self._open()
        }

    def _calls_asked(self) -> dict[int, Request]:
        return {index: programs.request(calls=self.calls[index]) for index in self._open()}

    def _round(self, program: str, requests: dict[int, Request], read: Read) -> None:
        results = self.run(program, [request.stdin for request in requests.values()])
        for (index, request), result in zip(requests.items(), results, strict=True):
            outcome = read(index, request, result)
            if outcome is not None:
                self.found[index] = outcome

    def _examined(self, index: int, request: Request, result: Result) -> Outcome | None:
        """The verdict of a test that knows all it asked for; None if it asks for more."""
        stdout, stderr = self.printed[index]
        trouble = failed(result)
        if trouble is not None:
            return trouble
        [message] = request.messages(result.stdout)[-1:] or [{}]
        asked = cast("list[str]", message.get("asked", []))
        if asked:
            self.calls[index] += asked
            return None
        if message.get("passed") is True:
            return Outcome(verdict="AC", score=1.0, stdout=stdout, stderr=stderr)
        raised = any("error" in answer for answer in self.answers[index].values()) and "raised" in message
        why = str(message.get("raised") or message.get("failed") or "an assertion does not hold")
        return Outcome(verdict="RE" if raised else "WA", stdout=stdout, stderr=stderr, why=why)

    def _answered(self, index: int, request: Request, result: Result) -> Outcome | None:
        """None if the solution answered every call."""
        printed = request.rest(result.stdout)
        self.printed[index] = printed, result.stderr
        trouble = failed(result, stdout=printed)
        if trouble is not None:
            return trouble
        messages = request.messages(result.stdout)
        if len(messages) != len(self.calls[index]):
            why = "the program ended without an answer"
            return Outcome(verdict="RE", stdout=printed, stderr=result.stderr, why=why)
        self.answers[index] = dict(zip(self.calls[index], messages, strict=True))
        return None
