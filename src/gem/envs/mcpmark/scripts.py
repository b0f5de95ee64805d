"""Running the scripts of a task. They are the checkout's own and trusted: they run with our rights."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

KEPT_CHARS = 4000
MISSING_MODULE = ("ModuleNotFoundError", "ImportError")
"""How the last line of a script begins that lacks a package: no fault of the agent's."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a script found."""

    passed: bool
    output: str
    """The end of what it printed."""
    trouble: str | None = None
    """Why it found nothing; then it passed no judgement on the agent."""


def run_script(script: Path, environ: Mapping[str, str], *, python: str, checkout: Path, timeout_s: float) -> Verdict:
    """Run a script to its end. Exit code 0 is yes and 1 is no; all else is trouble."""
    variables = {**os.environ, **environ}
    paths = [str(checkout), variables.get("PYTHONPATH", "")]
    variables["PYTHONPATH"] = os.pathsep.join(path for path in paths if path)
    try:
        done = subprocess.run(
            [python, str(script)],
            env=variables,
            cwd=checkout,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=timeout_s,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Verdict(False, "", f"{script} did not end within {timeout_s:g} seconds")
    except OSError as error:
        return Verdict(False, "", f"{script} could not be run by {python}: {error}")
    output = done.stdout.decode("utf-8", "replace").strip()[-KEPT_CHARS:]
    last = output.rpartition("\n")[2]
    if done.returncode not in (0, 1):
        return Verdict(False, output, f"{script} ended with exit code {done.returncode}: {last}")
    if done.returncode == 1 and last.startswith(MISSING_MODULE):
        return Verdict(False, output, f"{script} lacks a package: {last}")
    return Verdict(done.returncode == 0, output)
