"""The envs of the benchmark, and the plans made of them.

Chosen so that the embedded model, after a short imitation, is neither lost nor done. All of them have a solver, which
is the upper end of the scale of the aggregates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gem.errors import ConfigError
from gem.train.benchmark.plan import Plan, Task

RANDOM_TEACHER = {"warm_noise": 1.0}
"""Imitate random moves, which show how to read and to write, but not what a call of the tool is worth."""
HALF = {"warm_noise": 0.5}

TASKS = (
    Task("rg:gcd", False, "one turn, success only", 1500, 1.0, HALF),
    Task("rg:count_bits", False, "one turn, success only", 1500, 1.0, HALF),
    Task("rg:letter_counting", False, "one turn, success only", 1500, 1.0, HALF),
    Task("tool:Hint-v1", True, "a tool to learn, two turns, success only", 2400, 1.0, RANDOM_TEACHER),
    Task("tool:Delayed-v1", True, "ten turns of which the first decides, success only", 3000, 1.0, RANDOM_TEACHER),
    Task("game:FifteenPuzzle-v0-easy", True, "short horizon, partial credit", 1800, 0.9, {"warm_noise": 0.8}),
    Task("game:TowerofHanoi-v0-easy", True, "long horizon, partial credit", 2400, 0.95, HALF),
    Task("game:TowerofHanoi-v1-easy", True, "long horizon, success only", 2400, 0.95, HALF),
)

QUICK_TASKS = (TASKS[0], TASKS[3])
QUICK_SETTINGS = {"warm_episodes": 200, "warm_epochs": 1, "width": 32, "layers": 1, "heads": 2}
QUICK_TURNS = 200


def full_plan() -> Plan:
    """The comparison that is reported."""
    return Plan(TASKS)


def quick_plan() -> Plan:
    """A smoke run: every stage, and nothing that could be learned from it."""
    tasks = tuple(
        replace(task, turns=QUICK_TURNS, settings={**task.settings, **QUICK_SETTINGS}) for task in QUICK_TASKS
    )
    return Plan(
        tasks,
        algorithms=("reinforce", "grpo"),
        lrs=(1e-3, 3e-3),
        sweep_seeds=(1000,),
        seeds=(0, 1),
        points=2,
        eval_episodes=40,
    )


def narrowed(plan: Plan, words: Sequence[str]) -> Plan:
    """The envs and algorithms of a plan that are named: by its whole name an algorithm, by any part of it an env.

    Where only envs are named, all algorithms take part, and the other way round. Raises `ConfigError` for a word that
    names nothing.
    """
    algorithms = tuple(algo for algo in plan.algorithms if algo in words)
    parts = [word for word in words if word not in plan.algorithms]
    for part in parts:
        if not any(part.lower() in task.env.lower() for task in plan.tasks):
            raise ConfigError(f"no env and no algorithm of the benchmark is named {part!r}")
    tasks = tuple(task for task in plan.tasks if any(part.lower() in task.env.lower() for part in parts))
    return replace(plan, tasks=tasks or plan.tasks, algorithms=algorithms or plan.algorithms)
