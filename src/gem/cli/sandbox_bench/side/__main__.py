"""A worker process: makes the contestant that its arguments ask for, then answers a line of JSON for each line.

What a package prints goes to standard error, so that it cannot garble the answers.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Callable
from dataclasses import asdict
from importlib import import_module, metadata
from typing import Any

from .contestant import Contestant
from .jobs import Job, done

PACKAGES = ("gem-gym", "gem-llm", "numpy", "sympy")


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

    made: list[Contestant] = []
    if answer(lambda: _open(sys.argv[1], sys.argv[2], made)):
        for line in sys.stdin:
            job = Job(**json.loads(line))
            answer(lambda job=job: asdict(done(job, made[0])))
        made[0].close()


def _open(name: str, backend: str, made: list[Contestant]) -> dict[str, Any]:
    """Make the contestant and say what it is."""
    module, _, kind = name.partition(":")
    contestant: Contestant = getattr(import_module(f".{module}", __package__), kind)(backend)
    made.append(contestant)
    return {"level": contestant.level, "versions": _versions()}


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
