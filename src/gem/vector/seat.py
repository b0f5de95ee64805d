"""An env's seat in a vector: one step of one env, with what follows an episode's end or a crash.

Every executor steps its envs through seats, wherever they live; so this logic stands here once.
"""

from __future__ import annotations

import logging
from enum import Enum
from typing import Any

from gem.core import Env, Info, StepResult, Wrapper, new_result
from gem.errors import ResetNeeded, VectorError


class AutoresetMode(Enum):
    """What becomes of an env whose episode has ended."""

    NEXT_STEP = "NextStep"
    """The next step resets it: the action is ignored, the reward is 0."""
    SAME_STEP = "SameStep"
    """It is reset at once: the step returns the new episode's first observation and info, with the
    old one's last ones in `info["final_observation"]` and `info["final_info"]`."""
    DISABLED = "Disabled"
    """It waits for a reset; stepping it before raises `ResetNeeded`."""


def mode_of(mode: AutoresetMode | str) -> AutoresetMode:
    """The mode, or the mode of that value. Raises `VectorError`."""
    try:
        return AutoresetMode(mode)
    except ValueError:
        values = ", ".join(repr(known.value) for known in AutoresetMode)
        raise VectorError(f"there is no autoreset mode {mode!r}; the modes are {values}") from None


class Seat(Wrapper[Any, Any]):
    """A wrapper that notices every reset, by the vector or by anybody else, and survives what its env raises.

    `reset` and `step` are the env's own. `advance` is the vector's: it always returns a result.
    An env that raises in `advance` loses its episode only: the last observation, reward 0,
    truncated, `info["error"]` with "type" and "message".
    """

    def __init__(self, env: Env[Any, Any], mode: AutoresetMode) -> None:
        super().__init__(env)
        self.mode = mode
        self.last_obs: Any = None
        self.between_episodes = True
        """Until the first reset, and from an episode's end, or a reset that failed, to the next one."""
        self.was_reset = False

    def reset(self, seed: int | None = None, **options: Any) -> tuple[Any, Info]:
        """Start an episode; what the env raises is the caller's."""
        first = self.env.reset(seed=seed, **options)
        self.last_obs = first[0]
        self.between_episodes = False
        self.was_reset = True
        return first

    def step(self, action: Any) -> StepResult[Any]:
        """Step the env as if there were no vector."""
        result = self.env.step(action)
        self.last_obs = result[0]
        self.between_episodes = result[2] or result[3]
        return result

    def check_ready(self) -> None:
        """Raise `ResetNeeded` if `advance` would have nothing to advance."""
        if not self.was_reset:
            raise ResetNeeded("no episode has begun; call reset() first")
        if self.between_episodes and self.mode is AutoresetMode.DISABLED:
            raise ResetNeeded("the episode is over and autoreset is disabled; reset this env first")

    def advance(self, action: Any) -> StepResult[Any]:
        """Step the env, or reset it where that is due; never raises what the env raises."""
        if self.between_episodes:
            return self._next_episode()
        try:
            result = self.env.step(action)
            over = result[2] or result[3]
        except Exception as error:  # noqa: BLE001 - whatever it is, it concerns this episode alone
            result, over = self._crashed(error, "step"), True
        if over:
            return self._finished(result)
        self.last_obs = result[0]
        return result

    def _finished(self, result: StepResult[Any]) -> StepResult[Any]:
        """The end of an episode, as the mode wants it shown."""
        final_obs, reward, terminated, truncated, final_info = result
        self.last_obs = final_obs
        self.between_episodes = True
        if self.mode is not AutoresetMode.SAME_STEP:
            return result
        obs, _, _, failed, info = self._next_episode()
        if not failed and "error" in final_info:
            info = {**info, "error": final_info["error"]}
        info = {**info, "final_observation": final_obs, "final_info": final_info}
        return new_result((obs, reward, terminated, truncated, info))

    def _next_episode(self) -> StepResult[Any]:
        """A new episode's first observation; if its reset fails, an episode that was over at once."""
        try:
            obs, info = self.reset()
        except Exception as error:  # noqa: BLE001 - tried again at the next step
            return self._crashed(error, "reset")
        return new_result((obs, 0.0, False, False, info))

    def _crashed(self, error: Exception, doing: str) -> StepResult[Any]:
        logging.getLogger(__name__).warning("%s of %s failed", doing, self.unwrapped, exc_info=error)
        record = {"type": type(error).__name__, "message": str(error)}
        return StepResult(self.last_obs, 0.0, False, True, {"success": False, "error": record})
