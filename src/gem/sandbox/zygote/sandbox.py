"""`ZygoteSandbox`: programs in forked, confined, disposable processes; the sandbox behind "auto"."""

from __future__ import annotations

import itertools
import os
from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore, Lock

from gem.errors import ConfigError, SandboxUnavailable
from gem.sandbox.box.cell import Shape
from gem.sandbox.level import Level
from gem.sandbox.limits import Limits
from gem.sandbox.profile import Profile
from gem.sandbox.protocol import Accept, Isolation, Sandbox, Session
from gem.sandbox.result import Result, unavailable
from gem.sandbox.zygote.cgroup import delegated_groups
from gem.sandbox.zygote.held import Held
from gem.sandbox.zygote.ladder import best_layers, layers_named, level_of
from gem.sandbox.zygote.nursery import Nursery
from gem.sandbox.zygote.session import first_session
from gem.sandbox.zygote.spare import Spare
from gem.sandbox.zygote.view import view_of

SPARES = 2
"""Harnesses that each zygote keeps ready."""


class ZygoteSandbox(Sandbox):
    """One zygote per core, each with spare harnesses; a zygote that dies is replaced.

    `layers` names the kernel's means to use instead of the best that hold here. Raises `SandboxUnavailable`
    where the kernel offers too little, or a package of the profile is not installed.
    """

    def __init__(
        self,
        *,
        limits: Limits | None = None,
        profile: Profile,
        concurrency: int | None = None,
        zygotes: int | None = None,
        layers: tuple[str, ...] | None = None,
    ) -> None:
        cores = len(os.sched_getaffinity(0))
        super().__init__(
            limits=limits, profile=profile, concurrency=max(4, 2 * cores) if concurrency is None else concurrency
        )
        if zygotes is not None and zygotes < 1:
            raise ConfigError(f"a sandbox has at least 1 zygote, not {zygotes}")
        self._view = view_of(profile)
        self._layers = layers_named(layers) if layers else best_layers()
        self._turns = itertools.count()
        self._closed = False
        self._groups = delegated_groups()
        self._begin(cores if zygotes is None else zygotes)

    def _begin(self, zygotes: int) -> None:
        """Start the zygotes; again in a fork of the process that did, whose zygotes are not its own."""
        self._owner = os.getpid()
        self._lock = Lock()
        self._pool: ThreadPoolExecutor | None = None
        self._slots = BoundedSemaphore(self.concurrency)
        self._nurseries = [self._start() for _ in range(zygotes)]

    @property
    def level(self) -> Level:
        return level_of(self._layers, has_groups=self._groups is not None)

    @property
    def zygotes(self) -> list[int]:
        """The processes of the zygotes that live, in the host's count."""
        return [nursery.pid for nursery in self._nurseries if nursery.alive]

    def _run(self, code: bytes, stdin: bytes, limits: Limits) -> Result:
        with self._own_slots():
            held = self._take(limits)
            if isinstance(held, str):
                return unavailable(held)
            with held:
                return held.perform("program", code, stdin)

    def _run_tests(
        self, code: bytes, inputs: list[bytes], stop: bool, isolation: Isolation, accept: Accept, limits: Limits
    ) -> list[Result]:
        if isolation == "test":
            return self._judge_apart(code, inputs, stop, accept, limits)
        with self._own_slots():
            return self._judge(code, inputs, stop, accept, limits)

    def _judge(self, code: bytes, inputs: list[bytes], stop: bool, accept: Accept, limits: Limits) -> list[Result]:
        """One process after another: the next only when a test has taken its process along."""
        results: list[Result] = []
        held: Held | str | None = None
        try:
            for index, stdin in enumerate(inputs):
                held = held or self._take(limits)
                if isinstance(held, str):
                    results.append(unavailable(held))
                    break
                result = held.perform("test", code, stdin)
                if held.was_spoilt:  # then this test has not run: a new process takes it
                    held.let_go()
                    held = self._take(limits)
                    result = unavailable(held) if isinstance(held, str) else held.perform("test", code, stdin)
                results.append(result)
                if isinstance(held, Held) and not held.answers:
                    held.let_go()
                    held = None
                if stop and not (results[-1].ok and accept(index, results[-1])):
                    break
        finally:
            if isinstance(held, Held):
                held.let_go()
        return results

    def _judge_apart(
        self, code: bytes, inputs: list[bytes], stop: bool, accept: Accept, limits: Limits
    ) -> list[Result]:
        """A process for each test, as many at a time as there are zygotes; what ran past a failure is not told."""
        self._own_slots()
        if self._pool is None:
            self._pool = ThreadPoolExecutor(len(self._nurseries), thread_name_prefix="gem-judge")
        results: list[Result] = []
        width = len(self._nurseries)
        for start in range(0, len(inputs), width):
            batch = [self._pool.submit(self._run, code, stdin, limits) for stdin in inputs[start : start + width]]
            for result in [future.result() for future in batch]:
                results.append(result)
                if stop and not (result.ok and accept(len(results) - 1, result)):
                    return results
        return results

    def session(self, limits: Limits | None = None) -> Session:
        limits = limits or self.limits
        self._own_slots()
        held = self._take(limits, keeps_state=not limits.processes)
        if isinstance(held, str):
            raise SandboxUnavailable(held)
        try:
            return first_session(held.peer, limits, held.let_go)
        except OSError as error:
            held.let_go()
            raise SandboxUnavailable(f"the session ended before its first cell: {error}") from error

    def close(self) -> None:
        self._closed = True
        if os.getpid() != self._owner:
            self._disown()
            return
        with self._lock:
            for nursery in self._nurseries:
                nursery.close()
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
        if self._groups is not None:
            self._groups.close()
        super().close()

    def _own_slots(self) -> BoundedSemaphore:
        if os.getpid() != self._owner and not self._closed:
            self._disown()
            self._begin(len(self._nurseries))
        return self._slots

    def _disown(self) -> None:
        """In a fork: leave the zygotes to the process that started them."""
        for nursery in self._nurseries:
            nursery.disown()

    def _take(self, limits: Limits, keeps_state: bool = False) -> Held | str:
        """A harness of the next zygote in turn, of a new one where that has died; or why there is none."""
        shape = shape_of(limits, keeps_state)
        if shape.processes and not self._layers.namespaces:
            return "programs can be let start processes only where the sandbox has namespaces"
        why = "the sandbox is closed"
        for _ in range(len(self._nurseries) + 1):
            try:
                nursery = self._nursery(next(self._turns) % len(self._nurseries))
            except (SandboxUnavailable, OSError) as error:
                why = str(error)
                continue
            spare = nursery.take(shape)
            if isinstance(spare, Spare):
                return Held(nursery, spare, limits, self._groups)
            why = spare
        return why

    def _nursery(self, index: int) -> Nursery:
        nursery = self._nurseries[index]
        if nursery.alive:
            return nursery
        with self._lock:
            if self._closed:
                raise SandboxUnavailable("the sandbox is closed")
            if not self._nurseries[index].alive:
                self._nurseries[index].close()
                self._nurseries[index] = self._start()
            return self._nurseries[index]

    def _start(self) -> Nursery:
        return Nursery(self._view, self.profile.imports, self._layers, shape_of(self.limits), SPARES)


def shape_of(limits: Limits, keeps_state: bool = False) -> Shape:
    """What a box's building must know of the limits."""
    return Shape(disk_mb=limits.disk_mb, files=limits.files, processes=limits.processes, keeps_state=keeps_state)
