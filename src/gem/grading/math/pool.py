"""The graders that a whole process shares: at most one for each core, started as they are needed.

They end with the process, whichever way it ends. A forked child starts its own. Whoever finds none free waits in a
queue, a thread as well as a coroutine, and its time limit begins only with its turn.
"""

from __future__ import annotations

import atexit
import os
from collections import deque
from collections.abc import Generator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from threading import Lock

from gem.errors import ConfigError, GraderUnavailable
from gem.grading.math import wire
from gem.grading.math.driving import Done, Talk
from gem.grading.math.nursery import Grader, Nursery, Reply

VARIABLE = "GEM_MATH_GRADERS"
"""Names another number of graders than there are cores for this process."""
Turn = Future["Grader | GraderUnavailable"]
"""The place of a caller in the queue, and what comes of it."""
TRIES = 2
"""How often a pair is begun whose grader dies over it: once may be somebody else's doing."""
BEGINNINGS = 3
"""How often a grader is asked that ended before it began, as all have whose nursery was killed."""

PROBE, PROBE_S = wire.request("2", ("2",)), 30.0


class GraderPool:
    """Lends graders, each to one user at a time; safe to use from many threads and event loops."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = Lock()
        self._nursery: Nursery | None = None
        self._has_graded = False
        """Whether the nursery has shown that it works."""
        self._graders: set[Grader] = set()
        self._idle: list[Grader] = []
        self._queue: deque[Turn] = deque()
        self._dropped: deque[Grader] = deque()
        """Graders whose users are gone, for whoever has the lock next or has it now."""

    def talk(self, request: bytes, timeout_s: float) -> Talk[Reply]:
        """Grade a pair as soon as a grader is free; all tries share the time limit. Raises `GraderUnavailable`."""
        begun = 0
        for _ in range(BEGINNINGS):
            grader = yield from self._borrow()
            try:
                reply = yield from grader.ask(request, timeout_s)
            except BaseException:
                self._drop(grader)
                raise
            timeout_s -= grader.worked_s
            trouble = self._give_back(grader)
            if reply == "never began":
                if trouble is not None:
                    raise trouble
                continue
            begun += 1
            self._has_graded = True
            if reply != "died":
                return reply
            if begun == TRIES:
                if request != PROBE:
                    yield from self._prove()
                return reply
        raise GraderUnavailable("grading processes end before they begin with an answer")

    def _prove(self) -> Talk[None]:
        """See that graders don't die over just any answer. Raises `GraderUnavailable`."""
        reply = yield from self.talk(PROBE, PROBE_S)
        if reply != "correct":
            raise GraderUnavailable(f"the grading processes do not work: asked whether 2 is 2, the reply is: {reply}")

    def close(self) -> None:
        """End all graders; those who wait for one get `GraderUnavailable`."""
        with self._changing():
            self._most = 0
            self._dismiss(GraderUnavailable("the graders were closed"))
            if self._nursery is not None:
                self._nursery.close()
            self._forget()

    def disown(self) -> None:
        """In a fork of the process that owns them: let go of the descriptors, and leave the processes alone."""
        if self._nursery is not None:
            self._nursery.disown()
        self._lock = Lock()  # another thread may have held it at the moment of the fork
        self._dropped.clear()
        self._forget()

    @contextmanager
    def _changing(self) -> Generator[None]:
        """Hold the lock, and see after it to what was dropped meanwhile."""
        try:
            with self._lock:
                yield
        finally:
            self._see_to_dropped()

    def _forget(self) -> None:
        for grader in self._graders:
            grader.channel.close()
        self._graders.clear()
        self._idle.clear()
        self._nursery = None

    def _borrow(self) -> Talk[Grader]:
        """The next grader that is free."""
        turn = Turn()
        with self._changing():
            if not self._most:
                raise GraderUnavailable("the graders were closed")
            if self._idle:
                return self._idle.pop()
            if len(self._graders) < self._most:
                return self._new()
            self._queue.append(turn)
        try:
            yield Done(turn)
        except GeneratorExit:  # the caller is gone
            if not turn.cancel():
                turn.add_done_callback(self._drop_unclaimed)
            raise
        grader = turn.result()
        if isinstance(grader, GraderUnavailable):
            raise grader
        return grader

    def _give_back(self, grader: Grader) -> GraderUnavailable | None:
        """Have a grader lent to the next; what is wrong if it had to be replaced and could not be."""
        with self._changing():
            return self._hand_on(grader)

    def _drop(self, grader: Grader) -> None:
        """The same without a wait for the lock: a garbage collection may end a talk in a thread that has it."""
        self._dropped.append(grader)
        self._see_to_dropped()

    def _drop_unclaimed(self, turn: Turn) -> None:
        """Drop what a caller was given that is gone."""
        if isinstance(grader := turn.result(), Grader):
            self._drop(grader)

    def _see_to_dropped(self) -> None:
        """Hand on what was dropped, unless the lock is held: then its holder comes here after letting go of it."""
        while self._dropped and (lock := self._lock).acquire(blocking=False):
            try:
                while self._dropped:
                    self._hand_on(self._dropped.popleft())
            finally:
                lock.release()

    def _hand_on(self, grader: Grader) -> GraderUnavailable | None:
        """Lend a grader to who has waited longest; one that can't be asked again is replaced first, if that can be."""
        if grader not in self._graders:  # they were closed meanwhile
            return None
        if not grader.is_fit:
            self._bury(grader)
            try:
                grader = self._new()
            except GraderUnavailable as error:
                self._dismiss(error)
                return error
        while self._queue:
            turn = self._queue.popleft()
            if turn.set_running_or_notify_cancel():
                turn.set_result(grader)
                return None
        self._idle.append(grader)
        return None

    def _dismiss(self, error: GraderUnavailable) -> None:
        """Send all away who wait: there is nobody who would call them."""
        while self._queue:
            turn = self._queue.popleft()
            if turn.set_running_or_notify_cancel():
                turn.set_result(error)

    def _new(self) -> Grader:
        """Another grader, of another nursery if the one that was here has ended. Raises `GraderUnavailable`."""
        for _ in range(2):
            if self._nursery is not None and not self._nursery.lives:
                self._end_nursery()
            if self._nursery is None:
                self._nursery, self._has_graded = Nursery(), False
            with suppress(OSError):  # it has just ended
                grader = self._nursery.fork()
                self._graders.add(grader)
                return grader
            self._end_nursery()
        raise GraderUnavailable("the process that forks graders ends as soon as it is started")

    def _end_nursery(self) -> None:
        """Take leave of a nursery that has ended. Raises `GraderUnavailable` if it never did its work."""
        assert self._nursery is not None
        self._nursery.close()
        words, self._nursery = self._nursery.last_words, None
        for grader in self._idle:
            self._bury(grader)
        self._idle.clear()
        if not self._has_graded:
            raise GraderUnavailable(f"the grading process could not be started: {words}")

    def _bury(self, grader: Grader) -> None:
        self._graders.discard(grader)
        if self._nursery is not None:
            self._nursery.kill(grader)
        grader.channel.close()


_pool: GraderPool | None = None
_lock = Lock()


def shared() -> GraderPool:
    """This process's graders. To ask for them starts nothing; to ask one of them does."""
    global _pool  # noqa: PLW0603 - there is one for the process
    with _lock:
        if _pool is None:
            _pool = GraderPool(_most())
        return _pool


def close_shared() -> None:
    """End them; the next answer starts new ones."""
    global _pool
    with _lock:
        pool, _pool = _pool, None
    if pool is not None:
        pool.close()


def _most() -> int:
    named = os.environ.get(VARIABLE, "")
    if named and not (named.isdecimal() and int(named)):
        raise ConfigError(f"{VARIABLE} is a number of processes, 1 or more, not {named!r}")
    if named:
        return int(named)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _start_over() -> None:
    """In a fork: the graders are the parent's, and any of its threads may have held the lock."""
    global _pool, _lock
    pool, _pool, _lock = _pool, None, Lock()
    if pool is not None:
        pool.disown()


atexit.register(close_shared)
os.register_at_fork(after_in_child=_start_over)
