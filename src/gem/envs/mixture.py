"""Several envs as one: each episode is that of an env drawn by weight, for training on many of them at once."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from typing import Any, Self, cast

import numpy as np

from gem.core import Env, Info, StepCost, StepResult, Wrapper
from gem.errors import ConfigError, SnapshotMismatch
from gem.registry import make, spec
from gem.seeding import derive, generator, generator_from
from gem.snapshot import Snapshot

COSTS: tuple[StepCost, ...] = ("cheap", "awaits", "blocking", "cpu-heavy")
"""From the least to the most that whoever steps an env has to do about it: one with a thread can also wait."""


class MixtureEnv(Wrapper[Any, Any]):
    """An env whose `reset` draws one of several; all else is that of the one drawn, `env_id` and `solve` included.

        env = MixtureEnv({"game:GuessTheNumber-v1-easy": 2, "game:Mastermind-v1-easy": 1})

    `envs` are ids with weights, or ids alone for equal ones; `make_env` makes the env of an id, with what wrappers it
    is to have. Each is made when it is first drawn, and kept; the first in the list stands in until there is an
    episode. `reset(seed=)` decides which env is drawn, and gives the episode that this env has for that seed.
    `info["env"]` tells the id. Raises `ConfigError` for weights that are no weights, `UnknownEnv` for an unknown id.
    """

    state: str
    """The id of the env that was drawn last."""

    def __init__(
        self, envs: Mapping[str, float] | Sequence[str], make_env: Callable[..., Env[Any, Any]] = make
    ) -> None:
        self.weights = _checked(envs)
        self.make_env = make_env
        if make_env is make:
            for env_id in self.weights:
                spec(env_id)
        self.state = next(iter(self.weights))
        self._envs: dict[str, Env[Any, Any]] = {}
        super().__init__(self._env_of(self.state))

    def reset(self, seed: int | None = None, **options: Any) -> tuple[Any, Info]:
        """Draw an env and start an episode of it."""
        if seed is not None or self._rng is None:
            self._rng = generator(None if seed is None else derive(seed, "mixture"))
        self.state = self._drawn(self._rng.random())
        self.env = self._env_of(self.state)
        inner_seed = int(self._rng.integers(2**63)) if seed is None else seed
        observation, info = self.env.reset(seed=inner_seed, **options)
        return observation, {**info, "env": self.state}

    def step(self, action: Any) -> StepResult[Any]:
        """Advance the env that was drawn."""
        observation, reward, terminated, truncated, info = self.env.step(action)
        return StepResult(observation, reward, terminated, truncated, {**info, "env": self.state})

    def restore(self, snapshot: Snapshot) -> None:
        """Go back to a moment, in the env that was drawn then."""
        if snapshot.env == type(self).__qualname__:
            drawn = snapshot.memory.get("state")
            if drawn not in self.weights:
                raise SnapshotMismatch(f"a snapshot of {drawn!r} restored into a mixture of {', '.join(self.weights)}")
            self.env = self._env_of(drawn)
        super().restore(snapshot)

    def fork(self) -> Self:
        """A twin at the same moment; it makes the envs of later episodes itself."""
        twin = super().fork()
        twin._envs = {twin.state: twin.env}
        return twin

    def spawn(self, same_state: bool = False, **overrides: Any) -> Self:
        """Another mixture like this one: overrides are arguments of each env's `make_env`."""
        if same_state and not overrides:
            return self.fork()
        twin = type(self)(self.weights, partial(self.make_env, **overrides) if overrides else self.make_env)
        if same_state:
            twin.restore(self.snapshot())
        seed = overrides.get("seed")
        if seed is not None:
            twin._rng = generator(derive(seed, "mixture"))
            if same_state:
                twin.env.rng = generator(seed)
        return twin

    @property
    def env_id(self) -> str | None:
        """The id that was drawn."""
        return self.state

    @env_id.setter
    def env_id(self, env_id: str | None) -> None:
        """A mixture that is registered under an id still tells those of its envs."""

    @property
    def rng(self) -> np.random.Generator:
        """The generator of the env that was drawn; one that is set decides what is drawn next, too."""
        return self.env.rng

    @rng.setter
    def rng(self, rng: np.random.Generator) -> None:
        self.env.rng = rng
        self._rng = generator(int(generator_from(rng.bit_generator.state).integers(2**63)))

    @property
    def step_cost(self) -> StepCost:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The highest of its envs', since whoever asks decides for all episodes; so this makes all of them."""
        return COSTS[max(COSTS.index(self._env_of(env_id).step_cost) for env_id in self.weights)]

    def close(self) -> None:
        """Close every env that was made, also if one of them fails to close."""
        with ExitStack() as closing:
            for env in self._envs.values():
                closing.callback(env.close)

    def _env_of(self, env_id: str) -> Env[Any, Any]:
        if env_id not in self._envs:
            self._envs[env_id] = self.make_env(env_id)
        return self._envs[env_id]

    def _drawn(self, draw: float) -> str:
        """The id at `draw`, in [0, 1), of the way through the weights."""
        left = draw * math.fsum(self.weights.values())
        for env_id, weight in self.weights.items():
            left -= weight
            if left < 0:
                return env_id
        return next(reversed(self.weights))  # rounding


def mixture_weights(text: str) -> dict[str, float]:
    """The weights that a command line writes as `id=2,id=1`; an id without a weight has 1. Raises `ConfigError`.

    >>> mixture_weights("game:GuessTheNumber-v1-easy=2,game:Wordle-v1")
    {'game:GuessTheNumber-v1-easy': 2.0, 'game:Wordle-v1': 1.0}
    """
    weights: dict[str, float] = {}
    for part in text.split(","):
        env_id, has_weight, weight = (word.strip() for word in part.partition("="))
        if env_id in weights:
            raise ConfigError(f"{env_id!r} stands twice in the mixture {text!r}")
        try:
            weights[env_id] = float(weight) if has_weight else 1.0
        except ValueError:
            raise ConfigError(f"{weight!r} is no weight of {env_id!r}: write id=2,id=1") from None
    return _checked(weights)


def _checked(envs: Mapping[str, float] | Sequence[str]) -> dict[str, float]:
    if not isinstance(envs, Mapping):
        if isinstance(envs, str) or len(set(envs)) < len(envs):
            raise ConfigError(f"a mixture is of ids that differ, or of ids with weights, not {envs!r}")
        envs = dict.fromkeys(envs, 1.0)
    if not envs or not all(isinstance(cast("object", env_id), str) and env_id for env_id in envs):
        raise ConfigError(f"a mixture has an id at least, and no empty ones: {dict(envs)}")
    for env_id, weight in envs.items():
        if not isinstance(cast("object", weight), int | float) or not 0 < weight < math.inf:
            raise ConfigError(f"the weight of {env_id!r} is a number above 0, not {weight!r}")
    return {env_id: float(weight) for env_id, weight in envs.items()}
