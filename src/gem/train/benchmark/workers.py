"""A few processes that do one job after another, and end when their owner does, however it ends.

Each is a new interpreter: torch's threads do not survive a fork. Ctrl-C is the owner's business alone.
"""

from __future__ import annotations

import signal
from collections import deque
from collections.abc import Callable, Iterator
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any, NamedTuple, Self, cast

LEAST_PATIENCE_S = 5.0
"""How long a worker that is told to end may take before it is killed."""


class Job(NamedTuple):
    """A call; its function and arguments can be pickled."""

    key: Any
    function: Callable[..., Any]
    arguments: tuple[Any, ...]


class Outcome(NamedTuple):
    """What became of a job."""

    key: Any
    value: Any
    error: str | None
    """What it raised, if it did, or that its process died."""


class Workers:
    """`count` processes. Use as a context manager: they are gone after it, whatever they were doing."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._context = get_context("spawn")
        self._busy: dict[Connection, tuple[SpawnProcess, Any]] = {}
        self._idle: list[tuple[Connection, SpawnProcess]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for line in (*(line for line, _process in self._idle), *self._busy):
            line.close()
        processes = [*(process for _line, process in self._idle), *(process for process, _key in self._busy.values())]
        for process in processes:
            process.terminate()
        for process in processes:
            process.join(LEAST_PATIENCE_S)
            if process.is_alive():
                process.kill()
                process.join()

    def run(self, more: Callable[[], list[Job]]) -> Iterator[Outcome]:
        """Do the jobs that `more` returns, which is asked again after each one that is done, until there are none."""
        waiting = deque(more())
        while waiting or self._busy:
            while waiting and len(self._busy) < self.count:
                self._begin(waiting.popleft())
            for line in wait(list(self._busy)):
                yield self._end(cast("Connection", line))
                waiting.extend(more())

    def _begin(self, job: Job) -> None:
        while self._idle:
            line, process = self._idle.pop()
            if process.is_alive():
                break
            line.close()
        else:
            line, far = self._context.Pipe()
            process = self._context.Process(target=_work, args=(far,), daemon=True)
            process.start()
            far.close()  # else the line would never be seen to end
        line.send((job.function, job.arguments))
        self._busy[line] = process, job.key

    def _end(self, line: Connection) -> Outcome:
        process, key = self._busy.pop(line)
        try:
            value, error = line.recv()
        except (EOFError, OSError):
            process.join()
            line.close()
            return Outcome(key, None, f"its process died with exit code {process.exitcode}: was it killed?")
        self._idle.append((line, process))
        return Outcome(key, value, error)


def _work(line: Connection) -> None:
    """The far end: jobs in, results out, until the near end is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        try:
            function, arguments = line.recv()
        except (EOFError, OSError):
            return
        try:
            answer = function(*arguments), None
        except Exception as error:  # noqa: BLE001 - it concerns this job alone, and is told by name
            answer = None, f"{type(error).__name__}: {error}"
        try:
            line.send(answer)
        except OSError:  # the owner was killed
            return
