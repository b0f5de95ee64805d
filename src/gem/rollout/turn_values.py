"""What turns were really worth: Monte-Carlo values by playing on from the moment before each turn, many times.

VinePPO (arXiv 2410.01679, section 4) trains on such values, with few continuations: its advantages are `advantages_N`.
With many continuations they are an oracle that tells how well another estimator assigns credit: see
`gem.train.credit_error`. They cost as many episodes as there are turns times continuations.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gem.agents.protocol import Agent
from gem.core import Env
from gem.errors import ConfigError
from gem.rollout.moments import SLOTS, Continuation, moments_of, play_on
from gem.rollout.trajectory import Episode
from gem.seeding import derive

Floats = NDArray[np.float64]


class TurnValues(NamedTuple):
    """Values of N turns under the policy that played on, each with the standard error of its estimate.

    They are values of the env's whole state, of what it hides from the agent too. An error is infinite where fewer than
    two continuations came to their end; a value is 0 where none did.
    """

    values_N: Floats
    """V(s_t): the mean discounted return of the continuations from the moment before the turn."""
    value_errors_N: Floats
    q_N: Floats
    """Q(s_t, a_t) = r_t + γ V(s_t+1), with the reward and the state that did follow; V is 0 after the last turn."""
    q_errors_N: Floats
    advantages_N: Floats
    """A_t = r_t + γ V(s_t+1) - V(s_t): what VinePPO trains on."""
    advantage_errors_N: Floats
    turns_played: int
    """What it cost: the turns of all continuations."""


def turn_values(
    env: Env[Any, Any],
    episodes: Sequence[Episode],
    agent: Agent,
    *,
    gamma: float,
    continuations: int,
    seed: int,
    max_turns: int | None = None,
    slots: int = SLOTS,
) -> TurnValues:
    """Values of every turn of `episodes`, flat, in their order, with `continuations` episodes for each of the turns.

    The episodes began with `reset(seed=episode.seed)` of an env such as `env`, in which they are played again to find
    the moments; `max_turns` is the limit they were played with. Where a limit ended an episode, its value after that is
    0, as after an end by the rules. The same result for any number of `slots`. Raises `ConfigError` for settings out of
    range and for episodes that the world broke off.
    """
    if not 0 <= gamma <= 1 or continuations < 1:
        raise ConfigError(f"gamma is in [0, 1] and continuations are at least 1, not {gamma} and {continuations}")
    if any(episode.error is not None for episode in episodes):
        raise ConfigError("an episode that the world broke off has no values: leave it out")
    with ExitStack() as forks:
        ways: list[Continuation] = []
        for episode in episodes:
            for turn, moment in enumerate(moments_of(env, episode)):
                forks.callback(moment.env.close)
                keys = (seed, "value", episode.index, turn)
                ways += [Continuation(moment, derive(*keys, way)) for way in range(continuations)]
        played = play_on(ways, agent, max_turns=max_turns, slots=slots)
    returns = [_discounted(way.rewards, gamma) if way.error is None else None for way in played]
    estimates = [
        _mean_and_error([value for value in returns[first : first + continuations] if value is not None])
        for first in range(0, len(returns), continuations)
    ]
    values_N, value_errors_N = np.array(estimates, dtype=np.float64).reshape(-1, 2).T
    rewards_N = np.array([reward for episode in episodes for reward in episode.rewards], dtype=np.float64)
    lengths = [len(episode.turns) for episode in episodes]
    goes_on_N = np.array([turn + 1 < length for length in lengths for turn in range(length)], dtype=np.bool_)
    q_N, q_errors_N = _action_values(rewards_N, goes_on_N, values_N, value_errors_N, gamma)
    return TurnValues(
        values_N,
        value_errors_N,
        q_N,
        q_errors_N,
        q_N - values_N,
        np.hypot(q_errors_N, value_errors_N),
        sum(len(way.turns) for way in played),
    )


def _action_values(
    rewards_N: Floats, goes_on_N: NDArray[np.bool_], values_N: Floats, errors_N: Floats, gamma: float
) -> tuple[Floats, Floats]:
    """Q and its error: those of the next turn's value, discounted, where there is a next turn."""
    q_N, q_errors_N = rewards_N.copy(), np.zeros_like(rewards_N)
    (before,) = np.nonzero(goes_on_N)
    if gamma > 0:  # 0 times an infinite error is no number
        q_N[before] += gamma * values_N[before + 1]
        q_errors_N[before] = gamma * errors_N[before + 1]
    return q_N, q_errors_N


def _discounted(rewards: Sequence[float], gamma: float) -> float:
    total = 0.0
    for reward in reversed(rewards):
        total = reward + gamma * total
    return total


def _mean_and_error(samples: Sequence[float]) -> tuple[float, float]:
    """The mean and its standard error, from the unbiased variance."""
    if not samples:
        return 0.0, math.inf
    mean = math.fsum(samples) / len(samples)
    if len(samples) == 1:
        return mean, math.inf
    squares = math.fsum((sample - mean) ** 2 for sample in samples)
    return mean, math.sqrt(squares / (len(samples) - 1) / len(samples))
