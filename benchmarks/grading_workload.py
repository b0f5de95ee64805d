"""The grading workload: steps of `MathEnv`, from many answers at once to answers that are made to stall.

Runs in a worker process, against whichever `gem` that process imports.
"""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from grading_questions import ADVERSARIAL, questions

from gem.envs.math_env import MathEnv

ENVS = 2
"""So many at once, each in a thread: as many as there are cores."""
WARM_UP = 60
AFTER = 3
"""So many correct answers follow an adversarial one."""

_envs: list[Any] = []
_rows: list[tuple[str, str, bool]] = []


def grading_opened(count: int, seed: int) -> dict[str, float]:
    """Make the envs of the throughput, and give each some answers to warm up with."""
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:ENVS])
    begun = time.perf_counter()
    _rows.extend(questions(count, seed))
    _envs.extend(_env([{"problem": "?", "answer": gold} for _, gold, _ in _rows]) for _ in range(ENVS))
    warm_up = [{"problem": "?", "answer": gold} for _, gold, _ in questions(WARM_UP, seed + 1)]
    for env in [_env(warm_up) for _ in range(ENVS)]:
        for index, (answer, _, _) in enumerate(questions(WARM_UP, seed + 1)):
            _graded(env, index, answer)
    return {"opened_s": time.perf_counter() - begun}


def measure_grading(start: int, count: int) -> dict[str, float]:
    """Seconds for so many of the answers, by all envs at once, and how many verdicts are mistaken."""
    shares = [range(start + share, start + count, ENVS) for share in range(ENVS)]
    begun = time.perf_counter()
    with ThreadPoolExecutor(ENVS) as threads:
        found = list(threads.map(_share_graded, _envs, shares))
    spent = time.perf_counter() - begun
    return {
        "seconds": spent,
        "right_missed": sum(missed for missed, _ in found),
        "wrong_paid": sum(paid for _, paid in found),
    }


def measure_adversarial(kind: str) -> dict[str, Any]:
    """One adversarial answer to a fresh env, and what becomes of the correct ones after it."""
    first = 100 + AFTER * list(ADVERSARIAL).index(kind)
    golds = ["2", "12345/67", *(str(number) for number in range(first, first + AFTER))]
    env = _env([{"problem": "?", "answer": gold} for gold in golds])
    _graded(env, 0, r"\sqrt{4}")
    rewarded, seconds = _graded(env, 1, ADVERSARIAL[kind])
    after = [_graded(env, index, f"\\sqrt{{{int(gold) ** 2}}}") for index, gold in enumerate(golds) if index > 1]
    if hasattr(env.mp_pool, "terminate"):  # its worker may still be busy, and would be so during what comes next
        env.mp_pool.terminate()
    return {
        "seconds": seconds,
        "rewarded": rewarded,
        "after_s": [spent for _, spent in after],
        "after_wrong": sum(not right for right, _ in after),
    }


def count_processes(envs: int) -> dict[str, float]:
    """How many processes the construction of so many envs adds, and how long it takes."""
    before, begun = _descendants(), time.perf_counter()
    made = [_env([{"problem": "?", "answer": "0"}]) for _ in range(envs)]
    spent, after = time.perf_counter() - begun, _descendants()
    for env in made:
        if hasattr(env.mp_pool, "terminate"):
            env.mp_pool.terminate()
    return {"envs": envs, "processes": after - before, "each_ms": 1e3 * spent / envs}


def _env(rows: list[dict[str, str]]) -> Any:
    """A `MathEnv` over these rows; the peer's takes no list."""
    try:
        return MathEnv(dataset=rows, eval=True)
    except AssertionError:
        from datasets import Dataset

        return MathEnv(dataset=Dataset.from_list(rows), eval=True)


def _share_graded(env: Any, share: range) -> tuple[int, int]:
    missed = paid = 0
    for index in share:
        answer, _, is_right = _rows[index]
        rewarded, _ = _graded(env, index, answer)
        missed += is_right and not rewarded
        paid += rewarded and not is_right
    return missed, paid


def _graded(env: Any, index: int, answer: str) -> tuple[bool, float]:
    """Whether the env paid for this answer to its problem of this index, and how long it took."""
    env.reset(idx=index)
    begun = time.perf_counter()
    reward = env.step(f"So it is \\boxed{{{answer}}}.")[1]
    return bool(reward), time.perf_counter() - begun


def _descendants() -> int:
    """How many processes have come from this one and live."""
    parents: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    family = {os.getpid()}
    while grown := {child for child, parent in parents.items() if parent in family} - family:
        family |= grown
    return len(family) - 1
