"""All estimators by name, with what each needs, so that one training loop can call any of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from inspect import Parameter, signature
from typing import Any

from gem.train.advantages.anchors import gagpo, gigpo, hgpo
from gem.train.advantages.batch_level import rebn, reinforce
from gem.train.advantages.critic import bilevel_gae, gae
from gem.train.advantages.group_level import dr_grpo, grpo, reinforce_pp_baseline, rloo
from gem.train.advantages.turn_groups import gtpo

EVERY_BATCH_HAS = ("rewards_N", "episode_N")
DIMENSIONS = ("_N", "_M", "_E")
"""What the names of arrays end in; the other arguments are settings."""


@dataclass(frozen=True, slots=True)
class Estimator:
    """One estimator and what it takes. Called like its function."""

    function: Callable[..., Any]
    needs: frozenset[str]
    """The arrays that it needs beside rewards and episodes, without their dimensions: "group", "state", "values"."""
    parameters: tuple[str, ...]
    """Its settings, such as "gamma" and "lam"."""

    @classmethod
    def of(cls, function: Callable[..., Any]) -> Estimator:
        """The estimator that `function` is, as its signature tells."""
        taken = {name: entry for name, entry in signature(function).parameters.items() if name not in EVERY_BATCH_HAS}
        arrays = {name: entry for name, entry in taken.items() if name.endswith(DIMENSIONS)}
        needs = frozenset(name[:-2] for name, entry in arrays.items() if entry.default is Parameter.empty)
        return cls(function, needs, tuple(name for name in taken if name not in arrays))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.function(*args, **kwargs)


ESTIMATORS = {
    function.__name__: Estimator.of(function)
    for function in (
        reinforce, rebn, rloo, grpo, dr_grpo, reinforce_pp_baseline, gtpo, gigpo, hgpo, gagpo, gae, bilevel_gae,
    )
}  # fmt: skip
"""By name."""
