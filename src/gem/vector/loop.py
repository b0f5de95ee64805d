"""The in-process executor: a loop. The fastest there is for envs that neither wait nor compute for long."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gem.errors import VectorError
from gem.vector.near import NearVectorEnv, close_all
from gem.vector.seat import perform


class SyncVectorEnv(NearVectorEnv):
    """Steps its envs one after the other, within `send`; so `recv` never waits.

    It cannot interrupt an env: with a `step_timeout_s` it raises `VectorError`.
    """

    def _ready_executor(self) -> None:
        if self.step_timeout_s is not None:
            close_all(self.envs)
            raise VectorError("a loop cannot interrupt an env: for step_timeout_s choose another executor")
        self._ready: dict[int, Any] = {}

    def _dispatch(self, method: str, arguments: Mapping[int, Any]) -> None:
        envs, ready = self.envs, self._ready
        try:
            if method == "advance":
                for index, action in arguments.items():
                    ready[index] = envs[index].advance(action)
            else:
                for index, argument in arguments.items():
                    ready[index] = perform(envs[index], method, argument)
        except BaseException:  # Ctrl-C: nothing will come of the rest
            self._pending.intersection_update(ready)
            raise

    def _collect(self, min_ready: int, timeout_s: float | None) -> dict[int, Any]:
        del min_ready, timeout_s  # whatever was sent is ready
        ready, self._ready = self._ready, {}
        return ready

    def _shut(self) -> None:
        close_all(self.envs)
