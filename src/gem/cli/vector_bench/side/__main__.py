"""A worker process: makes the vector that its argument asks for, then answers a line of JSON for each line.

What a package prints goes to standard error, so that it cannot garble the answers.
"""

from __future__ import annotations

import gc
import json
import os
import platform
import sys
from collections.abc import Callable
from functools import partial
from importlib import import_module, metadata
from time import perf_counter
from typing import Any

from .driver import Driver, Task
from .spent import cpu_seconds

PACKAGES = ("gem-gym", "gem-llm", "gymnasium", "pufferlib", "numpy", "uvloop", "ray")


def main() -> None:
    """Answer until the parent closes the line."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def answer(make: Callable[[], dict[str, Any]]) -> bool:
        try:
            reply = make()
        except Exception as error:  # noqa: BLE001 - the parent reports it
            reply = {"error": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(reply) + "\n")
        answers.flush()
        return "error" not in reply

    drivers: list[Driver] = []
    if answer(lambda: _open(Task(**json.loads(sys.argv[1])), drivers)):
        for line in sys.stdin:
            request = json.loads(line)
            if not answer(partial(measure, drivers[0], **request)):
                break
        drivers[0].close()


def _open(task: Task, drivers: list[Driver]) -> dict[str, Any]:
    """Make the driver and say what it runs on."""
    module, _, name = task.driver.partition(":")
    driver: Driver = getattr(import_module(f".{module}", __package__), name)(task)
    drivers.append(driver)
    return {"executor": driver.executor, "versions": _versions()}


def measure(driver: Driver, seed: int, warm_up_s: float, seconds: float) -> dict[str, Any]:
    """Steps, and the seconds by the clock and of all processors that they took, once the vector runs steadily."""
    driver.begin(seed)
    _run(driver, warm_up_s)
    gc.collect()
    cpu_s = cpu_seconds()
    steps, wall_s = _run(driver, seconds)
    cpu_after_s = cpu_seconds()
    spent_s = None if cpu_s is None or cpu_after_s is None else cpu_after_s - cpu_s
    return {"steps": steps, "wall_s": wall_s, "cpu_s": spent_s}


def _run(driver: Driver, seconds: float) -> tuple[int, float]:
    """Go on for that long, and at least for one step."""
    advance, clock, steps = driver.advance, perf_counter, 0
    begun = clock()
    end = begun + seconds
    while True:
        steps += advance()
        now = clock()
        if now >= end:
            return steps, now - begun


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found


if __name__ == "__main__":
    main()
