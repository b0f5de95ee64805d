"""The executor for envs that wait in a call, for a network or another program: a pool of threads.

Every env that is slow is a task of its own, so that whichever is ready first is received first. Those that
have shown to be quick are one task together, which as many threads as there are cores take from until
nothing is left, because handing a task to a thread costs some ten times what a cheap step does.
"""

from __future__ import annotations

import contextlib
import logging
import math
import weakref
from collections import deque
from collections.abc import Iterable, Mapping
from queue import Empty, SimpleQueue
from threading import Thread, current_thread
from time import monotonic
from typing import Any

from gem.errors import StepTimeout
from gem.vector.cores import CORES
from gem.vector.interrupts import HeldBack
from gem.vector.mailbox import Mailbox
from gem.vector.near import NearVectorEnv, close_all
from gem.vector.patience import CLOSING_S, Deadline
from gem.vector.seat import Loss, ProgramEnd, Raised, Seat, broken_off, perform

MAX_THREADS = 1024
FIRST_THREADS = 32
"""As many at most for envs of which it is not known yet whether they are slow."""
QUICK_S = 1e-3
"""An env whose steps take less, on the average of late, is stepped together with others."""
MEMORY = 0.8
"""How much of the average outlives a step."""


class Task:
    """The same method of some seats, to be run by whichever threads have time."""

    __slots__ = ("begun_s", "is_given_up", "jobs", "method", "thread")

    def __init__(self, method: str, jobs: Iterable[tuple[int, Seat, Any]]) -> None:
        self.method = method
        self.jobs = deque(jobs)
        """What is still to be done: the env's index, its seat, the argument."""
        self.thread: Thread | None = None
        """Who took it up last."""
        self.begun_s: float | None = None
        """When a thread took it up, by `time.monotonic`."""
        self.is_given_up = False
        """Nobody waits for it any more: its thread is to end with it, and to close the env."""


