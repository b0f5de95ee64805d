"""Envs of several kinds in one vector: each kind under the executor that suits it.

So envs that wait, envs that compute and envs that do neither don't stand in each other's way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import cycle
from typing import Any, cast

from gem.core import Env
from gem.vector import executors
from gem.vector.base import AutoresetMode, VectorEnv
from gem.vector.interrupts import HeldBack
from gem.vector.patience import Deadline

GLANCE_S = 1e-3
"""How long to wait for one executor before the next is looked at."""
ORDER = ("processes", "asynchronous", "threads", "loop")
"""Processes are the first to be sent actions, since they may refuse one; the loop is the last: it steps at once."""


class Seating(Sequence[Any]):
    """A list whose entry i is in another list."""

    def __init__(self, find: Callable[[int], Any], length: int) -> None:
        self._find, self._length = find, length

    def __getitem__(self, index: Any) -> Any:
        """Entry `index`, or those of a slice."""
        if isinstance(index, slice):
            return [self._find(each) for each in range(self._length)[cast("slice", index)]]
        return self._find(range(self._length)[cast("int", index)])

    def __len__(self) -> int:
        """As many as there are envs."""
        return self._length


class MixedVectorEnv(VectorEnv):
    """`names[i]` is the executor of env i."""

    steps_while_sending = True

    def __init__(
        self,
        env_ids: Sequence[str],
        env_fns: Sequence[Callable[[], Env[Any, Any]]],
        autoreset_mode: AutoresetMode | str = AutoresetMode.SAME_STEP,
        *,
        names: Sequence[str],
        step_timeout_s: float | None = None,
        workers: int | None = None,
    ) -> None:
        self._names = sorted(set(names), key=ORDER.index)
        self._members = [[index for index, each in enumerate(names) if each == name] for name in self._names]
        self._seat = {
            index: (part, place) for part, members in enumerate(self._members) for place, index in enumerate(members)
        }
        super().__init__(env_ids, env_fns, autoreset_mode, step_timeout_s=step_timeout_s, workers=workers)

    def _open(self) -> None:
        self.parts: list[VectorEnv] = []
        self._turns = cycle(range(len(self._names)))
        try:
            for name, members in zip(self._names, self._members, strict=True):
                ids, env_fns = [self.env_ids[index] for index in members], [self.env_fns[index] for index in members]
                limits = {"step_timeout_s": self.step_timeout_s, "workers": self.workers, "numbers": members}
                self.parts.append(executors.load(name)(ids, env_fns, self.autoreset_mode, **limits))
        except BaseException:
            self._shut()
            raise
        self.envs = Seating(lambda index: self._at(index, "envs"), self.num_envs)
        self._places = Seating(lambda index: self._at(index, "_places"), self.num_envs)

    def _at(self, index: int, name: str) -> Any:
        part, place = self._seat[index]
        return getattr(self.parts[part], name)[place]

    def _dispatch(self, method: str, arguments: Mapping[int, Any]) -> None:
        shares: list[dict[int, Any]] = [{} for _ in self.parts]
        for index, argument in arguments.items():
            part, place = self._seat[index]
            shares[part][place] = argument
        for part, share in zip(self.parts, shares, strict=True):
            part.order(method, share)

    def _collect(self, min_ready: int, timeout_s: float | None) -> None:
        deadline = Deadline(timeout_s)
        while True:
            for number in self._busy():
                self._look(number, 0.0)
            busy = set(self._busy())
            if not busy:  # nothing will come of what Ctrl-C has broken off
                self._pending.intersection_update(self._ready)
            if len(self._ready) >= min_ready or not busy or deadline.passed():
                return
            patience_s = deadline.remaining_s(at_most=GLANCE_S if len(busy) > 1 else None)
            self._look(next(number for number in self._turns if number in busy), patience_s)

    def _busy(self) -> Iterable[int]:
        return [number for number, part in enumerate(self.parts) if part.under_way]

    def _look(self, number: int, timeout_s: float | None) -> None:
        """Take what that part has, after waiting for something."""
        members = self._members[number]
        part = self.parts[number]
        part._collect(1 if timeout_s != 0 else 0, timeout_s)
        with HeldBack():
            self._ready.update((members[place], result) for place, result in part.take_ready().items())

    def _shut(self) -> None:
        for part in self.parts:
            part.close()
