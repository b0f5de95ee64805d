"""The executor for envs that wait in a call, for a network or another program: a pool of threads.

Every env that is slow is a task of its own, so that whichever is ready first is received first. Envs that
have shown to be quick are stepped in a few big chunks, because handing an env to a thread costs some ten
times what a cheap step does.
"""

from __future__ import annotations

import contextlib
import logging
import math
import weakref
from collections.abc import Mapping
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic, perf_counter
from typing import Any, NamedTuple

from gem.errors import StepTimeout
from gem.vector.cores import CORES
from gem.vector.mailbox import Mailbox
from gem.vector.near import NearVectorEnv, close_all
from gem.vector.patience import CLOSING_S, Deadline
from gem.vector.seat import Seat, perform

MAX_THREADS = 1024
FIRST_THREADS = 32
"""As many at most for envs of which it is not known yet whether they are slow."""
QUICK_S = 1e-3
"""An env whose steps take less, on the average of late, is stepped in a chunk with others."""
MEMORY = 0.8
"""How much of the average outlives a step."""


class Job(NamedTuple):
    """One thing to do with one env."""

    env: int
    """Its index."""
    seat: Seat
    method: str
    argument: Any


class Done(NamedTuple):
    """What has come of a job."""

    job: Job
    result: Any


class ProgramEnd(NamedTuple):
    """In place of a result: what an env raised to end the whole program, such as `SystemExit`."""

    error: BaseException


class Task:
    """Jobs for one thread."""

    __slots__ = ("begun_s", "jobs")

    def __init__(self, jobs: list[Job]) -> None:
        self.jobs = jobs
        self.begun_s: float | None = None
        """When a thread took it up, by `time.monotonic`."""


class ThreadVectorEnv(NearVectorEnv):
    """Steps its envs in up to `workers` threads (default: one for each slow env, 1024 at most).

    A step that outlasts `step_timeout_s` cannot be stopped: its thread and its env are abandoned, and
    replaced. The thread ends when that step does.
    """

    def _ready_executor(self) -> None:
        self._mailbox = Mailbox()
        self._inbox: SimpleQueue[Task | None] = SimpleQueue()
        self._threads: list[Thread] = []
        self._most_threads = self.workers or MAX_THREADS
        self._step_s = [None if seat.step_cost == "cheap" else math.inf for seat in self.envs]
        """Average duration of each env's steps of late: not known yet, or without end for those that say that
        they are slow."""
        self._ready: dict[int, Any] = {}
        self._watched: dict[int, Task] = {}
        """The tasks under way, where a step may time out."""
        self._abandoned = 0
        self._finalizer = weakref.finalize(self, _dismiss, self._inbox, self._threads)

    def _dispatch(self, method: str, arguments: Mapping[int, Any]) -> None:
        tasks = self._tasks([Job(index, self.envs[index], method, argument) for index, argument in arguments.items()])
        self._hire(len(tasks))
        for task in tasks:
            self._inbox.put(task)

    def _tasks(self, jobs: list[Job]) -> list[Task]:
        """Quick envs in a chunk for each core, every other env alone."""
        if self.step_timeout_s is not None:
            tasks = [Task([job]) for job in jobs]
            self._watched.update((task.jobs[0].env, task) for task in tasks)
            return tasks
        step_s = self._step_s
        quick: list[Job] = []
        if jobs and jobs[0].method == "advance":
            quick = [job for job in jobs if (average := step_s[job.env]) is not None and average < QUICK_S]
        size = -(-len(quick) // min(CORES, self._most_threads))
        chunks = [Task(quick[start : start + size]) for start in range(0, len(quick), size or 1)]
        if len(quick) == len(jobs):
            return chunks
        chunked = {job.env for job in quick}
        return [*(Task([job]) for job in jobs if job.env not in chunked), *chunks]

    def _hire(self, tasks: int) -> None:
        """Have a thread for each slow env under way."""
        if len(self._threads) >= min(self._most_threads, len(self._pending)) + self._abandoned:
            return
        averages = [self._step_s[index] for index in self._pending]
        slow = sum(average is not None and average >= QUICK_S for average in averages)
        wanted = min(self._most_threads, max(slow, min(tasks, FIRST_THREADS))) + self._abandoned
        while len(self._threads) < wanted:
            thread = Thread(
                target=_serve, args=(self._inbox, self._mailbox, self._step_s), name="gem-vector", daemon=True
            )
            thread.start()
            self._threads.append(thread)

    def _collect(self, min_ready: int, timeout_s: float | None) -> dict[int, Any]:
        deadline, ready = Deadline(timeout_s), self._ready
        while True:
            for job, result in self._mailbox.take(min_ready - len(ready), self._patience_s(deadline)):
                if self.envs[job.env] is not job.seat:
                    continue  # too late: another env has taken its place
                if isinstance(result, ProgramEnd):
                    raise result.error
                ready[job.env] = result
                self._watched.pop(job.env, None)
            self._give_up_overdue()
            if len(ready) >= min_ready or deadline.passed():
                self._ready = {}
                return ready

    def _patience_s(self, deadline: Deadline) -> float | None:
        """Until the deadline, or until the next step can be overdue."""
        if not self._watched:
            return deadline.remaining_s()
        assert self.step_timeout_s is not None
        now_s = monotonic()
        begun = [now_s if task.begun_s is None else task.begun_s for task in self._watched.values()]
        return deadline.remaining_s(at_most=max(0.0, min(begun) + self.step_timeout_s - now_s))

    def _give_up_overdue(self) -> None:
        limit_s, now_s = self.step_timeout_s, monotonic()
        for index, task in list(self._watched.items()):
            if limit_s is not None and task.begun_s is not None and now_s - task.begun_s > limit_s:
                del self._watched[index]
                self._abandoned += 1
                method = task.jobs[0].method
                error = StepTimeout(f"took longer than {limit_s} s; its thread is abandoned")
                self._ready[index] = self._replace(index, method, error)

    def _shut(self) -> None:
        """Envs that are still busy after some seconds are left behind, with their threads."""
        deadline = Deadline(CLOSING_S)
        self._finalizer()
        for thread in self._threads:
            thread.join(deadline.remaining_s())
        stuck = sum(thread.is_alive() for thread in self._threads)
        if stuck:
            logging.getLogger(__name__).warning("%d threads still step their envs; they end when those do", stuck)
        close_all(self.envs)


AsyncVectorEnv = ThreadVectorEnv
"""The name that existing code imports."""


def _serve(inbox: SimpleQueue[Task | None], mailbox: Mailbox, step_s: list[float | None]) -> None:
    """A thread's life: tasks, one after the other. It knows the vector's boxes and not the vector, which may go."""
    while (task := inbox.get()) is not None:
        task.begun_s = monotonic()
        done: list[Done] = []
        for job in task.jobs:
            begun_s = perf_counter()
            try:
                result = perform(job.seat, job.method, job.argument)
            except BaseException as error:  # noqa: BLE001 - raised in the thread that receives it
                result = ProgramEnd(error)
            if job.method == "advance":
                took_s, average = perf_counter() - begun_s, step_s[job.env]
                step_s[job.env] = took_s if average is None else MEMORY * average + (1 - MEMORY) * took_s
            done.append(Done(job, result))
        mailbox.put_all(done)


def _dismiss(inbox: SimpleQueue[Task | None], threads: list[Thread]) -> None:
    """Let every thread end after what it has begun."""
    with contextlib.suppress(Empty):
        while True:  # what nobody has taken up is not done any more
            inbox.get_nowait()
    for _ in threads:
        inbox.put(None)
