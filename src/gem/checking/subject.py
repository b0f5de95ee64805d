"""An env under examination: how to build it, what it did, and what was done to it.

Every action goes through a `Trial`, so that a finding can say how to see it again.
"""

from __future__ import annotations

import copy
import inspect
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any, NamedTuple, cast

import numpy as np

from gem.core import Env
from gem.errors import SnapshotUnsupported
from gem.registry import make
from gem.seeding import generator
from gem.snapshot import Snapshot

FALLBACK_ACTIONS = ("\\boxed{1}", "\\boxed{up}", "\\boxed{1 1}", "<answer>yes</answer>", "hello")
"""Played where an env offers no random action."""


class NotChecked(Exception):
    """The env cannot be held to a promise; the text says why."""


class Breach(Exception):
    """A promise is broken; the text says what was seen and how to see it again."""


def finding(what: str, seed: int | None, actions: list[Any]) -> Breach:
    """A broken promise with the seed and the actions that show it."""
    return Breach(f"{what} [seed {seed}, actions {brief(actions, 300)}]")


class Step(NamedTuple):
    """A step as it was answered; `info` is a copy."""

    obs: Any
    reward: Any
    terminated: Any
    truncated: Any
    info: dict[str, Any]

    @property
    def done(self) -> bool:
        """Whether it ended the episode."""
        return bool(self.terminated or self.truncated)


@dataclass
class Trial:
    """One env with the record of its present episode."""

    env: Env[Any, Any]
    seed: int | None = None
    actions: list[Any] = field(default_factory=list[Any])
    first: tuple[Any, dict[str, Any]] = (None, {})
    steps: list[Step] = field(default_factory=list[Step])
    given: list[tuple[Any, dict[str, Any]]] = field(default_factory=list[Any])
    """Each step's own observation and info, not copied."""

    def reset(self, seed: int | None) -> Trial:
        """Start an episode and a new record."""
        self.seed, self.actions, self.steps, self.given = seed, [], [], []
        try:
            first: Any = self.env.reset(seed=seed)
        except Exception as error:
            raise self.breach(f"reset raised {type(error).__name__}: {error}") from error
        if not _is_tuple(first, 2):
            raise self.breach(f"reset returned {brief(first)}, not (obs, info)")
        obs, info = first
        if not isinstance(info, dict):
            raise self.breach(f"the info of reset is {brief(info)}, not a dict")
        self.first = (obs, copy.deepcopy(cast("dict[str, Any]", info)))
        return self

    def step(self, action: Any) -> Step:
        """Take one action; whatever it raises is a breach."""
        self.actions.append(action)
        try:
            result: Any = self.env.step(action)
        except Exception as error:
            raise self.breach(f"step raised {type(error).__name__}: {error}") from error
        if not _is_tuple(result, 5):
            raise self.breach(f"step returned {brief(result)}, not (obs, reward, terminated, truncated, info)")
        obs, reward, terminated, truncated, info = result
        if not isinstance(info, dict):
            raise self.breach(f"the info of step is {brief(info)}, not a dict")
        step = Step(obs, reward, terminated, truncated, copy.deepcopy(cast("dict[str, Any]", info)))
        self.steps.append(step)
        self.given.append((obs, cast("dict[str, Any]", info)))
        return step

    def play(self, actions: list[Any]) -> list[Step]:
        """Take each action; the steps they led to."""
        return [self.step(action) for action in actions]

    def opening(self) -> tuple[Any, Any]:
        """What the episode began with: what was shown, and what was not, the generator included."""
        return self.first, [(layer.memory, layer.rng) for layer in layers_of(self.env)]

    def breach(self, what: str) -> Breach:
        """A finding, with how to see it again."""
        return finding(what, self.seed, self.actions)


class Episode(NamedTuple):
    """A recorded episode, to be compared with later plays of the same actions."""

    seed: int
    actions: list[Any]
    first: tuple[Any, dict[str, Any]]
    steps: list[Step]


