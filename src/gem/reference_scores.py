"""What simple players earn on each id: the marks that an agent's score is read against.

The figures are measured by `gem-gym bench scores` and kept in `benchmarks/reference_scores.json`, which
wheels carry inside the package. Nothing is measured here.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from gem.build import closest
from gem.errors import UnknownEnv

HERE = os.path.dirname(__file__)  # no pathlib: importing it takes a tenth of the time of `import gem`
BESIDE = os.path.join(HERE, "reference_scores.json")
IN_CHECKOUT = os.path.normpath(os.path.join(HERE, "..", "..", "benchmarks", "reference_scores.json"))
PLAYERS = ("random", "junk", "constant", "expert")


@dataclass(frozen=True, slots=True)
class Score:
    """How one player fares on one id; intervals are 95 %."""

    mean_return: float
    return_low: float
    return_high: float
    """Normal interval of the mean return."""
    success: float
    success_low: float
    success_high: float
    """Wilson interval of the success rate."""
    turns: float
    """Mean turns of an episode."""
    episodes: int


@dataclass(frozen=True, slots=True)
class Reference:
    """The four reference players on one id, and what the env itself costs."""

    env_id: str
    random: Score
    """Well-formed random actions."""
    junk: Score
    """Replies that are no moves: empty, absurd, malformed."""
    constant: Score
    """The best of many fixed replies, repeated throughout."""
    constant_action: str
    """That reply."""
    expert: Score | None
    """The env's own solver; None where there is none."""
    reset_ms: float
    reset_p99_ms: float
    """Processor time of a reset, median and 99th percentile, on the machine of the measurement."""
    step_us: float
    """Mean processor time of a step, of the random player."""

    def normalised(self, mean_return: float) -> float:
        """A return on the scale where the random player is 0 and the expert 1; NaN if they earn the same.

        One minus it is the normalised regret.
        """
        best = 1.0 if self.expert is None else self.expert.mean_return
        span = best - self.random.mean_return
        return (mean_return - self.random.mean_return) / span if span else float("nan")


def reference(env_id: str) -> Reference:
    """The reference scores of `env_id`. Raises `UnknownEnv` for an id that has not been measured."""
    scores = _scores()
    if env_id not in scores:
        raise UnknownEnv(f"{env_id!r} has no reference scores.{closest(env_id, list(scores))}")
    return from_json(env_id, scores[env_id])


def references() -> dict[str, Reference]:
    """All reference scores by id."""
    return {env_id: from_json(env_id, entry) for env_id, entry in _scores().items()}


def from_json(env_id: str, entry: dict[str, Any]) -> Reference:
    """The value of one entry of the file."""
    values: dict[str, Any] = {**entry, "env_id": env_id}
    for name in PLAYERS:
        values[name] = entry[name] and Score(**entry[name])
    return Reference(**values)


@lru_cache(maxsize=1)
def _scores() -> dict[str, dict[str, Any]]:
    import json

    path = BESIDE if os.path.exists(BESIDE) else IN_CHECKOUT
    if not os.path.exists(path):
        return {}
    with open(path, encoding="utf-8") as file:
        return json.load(file)
