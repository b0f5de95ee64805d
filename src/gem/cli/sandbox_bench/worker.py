"""The parent's handle on the worker process of a contestant."""

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

from gem.cli.sandbox_bench.side.jobs import Job

HERE = Path(__file__).parent
ON_ITS_OWN = f"import runpy, sys; sys.path.append({str(HERE)!r}); runpy.run_module('side', run_name='__main__')"
"""What a python without our package runs."""
OPENING_S, ANSWERING_S, CLOSING_S = 120.0, 300.0, 10.0


class JobFailed(Exception):
    """There is no figure; the message says why."""


class WorkerEnded(JobFailed):
    """Nor will there be another."""


class Worker:
    """A process in an empty folder of its own. `python` is that of the peer; None: ours."""

    def __init__(self, contestant: str, backend: str, python: Path | None) -> None:
        program = [sys.executable, "-P", "-m", f"{__package__}.side"]
        environment = dict(os.environ)
        if python is not None:
            program = [str(python), "-P", "-c", ON_ITS_OWN]
            environment.pop("PYTHONPATH", None)
        self._folder = tempfile.TemporaryDirectory(prefix="gem-bench-", ignore_cleanup_errors=True)
        self._log = tempfile.TemporaryFile("w+", errors="replace")  # noqa: SIM115 - lives as long as the process
        self._process = subprocess.Popen(
            [*program, contestant, backend],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            env=environment,
            cwd=self._folder.name,
            start_new_session=True,
        )

    def opened(self) -> dict[str, Any]:
        """Wait until the contestant is there: its level and the versions in use. Raises `JobFailed`."""
        return self._reply(OPENING_S)

    def do(self, job: Job) -> dict[str, Any]:
        """The answer to a job. Raises `JobFailed`."""
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # then there will be no reply
            self._process.stdin.write(json.dumps(asdict(job)) + "\n")
            self._process.stdin.flush()
        return self._reply(ANSWERING_S)

    def close(self) -> None:
        """End the process; it has some seconds to do so itself."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(CLOSING_S)
        self.kill()
        self._process.stdout.close()
        self._log.close()
        self._folder.cleanup()

    def kill(self) -> None:
        """End it and all that it has started, at once."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def _reply(self, timeout_s: float) -> dict[str, Any]:
        assert self._process.stdout is not None
        if not select.select([self._process.stdout], [], [], timeout_s)[0]:
            raise WorkerEnded(f"no answer after {timeout_s:.0f} s")
        line = self._process.stdout.readline()
        if not line:
            raise WorkerEnded(f"the process ended: {self._last_words()}")
        reply = json.loads(line)
        if "error" in reply:
            raise JobFailed(reply["error"])
        return reply

    def _last_words(self) -> str:
        self._log.seek(0)
        lines = [line.strip() for line in self._log.read().splitlines() if line.strip()]
        return lines[-1][-300:] if lines else f"exit code {self._process.wait()}"