class Subject:
    """What is checked: an id, an env, a class, or a function that builds the env."""

    def __init__(
        self, env: str | Env[Any, Any] | Callable[[], Env[Any, Any]], seeds: tuple[int, ...], max_steps: int
    ) -> None:
        self.seeds, self.max_steps = seeds, max_steps
        self.env_id = env if isinstance(env, str) else None
        self._factory: Callable[..., Env[Any, Any]]
        if isinstance(env, str):
            self._factory = partial(make, env)
        elif isinstance(env, Env):
            self._factory = cast("Env[Any, Any]", env).spawn
        else:
            self._factory = env

    def build(self, **arguments: Any) -> Env[Any, Any]:
        """A new env."""
        return self._factory(**arguments)

    def start(self, seed: int | None) -> Trial:
        """A new env at the start of an episode."""
        return Trial(self.build()).reset(seed)

    def replay(self, episode: Episode, n_steps: int) -> Trial:
        """A new env that has taken the first `n_steps` of `episode`."""
        trial = self.start(episode.seed)
        trial.play(episode.actions[:n_steps])
        return trial

    @cached_property
    def episodes(self) -> list[Episode]:
        """On each seed one episode of random actions and, where there is an expert, one with its help."""
        expert = expert_of(self.start(self.seeds[0]).env)
        helped = (0.0,) if expert is None else (0.0, 0.7)
        return [self._record(seed, share) for seed in self.seeds for share in helped]

    def _record(self, seed: int, share: float) -> Episode:
        trial, rng = self.start(seed), generator(seed)
        expert = expert_of(trial.env)
        for _ in range(self.max_steps):
            helps = expert is not None and rng.random() < share
            action = expert() if expert is not None and helps else random_action(trial.env, rng)
            if trial.step(action).done:
                break
        return Episode(seed, trial.actions, trial.first, trial.steps)

    def moments(self) -> Iterator[tuple[Episode, int]]:
        """Each recorded episode at its start, in its middle and before its last step."""
        for episode in self.episodes:
            n = len(episode.actions)
            for n_steps in sorted({0, n // 2, n - 1}):
                yield episode, n_steps


def expert_of(env: Env[Any, Any]) -> Callable[[], Any] | None:
    """The env's `solve`, if it has one."""
    solve: Any = getattr(env, "solve", None)
    return solve if callable(solve) else None


def random_action(env: Env[Any, Any], rng: np.random.Generator) -> Any:
    """A random action of the env, whichever form its method has; a stock text if it has none."""
    try:
        takes_rng = bool(inspect.signature(env.sample_random_action).parameters)
        return env.sample_random_action(rng) if takes_rng else env.sample_random_action()
    except NotImplementedError:
        return FALLBACK_ACTIONS[int(rng.integers(len(FALLBACK_ACTIONS)))]


def layers_of(env: Env[Any, Any]) -> list[Snapshot]:
    """Snapshots of the env and what it wraps, outermost first; none if it cannot be copied."""
    layers: list[Snapshot] = []
    try:
        snapshot: Snapshot | None = env.snapshot()
    except SnapshotUnsupported:
        return layers
    while snapshot is not None:
        layers.append(snapshot)
        snapshot = snapshot.inner
    return layers


def same(one: Any, other: Any) -> bool:
    """Equality that also understands arrays, NaN and what they are nested in."""
    if isinstance(one, dict) and isinstance(other, dict):
        left, right = cast("dict[Any, Any]", one), cast("dict[Any, Any]", other)
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        ours, theirs = cast("list[Any]", one), cast("list[Any]", other)
        return len(ours) == len(theirs) and all(map(same, ours, theirs))
    if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
        return bool(np.array_equal(cast("Any", one), cast("Any", other)))
    if isinstance(one, float) and isinstance(other, float) and math.isnan(one):
        return math.isnan(other)
    return bool(one == other)


def _is_tuple(value: object, length: int) -> bool:
    return isinstance(value, tuple) and len(cast("tuple[Any, ...]", value)) == length


def brief(value: object, limit: int = 120) -> str:
    """`repr`, shortened; the long texts inside a list are shortened one by one."""
    if isinstance(value, list):
        text = f"[{', '.join(brief(item, limit // 2) for item in cast('list[object]', value))}]"
    else:
        sliceable = isinstance(value, str | bytes)
        text = repr(value[: limit + 1] if sliceable else value)
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
