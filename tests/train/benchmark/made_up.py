"""Plans and results that nobody ran."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np

from gem.train.benchmark.plan import Plan, Run, Task
from gem.train.benchmark.results import Point, Result, Results

SINGLE = Task("rg:gcd", False, "one turn", 100, 1.0, {"episodes": 16})
MULTI = Task("game:GuessTheNumber-v1-easy", True, "short", 200, 0.9, {"episodes": 16})
PLAN = Plan(
    (SINGLE, MULTI),
    algorithms=("reinforce", "grpo", "ppo"),
    lrs=(1e-3, 3e-3, 1e-2),
    sweep_seeds=(10, 11),
    seeds=(0, 1, 2, 3, 4),
    points=2,
    eval_episodes=20,
)
RANDOM, FIRST, ORACLE = 0.1, 0.3, 0.9
ENDS = {"reinforce": 0.5, "grpo": 0.5, "ppo": 0.7}
"""Success of each algorithm at the end; the seeds spread around it by what they have in common."""


def point(turns: int, success: float) -> Point:
    return Point(turns, success, 2 * success, 3.0)


def start_result(plan: Plan, start) -> Result:
    return Result(
        start,
        asdict(plan.start_config(start)),
        [point(0, FIRST)],
        seconds=4.0,
        evaluation_seconds=1.0,
        references={"random": point(0, RANDOM), "oracle": point(0, ORACLE)},
        provenance={"machine": {"cores": 2}, "versions": {"gem": "0"}, "commit": "abc", "changed": False},
    )


def run_result(plan: Plan, run: Run, end: float | None = None) -> Result:
    if end is None:
        end = ENDS[run.algo] + 0.02 * (run.seed - 2) - abs(np.log(run.lr / 3e-3)) / 10
    turns = plan.task(run.env).turns
    points = [point(0, FIRST), point(turns // 2, (FIRST + end) / 2), point(turns, end)]
    provenance = {"machine": {"cores": 2}, "versions": {"gem": "0"}, "commit": "abc", "changed": False}
    return Result(run, asdict(plan.config(run)), points, 3.0, 1.0, turns=turns, iterations=5, provenance=provenance)


def fill(plan: Plan, folder, *, only=None) -> Results:
    """Results of all runs of the plan, or of the envs in `only`; 3e-3 is the best learning rate."""
    results = Results(folder)
    for start in plan.starts():
        results.add(start_result(plan, start))
    for env, algo in plan.pairs():
        if only is not None and env not in only:
            continue
        for run in (*plan.sweep(env, algo), *plan.final(env, algo, 3e-3)):
            results.add(run_result(plan, run))
    return results
