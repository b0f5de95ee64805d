"""The kinds of work, each with how its seconds are counted: by the clock of the one who calls."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from time import perf_counter

from .contestant import Contestant, Isolation


@dataclass(frozen=True, slots=True)
class Job:
    """Some calls of one kind."""

    kind: str
    """One of `KINDS`."""
    code: str
    expected: Sequence[str] = ("",)
    """What the program prints for each input."""
    inputs: Sequence[str] = ("",)
    calls: int = 1
    callers: int = 1
    profile: str = "bare"
    isolation: Isolation = "process"
    timeout_s: float = 30.0


@dataclass(frozen=True, slots=True)
class Answer:
    """The seconds of each call, or, of calls that overlap, their mean share of the time; and how many went wrong."""

    seconds: tuple[float, ...]
    wrong: int = 0


def done(job: Job, contestant: Contestant) -> Answer:
    """Do the job."""
    contestant.ready(job.profile)
    return KINDS[job.kind](job, contestant)


def one_by_one(job: Job, contestant: Contestant) -> Answer:
    """Programs, one after the other."""
    stdin, expected = job.inputs[0], job.expected[0]
    return _timed(job, lambda: contestant.run(job.code, stdin, job.timeout_s, job.profile) == expected)


def together(job: Job, contestant: Contestant) -> Answer:
    """Programs asked for by many callers at once."""

    def call(_: int) -> bool:
        return contestant.run(job.code, job.inputs[0], job.timeout_s, job.profile) == job.expected[0]

    with ThreadPoolExecutor(job.callers) as threads:
        list(threads.map(call, range(job.callers)))  # so that the threads are there
        begun = perf_counter()
        right = sum(threads.map(call, range(job.calls)))
        seconds = perf_counter() - begun
    return Answer((seconds / job.calls,), job.calls - right)


def judged(job: Job, contestant: Contestant) -> Answer:
    """A program on all its inputs, again and again."""
    expected = list(job.expected)
    return _timed(job, lambda: contestant.judge(job.code, job.inputs, job.timeout_s, job.isolation) == expected)


def cells(job: Job, contestant: Contestant) -> Answer:
    """Cells of one session; the first, which starts it, is not counted."""
    contestant.cell("pass", job.timeout_s)
    return _timed(job, lambda: contestant.cell(job.code, job.timeout_s) == job.expected[0])


def stopped(job: Job, contestant: Contestant) -> Answer:
    """Programs that run into their time limit: the seconds that they take beyond it."""
    taken = _timed(job, lambda: contestant.run(job.code, "", job.timeout_s, job.profile) is None)
    return Answer(tuple(max(0.0, seconds - job.timeout_s) for seconds in taken.seconds), taken.wrong)


KINDS: dict[str, Callable[[Job, Contestant], Answer]] = {
    "run": one_by_one,
    "callers": together,
    "judge": judged,
    "cell": cells,
    "kill": stopped,
}


def _timed(job: Job, call: Callable[[], bool]) -> Answer:
    seconds, right = zip(*_calls(job.calls, call), strict=True)
    return Answer(seconds, job.calls - sum(right))


def _calls(number: int, call: Callable[[], bool]) -> Iterator[tuple[float, bool]]:
    for _ in range(number):
        begun = perf_counter()
        right = call()
        yield perf_counter() - begun, right
