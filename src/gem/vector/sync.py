"""The in-process executor: a loop. The fastest there is for envs that neither wait nor compute for long."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gem.core import Env, StepResult
from gem.vector.base import AutoresetMode, VectorEnv


class SyncVectorEnv(VectorEnv):
    """Steps its envs one after the other, within `send`; so `recv` never waits."""

    def __init__(
        self,
        env_ids: Sequence[str],
        env_fns: Sequence[Callable[[], Env[Any, Any]]],
        autoreset_mode: AutoresetMode | str = AutoresetMode.SAME_STEP,
    ) -> None:
        self._ready: dict[int, StepResult[Any]] = {}
        super().__init__(env_ids, env_fns, autoreset_mode)

    def _dispatch(self, actions: Mapping[int, Any]) -> None:
        envs, ready = self.envs, self._ready
        for index, action in actions.items():
            ready[index] = envs[index].advance(action)

    def _collect(self, min_ready: int, timeout_s: float | None) -> dict[int, StepResult[Any]]:
        del min_ready, timeout_s  # whatever was sent is ready
        ready, self._ready = self._ready, {}
        return ready

    def _discard(self) -> None:
        self._ready = {}
