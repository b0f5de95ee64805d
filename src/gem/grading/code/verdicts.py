"""Verdicts in the words of programming contests, from what came of a program. Pure."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Literal

from gem.sandbox import Result

Verdict = Literal["AC", "WA", "TLE", "MLE", "OLE", "RE", "CE"]

VERDICTS: dict[str, str] = {
    "AC": "accepted",
    "WA": "wrong answer",
    "TLE": "time limit exceeded",
    "MLE": "memory limit exceeded",
    "OLE": "output limit exceeded",
    "RE": "runtime error",
    "CE": "not valid Python",
    "format": "no code block",
}
"""What each verdict means."""

_NO_PYTHON = re.compile(r"(SyntaxError|IndentationError|TabError)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How one test went."""

    verdict: Verdict
    score: float = 0.0
    """From 0 to 1; below 1 also where a checker gave part of the mark."""
    stdout: str = ""
    stderr: str = ""
    why: str = ""
    """What the verdict rests on, where that is more than a wrong output."""

    @property
    def passed(self) -> bool:
        """Whether the test was passed in full."""
        return self.verdict == "AC"


def marked(score: float, result: Result, *, stdout: str | None = None, why: str = "") -> Outcome:
    """The outcome of a program that ended well and whose output a checker gave this score; NaN counts as 0."""
    score = min(max(float(score), 0.0), 1.0) if math.isfinite(score) else 0.0
    printed = result.stdout if stdout is None else stdout
    verdict: Verdict = "AC" if score >= 1 else "WA"
    return Outcome(verdict=verdict, score=score, stdout=printed, stderr=result.stderr, why=why)


def failed(result: Result, *, stdout: str | None = None) -> Outcome | None:
    """The outcome of a program that did not end well; None for one that did."""
    verdict = _trouble(result)
    printed = result.stdout if stdout is None else stdout
    return None if verdict is None else Outcome(verdict=verdict, stdout=printed, stderr=result.stderr)


def _trouble(result: Result) -> Verdict | None:
    last_line = result.stderr.rstrip().rpartition("\n")[2]
    if result.timed_out or result.limit_hit in ("time", "cpu"):
        return "TLE"
    if result.limit_hit == "memory" or (not result.ok and last_line.startswith("MemoryError")):
        return "MLE"
    if result.truncated or result.limit_hit == "output":
        return "OLE"
    if result.ok:
        return None
    return "CE" if _NO_PYTHON.match(last_line) else "RE"