class ThreadVectorEnv(NearVectorEnv):
    """Steps its envs in up to `workers` threads (default: one for each slow env, 1024 at most).

    A step that outlasts `step_timeout_s` cannot be stopped: its thread and its env are abandoned, and
    replaced. The thread ends when that step does.
    """

    def _ready_executor(self) -> None:
        self._mailbox = Mailbox()
        self._inbox: SimpleQueue[Task | None] = SimpleQueue()
        self._threads: list[Thread] = []
        """Those that serve; none of them is about to end."""
        self._leaving: list[Thread] = []
        """Those whose step was given up: each ends with it."""
        self._most_threads = self.workers or MAX_THREADS
        self._step_s = [None if seat.env.step_cost == "cheap" else math.inf for seat in self._places]
        """Average duration of each env's steps of late: not known yet, or without end for those that say that
        they are slow."""
        self._watched: dict[int, Task] = {}
        """The tasks under way, where a step may time out."""
        self._end: ProgramEnd | None = None
        self._finalizer = weakref.finalize(self, _dismiss, self._inbox, self._threads, self._leaving)

    def _dispatch(self, method: str, arguments: Mapping[int, Any]) -> None:
        places = self._places
        quick: set[int] = set()
        if self.step_timeout_s is None and method == "advance":
            quick = {index for index in arguments if self._is_slow(index) is False}
        alone = list(arguments) if not quick else [index for index in arguments if index not in quick]
        hands = min(CORES, self._most_threads, len(quick))
        self._hire(hands + sum(not self._is_slow(index) for index in alone))
        tasks = {index: Task(method, [(index, places[index], arguments[index])]) for index in alone}
        if self.step_timeout_s is not None:
            self._watched.update(tasks)
        if quick:
            together = Task(method, [(index, places[index], arguments[index]) for index in quick])
            for _ in range(hands):
                self._inbox.put(together)
        for task in tasks.values():
            self._inbox.put(task)

    def _is_slow(self, index: int) -> bool | None:
        """Whether steps of env `index` are; None: not known yet."""
        step_s = self._step_s[index]
        return None if step_s is None else step_s >= QUICK_S

    def _hire(self, others: int) -> None:
        """Have a thread for each slow env under way, and for so many `others`."""
        if len(self._threads) >= min(self._most_threads, len(self._pending)):
            return
        slow = sum(bool(self._is_slow(index)) for index in self._pending)
        wanted = min(self._most_threads, slow + min(others, FIRST_THREADS))
        while len(self._threads) < wanted:
            thread = Thread(
                target=_serve, args=(self._inbox, self._mailbox, self._step_s), name="gem-vector", daemon=True
            )
            try:
                thread.start()
            except RuntimeError:  # the system has no more of them
                if not self._threads:
                    raise
                self._most_threads = len(self._threads)
                logging.getLogger(__name__).warning("no more than %d threads can be had", len(self._threads))
                return
            self._threads.append(thread)

    def _collect(self, min_ready: int, timeout_s: float | None) -> None:
        deadline, ready = Deadline(timeout_s), self._ready
        while True:
            self._mailbox.wait(min_ready - len(ready), self._patience_s(deadline))
            with HeldBack():
                for index, seat, result in self._mailbox.take():
                    if self._places[index] is seat:  # else it comes too late: another env has taken its place
                        ready[index] = result
                        self._end = result if type(result) is ProgramEnd else self._end
            if self._end is not None:
                raise self._end.error
            if self._watched:
                self._give_up_overdue()
            if len(ready) >= min_ready or deadline.passed():
                return

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
            if index in self._ready:
                del self._watched[index]
            elif limit_s is not None and task.begun_s is not None and now_s - task.begun_s > limit_s:
                with HeldBack():
                    self._give_up(index, task, StepTimeout(f"took longer than {limit_s} s; its thread is abandoned"))

    def _give_up(self, index: int, task: Task, error: StepTimeout) -> None:
        """Have another env take the place of one whose step is overdue."""
        logging.getLogger(__name__).warning("%s of env %d is given up: %s", task.method, self.numbers[index], error)
        del self._watched[index]
        task.is_given_up = True
        self._leaving[:] = [thread for thread in self._leaving if thread.is_alive()]
        if task.thread in self._threads:  # else it was to leave, and has not heard of it
            self._threads.remove(task.thread)
            self._leaving.append(task.thread)
        last_obs = self._places[index].last_obs
        seat = self._succeed(index)
        if task.method == "begin":
            self._ready[index] = Raised(error)
        elif task.method == "lose":  # the successor hangs, too: the next step tries another one
            self._ready[index] = broken_off(self.autoreset_mode, last_obs, error)
        else:
            losing = self._watched[index] = Task("lose", [(index, seat, Loss(error, last_obs))])
            self._hire(1)
            self._inbox.put(losing)

    def _shut(self) -> None:
        """Envs that are still busy after some seconds are left behind, with their threads."""
        deadline = Deadline(CLOSING_S)
        not_begun: set[int] = self._finalizer() or set()
        for thread in (*self._threads, *self._leaving):
            thread.join(deadline.remaining_s())
        done = {index for index, _, _ in self._mailbox.take()} | self._ready.keys() | not_begun
        busy = self._pending - done
        if busy or any(thread.is_alive() for thread in (*self._threads, *self._leaving)):
            logging.getLogger(__name__).warning("some threads still step their envs; they end when those do")
        close_all([seat.env for index, seat in enumerate(self._places) if index not in busy and seat.is_built])


AsyncVectorEnv = ThreadVectorEnv
"""The name that existing code imports."""


def _serve(inbox: SimpleQueue[Task | None], mailbox: Mailbox, step_s: list[float | None]) -> None:
    """A thread's life: jobs, one after the other. It knows the vector's boxes and not the vector, which may go."""
    while (task := inbox.get()) is not None:
        while task.jobs:
            try:
                index, seat, argument = task.jobs.popleft()
            except IndexError:  # another thread has just taken the last one
                break
            task.thread = current_thread()
            task.begun_s = begun_s = monotonic()
            try:
                result = perform(seat, task.method, argument)
            except BaseException as error:  # noqa: BLE001 - raised in the thread that receives it
                result = ProgramEnd(error)
            if task.method == "advance":
                took_s, average_s = monotonic() - begun_s, step_s[index]
                step_s[index] = took_s if average_s is None else MEMORY * average_s + (1 - MEMORY) * took_s
            mailbox.put((index, seat, result))
            if task.is_given_up:
                close_all([seat.env] if seat.is_built else [])
                return


def _dismiss(inbox: SimpleQueue[Task | None], threads: list[Thread], leaving: list[Thread]) -> set[int]:
    """Let every thread end after what it has begun; returns what nobody had taken up, which is not done any more."""
    dropped: list[Task | None] = []
    with contextlib.suppress(Empty):
        while True:
            dropped.append(inbox.get_nowait())
    for _ in (*threads, *leaving):  # one whose step ended as it was given up may not have heard of that
        inbox.put(None)
    return {index for task in dropped if task is not None for index, _, _ in task.jobs}
