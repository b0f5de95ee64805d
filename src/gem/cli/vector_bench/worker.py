"""The parent's handle on a worker process, which measures one vector of one side.

A worker that is not being asked is stopped, together with the processes it has started, so that it disturbs nobody.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from gem.cli.vector_bench.side.driver import Task

HERE = Path(__file__).parent
ON_ITS_OWN = f"import runpy, sys; sys.path.append({str(HERE)!r}); runpy.run_module('side', run_name='__main__')"
"""What a python without our package runs."""
OPENING_S, ANSWERING_S, CLOSING_S = 120.0, 60.0, 5.0


class WorkerFailed(Exception):
    """There is no figure; the message says why."""


class Worker:
    """A process with a vector. `python` is that of the peer; None: ours."""

    def __init__(self, task: Task, python: Path | None) -> None:
        program = [sys.executable, "-P", "-m", f"{__package__}.side"]
        environment = dict(os.environ)
        if python is not None:
            program = [str(python), "-P", "-c", ON_ITS_OWN]
            environment.pop("PYTHONPATH", None)
        self._log = tempfile.TemporaryFile("w+", errors="replace")  # noqa: SIM115 - lives as long as the process
        self._process = subprocess.Popen(
            [*program, json.dumps(asdict(task))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            env=environment,
            start_new_session=True,
        )
        self._stopped = False

    def opened(self) -> dict[str, Any]:
        """Wait until the vector is made: its executor and the versions in use. Raises `WorkerFailed`."""
        return self._reply(OPENING_S)

    def measure(self, seed: int, warm_up_s: float, seconds: float) -> dict[str, Any]:
        """Steps and seconds. Raises `WorkerFailed`."""
        assert self._process.stdin is not None
        self._signal(signal.SIGCONT)
        with contextlib.suppress(BrokenPipeError):  # then there will be no reply
            self._process.stdin.write(json.dumps({"seed": seed, "warm_up_s": warm_up_s, "seconds": seconds}) + "\n")
            self._process.stdin.flush()
        return self._reply(warm_up_s + seconds + ANSWERING_S)

    def dismiss(self) -> None:
        """Let the process end by itself."""
        assert self._process.stdin is not None
        self._signal(signal.SIGCONT)
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()

    def close(self) -> None:
        """End the process; it has some seconds to do so itself."""
        assert self._process.stdout is not None
        self.dismiss()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(CLOSING_S)
        self.kill()
        self._process.stdout.close()
        self._log.close()

    def kill(self) -> None:
        """End it and all that it has started, at once."""
        self._signal(signal.SIGKILL)
        self._process.wait()

    def _reply(self, timeout_s: float) -> dict[str, Any]:
        assert self._process.stdout is not None
        if not select.select([self._process.stdout], [], [], timeout_s)[0]:
            raise WorkerFailed(f"no answer after {timeout_s:.0f} s")
        line = self._process.stdout.readline()
        if not line:
            raise WorkerFailed(f"the process ended: {self._last_words()}")
        reply = json.loads(line)
        if "error" in reply:
            raise WorkerFailed(reply["error"])
        self._signal(signal.SIGSTOP)
        return reply

    def _signal(self, number: signal.Signals) -> None:
        """To the whole group, which lives on as long as any of it does."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)

    def _last_words(self) -> str:
        self._log.seek(0)
        lines = [line.strip() for line in self._log.read().splitlines() if line.strip()]
        return lines[-1][-300:] if lines else f"exit code {self._process.wait()}"
