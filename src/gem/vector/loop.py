"""The in-process executor: a loop. The fastest there is for envs that neither wait nor compute for long."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gem.core import StepResult
from gem.errors import VectorError
from gem.vector.near import NearVectorEnv
from gem.vector.seat import Seat, perform


class SyncVectorEnv(NearVectorEnv):
    """Steps its envs one after the other, within `send`; so `recv` never waits.

    It cannot interrupt an env: with a `step_timeout_s` it raises `VectorError`.
    """

    steps_while_sending = True

    def _ready_executor(self) -> None:
        if self.step_timeout_s is not None:
            raise VectorError("a loop cannot interrupt an env: for step_timeout_s choose another executor")

    def _advance(self, actions: Mapping[int, Any]) -> list[StepResult[Any]]:
        seats = self._places
        return self._step_each([seats[index] for index in actions], actions.values(), actions)

    def _advance_all(self, actions: Sequence[Any]) -> list[StepResult[Any]]:
        return self._step_each(self._places, actions, range(self.num_envs))

    def _step_each(
        self, seats: Sequence[Seat], actions: Iterable[Any], indices: Iterable[int]
    ) -> list[StepResult[Any]]:
        results: list[StepResult[Any]] = []
        try:
            for seat, action in zip(seats, actions, strict=True):
                results.append(seat.advance(action))
        except BaseException:  # Ctrl-C: what is done can still be received
            self._ready = dict(zip(indices, results, strict=False))
            self._pending = set(self._ready)
            raise
        return results

    def _dispatch(self, method: str, arguments: Mapping[int, Any]) -> None:
        seats, ready = self._places, self._ready
        for index, argument in arguments.items():
            ready[index] = perform(seats[index], method, argument)

    def _collect(self, min_ready: int, timeout_s: float | None) -> None:
        del min_ready, timeout_s  # whatever was sent is ready
        self._pending.intersection_update(self._ready)  # nothing will come of what Ctrl-C has broken off

    def _shut(self) -> None:
        self._close_envs()
