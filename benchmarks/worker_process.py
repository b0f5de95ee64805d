"""The parent's handle on a worker process, and the interleaving of two of them.

One `Worker` per side; `interleaved` asks ours, the peer, ours, the peer ... the same question, so that whatever else
the machine does falls on both. It does not judge the figures: see paired.py.
"""

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

WORKER_SCRIPT = Path(__file__).with_name("worker.py")


class WorkerDied(Exception):
    """The child process ended without an answer."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What both sides answered, request by request; a side with an error has fewer answers or none."""

    ours: list[dict[str, Any]]
    peer: list[dict[str, Any]]
    errors: list[str]


class Worker:
    """A running worker of one side."""

    def __init__(self, side: str, python: Path, environment: dict[str, str]) -> None:
        self.side = side
        self._log = tempfile.TemporaryFile("w+")  # noqa: SIM115 - lives as long as the child, see close()
        self._process = subprocess.Popen(
            [python, WORKER_SCRIPT],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            cwd=tempfile.gettempdir(),
            env={**os.environ, **environment},
        )

    def ask(self, workload: str, **kwargs: Any) -> dict[str, Any]:
        """Wait for the figures of one workload; an error in the child comes back under "error"."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps({"workload": workload, "kwargs": kwargs}) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise WorkerDied(f"{self.side}: {self._log_tail()}") from None
        line = self._process.stdout.readline()
        if not line:
            raise WorkerDied(f"{self.side}: {self._log_tail()}")
        return json.loads(line)

    def close(self) -> None:
        """End the child by ending its input."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()
        self._log.close()

    def _log_tail(self) -> str:
        self._log.seek(0)
        return self._log.read()[-2000:] or "no output"


@contextmanager
def worker_pair(ours: Path, peer: Path, environment: dict[str, str]) -> Iterator[tuple[Worker, Worker]]:
    """A fresh worker of each side, closed at the end."""
    workers = (Worker("gem-gym", ours, environment), Worker("gem-llm", peer, environment))
    try:
        yield workers
    finally:
        for worker in workers:
            worker.close()


def interleaved(
    workers: tuple[Worker, Worker], requests: list[dict[str, Any]], peer_requests: list[dict[str, Any]] | None = None
) -> Answers:
    """Put each request to ours, then the same (or the peer's own) to the peer.

    A side that has answered with an error is not asked again.
    """
    answers: tuple[list[dict[str, Any]], list[dict[str, Any]]] = ([], [])
    errors: dict[str, str] = {}
    for pair in zip(requests, peer_requests or requests, strict=True):
        for worker, kept, request in zip(workers, answers, pair, strict=True):
            if worker.side in errors:
                continue
            reply = worker.ask(**request)
            if "error" in reply:
                errors[worker.side] = reply["error"]
            else:
                kept.append(reply)
    return Answers(*answers, errors=[f"{side}: {message}" for side, message in errors.items()])
