"""Grading an answer: the exact comparison first, then what is known, then a grader of this process's pool."""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib.util import find_spec
from threading import Lock
from typing import Any, NamedTuple

from gem.errors import ConfigError, MissingExtra
from gem.grading.math import pool, wire
from gem.grading.math.driving import adrive, drive
from gem.grading.math.exact import compare
from gem.grading.math.nursery import Reply
from gem.grading.math.texts import bare, golds_of, is_too_much, tidied
from gem.grading.math.verdict import MathVerdict

REMEMBERED = 8192
"""Pairs whose verdict is kept: a group of samples often gives the same answer."""

LONGEST_S = 86_400
"""The longest time limit: a day."""


class _Case(NamedTuple):
    """A pair as graders get it, and as it is remembered."""

    answer: str
    golds: tuple[str, ...]


def grade(answer: str | None, gold: Any, timeout_s: float = 1.0) -> MathVerdict:
    r"""Whether an answer is mathematically what is known to be right.

        grade(r"\boxed{\frac{2}{4}}", "0.5").correct

    `gold` is a text, a number, or a list of which one suffices; both sides are LaTeX or plain, with or without a box or
    dollar signs. The answer may be any text, or None where there is none. The time limit counts from when a grader
    begins with the pair; this waits for one that is free. A timeout is not remembered: it tells of the machine, too.

    Raises `DataError` for a gold that nothing can equal, `MissingExtra` without math-verify where the exact comparison
    does not decide, `GraderUnavailable` if no grader can be had.
    """
    case = _case(answer, gold, timeout_s)
    known = _known(case)
    if known is not None:
        return known
    need_grader()
    return _learn(case, drive(pool.shared().talk(_request(case), timeout_s)))


async def agrade(answer: str | None, gold: Any, timeout_s: float = 1.0) -> MathVerdict:
    """The same from an event loop, any of them, which is not held up."""
    case = _case(answer, gold, timeout_s)
    known = _known(case)
    if known is not None:
        return known
    need_grader()
    return _learn(case, await adrive(pool.shared().talk(_request(case), timeout_s)))


def grade_many(pairs: Iterable[tuple[str | None, Any]], timeout_s: float = 1.0) -> list[MathVerdict]:
    """The verdicts of pairs of an answer and its gold, in their order, by all graders at once."""
    answers, golds = zip(*pairs, strict=True) if (pairs := list(pairs)) else ((), ())
    with ThreadPoolExecutor(2 * (os.cpu_count() or 1), thread_name_prefix="gem-grade") as threads:
        return list(threads.map(partial(grade, timeout_s=timeout_s), answers, golds))


def need_grader() -> None:
    """Raise `MissingExtra` where math-verify is not installed; imports and starts nothing."""
    if find_spec("math_verify") is None:
        raise MissingExtra("'math_verify' is not installed. Run: pip install 'gem-gym[math]'")


def _case(answer: str | None, gold: Any, timeout_s: float) -> _Case:
    if not 0 < timeout_s <= LONGEST_S:
        raise ConfigError(f"the time limit is a number of seconds above 0, {LONGEST_S} at most, not {timeout_s!r}")
    return _Case(bare(answer or ""), golds_of(gold))


def _request(case: _Case) -> bytes:
    return wire.request(tidied(case.answer), tuple(map(tidied, case.golds)))


def _known(case: _Case) -> MathVerdict | None:
    """The verdict where it takes no grader."""
    verdict = compare(*case)
    if verdict is None and is_too_much(case.answer):
        return MathVerdict("unparsable", by="caps")
    return verdict or _memory.recall(case)


def _learn(case: _Case, reply: Reply) -> MathVerdict:
    """What a grader's reply means. An answer over which graders die is beyond what can be read."""
    verdict = MathVerdict("unparsable" if reply in ("died", "never began") else reply, by="math-verify")
    if reply in ("correct", "wrong", "unparsable"):
        _memory.keep(case, verdict)
    return verdict


class _Memory:
    """The verdicts of late; the least recently used goes first."""

    def __init__(self) -> None:
        self.lock = Lock()
        self._verdicts: OrderedDict[_Case, MathVerdict] = OrderedDict()

    def recall(self, case: _Case) -> MathVerdict | None:
        with self.lock:
            verdict = self._verdicts.get(case)
            if verdict is not None:
                self._verdicts.move_to_end(case)
            return verdict

    def keep(self, case: _Case, verdict: MathVerdict) -> None:
        with self.lock:
            self._verdicts[case] = verdict
            if len(self._verdicts) > REMEMBERED:
                self._verdicts.popitem(last=False)

    def forget(self) -> None:
        with self.lock:
            self._verdicts.clear()


_memory = _Memory()


def _fresh_lock() -> None:
    _memory.lock = Lock()  # another thread may have held it at the moment of the fork


os.register_at_fork(after_in_child=_fresh_lock)
