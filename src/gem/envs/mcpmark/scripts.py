"""Running the scripts of a task. They are the checkout's own and trusted: they run with our rights."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

KEPT_CHARS = 4000
MISSING_MODULE = ("ModuleNotFoundError", "ImportError")
"""How the error begins of a script that lacks a package: no fault of the agent's."""
NO_CONNECTION = re.compile(
    r"[\w.]*(Connection\w*Error\b|Connect(ion)?Timeout\b|OperationalError: .*(connect|server closed))"
)
"""How the error begins of one that did not reach its server: none either, if there is what it asked for."""
TRACEBACK = "Traceback (most recent call last):\n"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a script found."""

    passed: bool
    output: str
    """The end of what it printed."""
    trouble: str | None = None
    """Why it found nothing; then it passed no judgement on the agent."""


def run_script(script: Path, environ: Mapping[str, str], *, python: str, checkout: Path, timeout_s: float) -> Verdict:
    """Run a script to its end. Exit code 0 is yes and 1 is no; all else is trouble.

    Python leaves with 1 for an error that nobody caught, too: that is a no, for it mostly is a file that the agent
    should have made, but trouble if a package is missing or a server can't be reached.
    """
    variables = {**os.environ, **environ}
    paths = [str(checkout), variables.get("PYTHONPATH", "")]
    variables["PYTHONPATH"] = os.pathsep.join(path for path in paths if path)
    try:
        code, printed = _ended([python, str(script)], variables, checkout, timeout_s)
    except subprocess.TimeoutExpired:
        return Verdict(False, "", f"{script} did not end within {timeout_s:g} seconds")
    except OSError as error:
        return Verdict(False, "", f"{script} could not be run by {python}: {error}")
    output = printed.decode("utf-8", "replace").strip()[-KEPT_CHARS:]
    raised = _raised(output)
    if code not in (0, 1):
        return Verdict(False, output, f"{script} ended with exit code {code}: {raised}")
    if code == 1 and raised.startswith(MISSING_MODULE):
        return Verdict(False, output, f"{script} lacks a package: {raised}")
    if code == 1 and TRACEBACK in output and NO_CONNECTION.match(raised) and "does not exist" not in raised:
        return Verdict(False, output, f"{script} did not reach its server: {raised}")
    return Verdict(code == 0, output)


def _ended(command: list[str], variables: dict[str, str], folder: Path, timeout_s: float) -> tuple[int, bytes]:
    """The exit code of a command, and what it printed. If it does not end, whatever it has started ends with it."""
    with subprocess.Popen(
        command,
        env=variables,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    ) as process:
        try:
            printed, _ = process.communicate(timeout=timeout_s)
        except BaseException:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            raise
        return process.returncode, printed


def _raised(output: str) -> str:
    """The line that names the error of the last traceback; without one the last line."""
    lines = output.rpartition(TRACEBACK)[2].splitlines()
    if TRACEBACK in output:
        return next((line for line in lines if not line.startswith(" ")), "")
    return lines[-1] if lines else ""
