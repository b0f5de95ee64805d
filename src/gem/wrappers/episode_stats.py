"""Counts of the episode in `info`: its steps and its return. Changes nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gem.core import Env, Info, StepResult, Wrapper, new_result


@dataclass(slots=True)
class EpisodeStats:
    """Of the episode so far."""

    steps: int = 0
    rewards: float = 0.0


class EpisodeTrackingWrapper(Wrapper[Any, Any]):
    """`info["step_counter"]` and `info["cumulative_rewards"]`; after a reset also those of the episode before.

    Those of the episode before are called `prev_ep_step_counter` and `prev_ep_cumulative_rewards`.
    """

    def __init__(self, env: Env[Any, Any]) -> None:
        super().__init__(env)
        self.state = EpisodeStats()

    def reset(self, seed: int | None = None, **options: Any) -> tuple[Any, Info]:
        """Start an episode; the options are the env's."""
        obs, info = self.env.reset(seed=seed, **options)
        before, self.state = self.state, EpisodeStats()
        return obs, {
            **info,
            "step_counter": 0,
            "cumulative_rewards": 0.0,
            "prev_ep_step_counter": before.steps,
            "prev_ep_cumulative_rewards": before.rewards,
        }

    def step(self, action: Any) -> StepResult[Any]:
        """Advance the env and count."""
        obs, reward, terminated, truncated, info = self.env.step(action)
        state = self.state
        state.steps += 1
        state.rewards += reward
        info = {**info, "step_counter": state.steps, "cumulative_rewards": state.rewards}
        return new_result((obs, reward, terminated, truncated, info))
