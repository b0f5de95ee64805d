"""A child process that measures one side: reads a request per line, answers a line of JSON.

Started by worker_process.py with the python of the side to measure. It knows nothing of the other side and keeps no
figures. What a package prints goes to standard error, so that it cannot garble the answers.
"""

import importlib
import json
import os
import sys
from importlib import metadata
from typing import Any

WORKLOADS = {
    "steps": ("step_workload", "measure_steps"),
    "resets": ("reset_workload", "measure_resets"),
    "game_ids": ("reset_workload", "game_ids"),
    "wrapped": ("wrapped_workload", "measure_wrapped"),
    "text": ("wrapped_workload", "measure_text"),
    "growth": ("wrapped_workload", "measure_growth"),
    "grading opened": ("grading_workload", "grading_opened"),
    "grading": ("grading_workload", "measure_grading"),
    "adversarial": ("grading_workload", "measure_adversarial"),
    "processes": ("grading_workload", "count_processes"),
    "versions": ("worker", "versions"),
}


def versions() -> dict[str, str]:
    """What this process runs on, for the head of the report."""
    found = {"python": sys.version.split()[0]}
    for package in ("gem-gym", "gem-llm", "numpy", "jinja2", "math-verify", "sympy"):
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """The figures asked for, or under "error" why there are none: a missing game must not end the whole run."""
    module, function = WORKLOADS[request["workload"]]
    try:
        return getattr(importlib.import_module(module), function)(**request["kwargs"])
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}


def main() -> None:
    """Answer until the parent closes the line."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        answers.write(json.dumps(answer(json.loads(line))) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
