"""Measuring what random, junk, constant and expert players earn on an id.

Each player plays the episodes of the seeds `derive(seed, 0)`, `derive(seed, 1)`, …, so that all meet the
same instances. The constant player is the best of many fixed replies; it is chosen on other seeds than
those that it is scored on, so that its score is not the luck of the choice.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import count
from statistics import NormalDist, fmean, median, stdev
from time import process_time
from typing import Any, NamedTuple

import numpy as np

from gem.checking.junk import JUNK
from gem.core import Env
from gem.errors import EnvError
from gem.reference_scores import Reference, Score
from gem.registry import make
from gem.rollout.summary import wilson_interval
from gem.seeding import derive, generator

Player = Callable[[Env[Any, Any], np.random.Generator], Any]
"""The reply of a player who looks at the env."""

SCREENED, SHORTLISTED = 24, 3
"""Constant replies that are tried, and how many of them are tried on more seeds."""
SCREENING_SEEDS, SHORTLIST_SEEDS = 24, 100
MAX_TURNS = 5000
"""An episode that goes on for longer is broken off: no id of ours has one."""


class Outcome(NamedTuple):
    """One episode of one player."""

    total: float
    success: bool
    turns: int


class Clock:
    """Processor time spent in the calls of an env; the clock on the wall also counts what others do meanwhile."""

    def __init__(self) -> None:
        self.resets_s: list[float] = []
        self.steps_s, self.steps = 0.0, 0


def measure(env_id: str, episodes: int = 500, seed: int = 0) -> Reference:
    """Play `episodes` with each reference player. An env that raises is no reference: its error passes through."""
    with make(env_id) as env:
        seeds = [derive(seed, index) for index in range(episodes)]
        clock = Clock()
        random = [play_out(env, random_player, one, clock) for one in seeds]
        junk = [play_out(env, junk_player, one) for one in seeds]
        action = best_constant(env, seed)
        constant = [play_out(env, constant_player(action), one) for one in seeds]
        expert = [play_out(env, expert_player, one) for one in seeds] if has_expert(env) else None
    return Reference(
        env_id=env_id,
        random=score(random),
        junk=score(junk),
        constant=score(constant),
        constant_action=action,
        expert=None if expert is None else score(expert),
        reset_ms=1e3 * median(clock.resets_s),
        reset_p99_ms=1e3 * float(np.quantile(clock.resets_s, 0.99)),
        step_us=1e6 * clock.steps_s / clock.steps,
    )


def random_player(env: Env[Any, Any], rng: np.random.Generator) -> Any:
    """A well-formed random action."""
    return env.sample_random_action(rng)


def junk_player(env: Env[Any, Any], rng: np.random.Generator) -> Any:
    """A reply that is no move in any env."""
    del env
    return _JUNK[rng.integers(len(_JUNK))]


def constant_player(action: Any) -> Player:
    """The same reply always."""

    def player(env: Env[Any, Any], rng: np.random.Generator) -> Any:
        del env, rng
        return action

    return player


def expert_player(env: Env[Any, Any], rng: np.random.Generator) -> Any:
    """What the env's own solver would do."""
    del rng
    solve: Callable[[], Any] = getattr(env, "solve")  # noqa: B009 - not every env has one
    return solve()


def has_expert(env: Env[Any, Any]) -> bool:
    """Whether the env has a solver; asked at a first state, since some have one for some instances only."""
    env.reset(seed=0)
    try:
        return callable(getattr(env, "solve", None)) and expert_player(env, generator(0)) is not None
    except (EnvError, NotImplementedError):
        return False


def play_out(env: Env[Any, Any], player: Player, seed: int, clock: Clock | None = None) -> Outcome:
    """One episode of a player, timed if there is a clock."""
    rng = generator(derive(seed, "sampling"))
    clock = clock or Clock()
    begun = process_time()
    env.reset(seed=seed)
    clock.resets_s.append(process_time() - begun)
    total = 0.0
    for turn in count(1):
        action = player(env, rng)
        begun = process_time()
        _, reward, terminated, truncated, info = env.step(action)
        clock.steps_s += process_time() - begun
        clock.steps += 1
        total += float(reward)
        if terminated or truncated or turn >= MAX_TURNS:
            return Outcome(total, bool(info.get("success")), turn)
    raise AssertionError("count() ends")


def best_constant(env: Env[Any, Any], seed: int) -> Any:
    """The fixed reply that earns most, among random moves and what the expert begins with."""
    seeds = (derive(seed, "constant", index) for index in count())
    candidates = list(dict.fromkeys(_candidates(env, seed)))[:SCREENED]
    for trials, keep in ((SCREENING_SEEDS, SHORTLISTED), (SHORTLIST_SEEDS, 1)):
        on = [next(seeds) for _ in range(trials)]
        earned = {
            action: fmean(play_out(env, constant_player(action), one).total for one in on) for action in candidates
        }
        candidates = sorted(candidates, key=earned.__getitem__, reverse=True)[:keep]
    return candidates[0]


def _candidates(env: Env[Any, Any], seed: int) -> Iterable[Any]:
    """Half of what is tried come from the expert, as far as it begins differently, and the rest are random moves."""
    expert = has_expert(env)
    for index in range(2 * SCREENED):
        env.reset(seed=derive(seed, "candidate", index))
        if expert and index % 2:
            yield expert_player(env, generator(0))
        else:
            yield env.sample_random_action(generator(derive(seed, "candidate move", index)))


def score(outcomes: Sequence[Outcome]) -> Score:
    """Means and 95 % intervals."""
    returns = [outcome.total for outcome in outcomes]
    wins = sum(outcome.success for outcome in outcomes)
    mean, spread = fmean(returns), stdev(returns) if len(returns) > 1 else math.inf
    half = NormalDist().inv_cdf(0.975) * spread / math.sqrt(len(returns))
    low, high = wilson_interval(wins, len(outcomes))
    return Score(
        mean_return=mean,
        return_low=mean - half,
        return_high=mean + half,
        success=wins / len(outcomes),
        success_low=low,
        success_high=high,
        turns=fmean(outcome.turns for outcome in outcomes),
        episodes=len(outcomes),
    )


_JUNK = [text for text in JUNK.values() if isinstance(text, str)]
