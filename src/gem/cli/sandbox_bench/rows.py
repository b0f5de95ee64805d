"""Who is compared, what is measured, and the bars that ours is to meet."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, NamedTuple

from gem.cli.sandbox_bench.side.jobs import Job

OURS, RELEASED, BARE = "gem-gym", "gem-llm", "subprocess"
CONTESTANTS = {OURS: "ours:Ours", RELEASED: "released:Released", BARE: "bare:Bare"}
"""In the order in which they take their turns, each with its class in the package `side`."""

Statistic = Literal["p50", "p99", "worst"]
KILL_AFTER_S = 0.5


class Row(NamedTuple):
    """What is measured side by side."""

    name: str
    title: str
    job: Job
    """One turn of it."""
    turns: int = 1
    """So many of them make a repeat."""
    unit: Literal["ms", "/s"] = "ms"
    tail: Statistic | None = None
    """What is shown beside the median."""
    unhurried: bool = False
    """Whether the released GEM makes only one call in a repeat: it runs on for ten seconds, whatever the limit."""


class Bar(NamedTuple):
    """A figure to reach: so many times as fast as the released GEM, or milliseconds that are not exceeded."""

    row: str
    statistic: Statistic
    times: float | None = None
    at_most_ms: float | None = None


_PRINT = Job("run", "print(1+1)", ("2\n",), calls=20)
_NUMPY = "import numpy\nprint(int(numpy.arange(10).sum()))"
_SYMPY = "import sympy\nx = sympy.symbols('x')\nprint(sympy.factor(x**4 - 1))"
_SUM = "n = int(input())\nprint(sum(int(word) for word in input().split()))"
_TESTS = [list(range(first, first + 10)) for first in range(12)]
_JUDGE = Job(
    "judge",
    _SUM,
    expected=tuple(f"{sum(numbers)}\n" for numbers in _TESTS),
    inputs=tuple(f"{len(numbers)}\n{' '.join(map(str, numbers))}\n" for numbers in _TESTS),
    calls=5,
)


def _callers(number: int, calls: int) -> Row:
    job = replace(_PRINT, kind="callers", calls=calls, callers=number)
    return Row(f"callers-{number}", f"print(1+1), callers: {number}", job, unit="/s")


ROWS = {
    row.name: row
    for row in (
        Row("print", "print(1+1)", _PRINT, turns=5, tail="p99"),
        Row("numpy", "imports numpy", Job("run", _NUMPY, ("45\n",), calls=10, profile="scientific"), tail="worst"),
        Row(
            "sympy",
            "imports sympy, factors",
            Job("run", _SYMPY, ("(x - 1)*(x + 1)*(x**2 + 1)\n",), calls=4, profile="scientific"),
            tail="worst",
        ),
        _callers(1, 40),
        _callers(8, 80),
        _callers(64, 192),
        Row("cell", "a cell of a session", Job("cell", "print(6 * 7)", ("42\n",), calls=300), tail="p99"),
        Row(
            "kill",
            f"beyond a limit of {KILL_AFTER_S} s",
            Job("kill", "while True: pass", calls=5, timeout_s=KILL_AFTER_S),
            tail="worst",
            unhurried=True,
        ),
        Row("judge", "12 tests, a process for all", _JUDGE, tail="worst"),
        Row("judge-each", "12 tests, a process each", replace(_JUDGE, isolation="test"), tail="worst"),
    )
}
BARS = (
    Bar("print", "p50", times=6),
    Bar("print", "p99", times=4),
    Bar("sympy", "p50", times=20),
    Bar("callers-8", "p50", times=4),
    Bar("callers-64", "p50", times=4),
    Bar("cell", "p50", at_most_ms=2),
    Bar("kill", "worst", at_most_ms=100),
    Bar("judge", "p50", times=15),
    Bar("judge-each", "p50", times=3),
)


def why_not(row: Row, contestant: str) -> str | None:
    """Why this is not measured; None if it is."""
    if row.job.kind == "cell" and contestant != OURS:
        return "it has no sessions"
    return None


def turn_of(row: Row, contestant: str, quick: bool) -> Job:
    """What it does in one turn."""
    job = row.job
    if row.unhurried and contestant == RELEASED:
        return replace(job, calls=1)
    if quick:
        return replace(job, calls=max(1, job.calls // 10, min(job.callers, job.calls)))
    return job
