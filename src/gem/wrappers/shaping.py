"""Potential-based shaping: dense reward on the way to a goal that leaves every policy's return as it was.

With the potential Φ(s) = 1 - distance(s) / distance(s₀), a step pays r + γ Φ(s') - Φ(s), and Φ is 0 after
the end (Ng, Harada and Russell 1999, "Policy invariance under reward transformations"; the zero also at a
truncated end: Grześ 2017, "Reward shaping in episodic reinforcement learning"). Since Φ(s₀) is 0 too, the
discounted return of an episode is exactly the env's own: what progress earned is taken back if the goal is missed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gem.core import Env, Info, StepResult, Wrapper
from gem.errors import ConfigError, EnvError


@dataclass(slots=True)
class Potential:
    """How near the goal is."""

    start: float = 1.0
    """Distance from the first state, in turns."""
    now: float = 0.0
    """Φ of the present state: 0 at the start, 1 at the goal, below 0 farther away than at the start."""


class PotentialShaping(Wrapper[Any, Any]):
    """Pays progress towards the goal, by the env's `distance()` (turns that its expert still needs).

    `gamma` is the discount of the learner; `scale` multiplies Φ. `info["unshaped_reward"]` is what the env
    paid. Raises `EnvError` for an env that knows no distance.
    """

    def __init__(self, env: Env[Any, Any], gamma: float = 1.0, scale: float = 1.0) -> None:
        super().__init__(env)
        if not 0 <= gamma <= 1:
            raise ConfigError(f"gamma is {gamma}; a discount lies between 0 and 1")
        self.gamma, self.scale = gamma, scale
        self.state = Potential()

    def reset(self, seed: int | None = None, **options: Any) -> tuple[Any, Info]:
        """Start an episode; the options are the env's."""
        first = self.env.reset(seed=seed, **options)
        self.state = Potential(start=max(self._distance(), 1.0))
        self.state.now = self._potential()
        return first

    def step(self, action: Any) -> StepResult[Any]:
        """Advance the env by one action, and pay the change of potential."""
        obs, reward, terminated, truncated, info = self.env.step(action)
        before, after = self.state.now, 0.0 if terminated or truncated else self._potential()
        self.state.now = after
        shaped = reward + self.scale * (self.gamma * after - before)
        return StepResult(obs, shaped, terminated, truncated, {**info, "unshaped_reward": reward})

    def _potential(self) -> float:
        return 1.0 - self._distance() / self.state.start

    def _distance(self) -> float:
        measure: Any = getattr(self.env, "distance", None)
        if callable(measure):
            try:
                return float(measure())  # pyright: ignore[reportArgumentType]
            except NotImplementedError:
                pass
        raise EnvError(f"{type(self.env.unwrapped).__name__} has no distance() to shape rewards by")
