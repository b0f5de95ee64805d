"""The env that a run trains on: one id, or a mixture."""

from __future__ import annotations

from typing import Any

from gem.core import Env
from gem.envs.mixture import MixtureEnv, mixture_weights
from gem.registry import make


def env_of(text: str) -> Env[Any, Any]:
    """The env of an id, or of `"id=2,other=1"` a mixture by weights.

    Raises `ConfigError` for weights that are none, and what `gem.make` raises.
    """
    weights = mixture_weights(text)
    return MixtureEnv(weights) if len(weights) > 1 else make(next(iter(weights)))
