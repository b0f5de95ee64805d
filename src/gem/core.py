"""The contract between an environment and everything that drives it.

An env is a function from text to text with a memory:

    env = gem.make("game:GuessTheNumber-v0-easy")
    obs, info = env.reset(seed=0)
    obs, reward, terminated, truncated, info = env.step(r"\\boxed{4}")

Three rules make every env reproducible, resumable and safe to run in parallel:

1. All randomness comes from `self.rng`, never from a module-level generator.
2. All that changes during an episode lives in `self.state`; the rest is configuration.
3. A malformed action is answered with an observation, never with an exception.

Rules 1 and 2 are why `snapshot`, `restore`, `fork` and `spawn` need no code in any env.
"""

from __future__ import annotations

import copy
from abc import ABC
from functools import partial
from typing import Any, Generic, Literal, NamedTuple, Self, TypeVar, cast

import numpy as np

from gem.build import build, named, with_tier
from gem.errors import ResetNeeded, SnapshotMismatch, SnapshotUnsupported
from gem.seeding import generator, generator_from
from gem.snapshot import VERSION, Snapshot

Info = dict[str, Any]
ObsType = TypeVar("ObsType")
ActType = TypeVar("ActType")

StepCost = Literal["cheap", "blocking", "awaits", "cpu-heavy"]
"""What most of a step's time goes to: nothing much, waiting in a call, waiting in an event loop, or computing."""

HOUSEKEEPING = frozenset({"_rng", "_in_episode", "_made_with", "env_id", "entry_point"})
"""Attributes that are no part of what an env remembers of its episode."""


class StepResult(NamedTuple, Generic[ObsType]):
    """What `Env.step` returns: a plain Gym 5-tuple whose fields have names."""

    obs: ObsType
    reward: float
    terminated: bool
    """The rules ended the episode (won, lost, answered)."""
    truncated: bool
    """Something outside the rules ended it (turn limit, time, token budget, a crash)."""
    info: Info

    @property
    def done(self) -> bool:
        """Whether the episode is over, for either reason."""
        return self.terminated or self.truncated


new_result: Any = partial(tuple.__new__, StepResult)  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
"""A `StepResult` from a tuple of its five fields, in half the time: for what runs at every step."""


def transition(obs: ObsType, reward: float = 0.0, **info: Any) -> StepResult[ObsType]:
    """The episode goes on."""
    return StepResult(obs, reward, False, False, info)


def termination(obs: ObsType, reward: float, **info: Any) -> StepResult[ObsType]:
    """The rules ended the episode."""
    return StepResult(obs, reward, True, False, info)


def truncation(obs: ObsType, reward: float = 0.0, **info: Any) -> StepResult[ObsType]:
    """A limit ended the episode."""
    return StepResult(obs, reward, False, True, info)


class Env(ABC, Generic[ObsType, ActType]):
    """An environment. Subclasses implement `_reset` and `_step`, and keep their episode in `self.state`.

    Subclasses may also override `reset` and `step` themselves, as envs written for other gyms
    do: then `super().reset(seed)` just seeds `self.rng`, and a copy of the env copies every attribute.
    """

    state: Any
    """All that changes during an episode: a dataclass, set by `_reset`."""
    env_id: str | None = None
    """The id that `gem.make` built the env from."""
    entry_point: Any = None
    """What that id points to: `"module:Class"` or a callable."""
    step_cost: StepCost = "cheap"
    """How `gem.make_vec` had best run many of these; say `"blocking"` from a millisecond of waiting, `"cpu-heavy"`
    from a millisecond of computing."""
    needs_memory: bool = False
    """Whether an observation is news that must be remembered, as a tool's answer is; else the first and the last
    one are enough to go on."""

    _rng: np.random.Generator | None = None
    _in_episode: bool = False
    _made_with: tuple[tuple[Any, ...], dict[str, Any]] = ((), {})

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        """Remember the arguments, so that `spawn` can build another env like this one."""
        self = super().__new__(cls)
        self._made_with = (args, kwargs)
        return self

    def __init__(self) -> None:
        """Nothing to set up: `rng` starts at the first draw, the episode at `reset`."""

    @property
    def rng(self) -> np.random.Generator:
        """The generator of this env alone; set by `make(seed=)` and `reset(seed=)`."""
        if self._rng is None:
            self._rng = generator(None)
        return self._rng

    @rng.setter
    def rng(self, rng: np.random.Generator) -> None:
        self._rng = rng

    def _reset(self) -> tuple[ObsType, Info]:
        """Set `self.state` to a fresh episode and return its first observation."""
        raise NotImplementedError(f"{type(self).__name__} implements neither _reset() nor reset()")

    def _step(self, action: ActType) -> StepResult[ObsType]:
        """Apply one action to `self.state`."""
        raise NotImplementedError(f"{type(self).__name__} implements neither _step() nor step()")

    def reset(self, seed: int | None = None, **options: Any) -> tuple[ObsType, Info]:
        """Start an episode; the same seed gives the same episode, on any machine.

        Any int is a seed. Without one the generator goes on from where it is.
        """
        if seed is not None and not self._has_foreign_rng():
            self._rng = generator(seed)
        if not self._keeps_state():  # the subclass overrides reset(), and calls here only to seed
            return None, {}  # pyright: ignore[reportReturnType]
        first = self._reset(**options)
        self._in_episode = True
        return first

    def step(self, action: ActType) -> StepResult[ObsType]:
        """Advance the episode by one action. Raises `ResetNeeded` outside an episode."""
        if not self._in_episode:
            why = "the episode is over" if "state" in vars(self) else "no episode has begun"
            raise ResetNeeded(f"{type(self).__name__}.step(): {why}; call reset() first")
        result = self._step(action)
        if result[2] or result[3]:
            self._in_episode = False
        return result

    def sample_random_action(self, rng: np.random.Generator | None = None) -> ActType:
        """A well-formed action drawn from `rng`; never from the env's own generator."""
        raise NotImplementedError(f"{type(self).__name__} has no random action")

    def snapshot(self) -> Snapshot:
        """Copy this moment. Cheap: configuration and data sets are not part of it."""
        return Snapshot(type(self).__qualname__, self._copied_memory(), self._rng_state(), self._in_episode)

    def restore(self, snapshot: Snapshot) -> None:
        """Go back to a moment taken from an env of this class and configuration.

        Raises `SnapshotMismatch` for a moment of something else.
        """
        if snapshot.version != VERSION or snapshot.env != type(self).__qualname__:
            ours = f"{type(self).__qualname__} (version {VERSION})"
            raise SnapshotMismatch(f"a snapshot of {snapshot.env} (version {snapshot.version}) restored into {ours}")
        self._take(copy.deepcopy(snapshot.memory), snapshot.rng, snapshot.in_episode)

    def fork(self) -> Self:
        """A twin at the same moment that shares configuration but no mutable state."""
        twin = copy.copy(self)
        twin._take(self._copied_memory(), self._rng_state(), self._in_episode)
        return twin

    def spawn(self, same_state: bool = False, **overrides: Any) -> Self:
        """Another env like this one, with some constructor arguments changed.

        `seed=` seeds the new env, `difficulty=` picks a tier; `same_state=True` also puts it at this env's moment.
        """
        if same_state and not overrides:
            return self.fork()
        arguments = named(type(self), *self._made_with)
        overrides = with_tier(type(self), overrides, label=type(self).__name__)
        twin: Self = build(type(self), {**arguments, **overrides}, label=type(self).__name__)
        twin.env_id, twin.entry_point = self.env_id, self.entry_point
        if same_state:
            seeded = twin._rng
            twin.restore(self.snapshot())
            if overrides.get("seed") is not None:
                twin._rng = seeded
        return twin

    def get_state(self) -> Snapshot:
        """The same as `snapshot()`."""
        return self.snapshot()

    def set_state(self, state: Snapshot) -> None:
        """The same as `restore(state)`."""
        self.restore(state)

    @property
    def unwrapped(self) -> Env[Any, Any]:
        """The env below every wrapper."""
        return self

    def close(self) -> None:
        """Release what the env holds outside Python; safe to call twice."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _remembered(self) -> set[str]:
        """Names of the attributes that change during an episode."""
        own = vars(self).keys()
        names = own & {"state"} if self._keeps_state() else own - HOUSEKEEPING
        return names | {"_rng"} if self._has_foreign_rng() else names

    def _keeps_state(self) -> bool:
        """Whether the env is written as ours are; else it overrides `reset` and `step` themselves."""
        return type(self)._reset is not Env._reset  # pyright: ignore[reportUnknownMemberType]

    def _has_foreign_rng(self) -> bool:
        """Whether an env written for another gym keeps, say, a `random.Random` as its `rng`."""
        return self._rng is not None and not isinstance(cast("object", self._rng), np.random.Generator)

    def _rng_state(self) -> dict[str, Any] | None:
        if self._rng is None or self._has_foreign_rng():
            return None
        return dict(self._rng.bit_generator.state)

    def _copied_memory(self) -> dict[str, Any]:
        """What must be put back to be at this moment again."""
        try:
            return copy.deepcopy({name: self.__dict__[name] for name in self._remembered()})
        except (TypeError, NotImplementedError, copy.Error) as error:
            raise SnapshotUnsupported(f"{type(self).__name__} holds what cannot be copied: {error}") from error

    def _take(self, memory: dict[str, Any], rng: dict[str, Any] | None, in_episode: bool) -> None:
        """Become what `memory` describes; the caller gives up ownership of it."""
        for name in self._remembered() - memory.keys():
            del vars(self)[name]
        self._rng = None if rng is None else generator_from(rng)
        vars(self).update(memory)
        self._in_episode = in_episode


class Wrapper(Env[ObsType, ActType]):
    """An env around an env: override `reset` and `step`; everything else passes through, live.

    A wrapper that remembers something sets its own `self.state` in the constructor and in
    `reset`; snapshots nest. One without a `state` has all its attributes copied.
    """

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        """Remember the arguments but for the env, which changes hands in `fork`."""
        self = super().__new__(cls)
        if "env" in kwargs:
            kwargs = {name: value for name, value in kwargs.items() if name != "env"}
        else:
            args = args[1:]
        self._made_with = (args, kwargs)
        return self

    def __init__(self, env: Env[Any, Any]) -> None:
        self.env = env

    def __getattr__(self, name: str) -> Any:
        # Asked on every access, so never stale. The guard keeps copy and pickle, which look at
        # attributes before `env` exists, from recursing.
        if name.startswith("__") or name == "env":
            raise AttributeError(name)
        return getattr(self.env, name)

    @property
    def env_id(self) -> str | None:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The id that `gem.make` built the wrapped env from."""
        return self.env.env_id

    @env_id.setter
    def env_id(self, env_id: str | None) -> None:  # pyright: ignore[reportIncompatibleVariableOverride]
        self.env.env_id = env_id

    @property
    def entry_point(self) -> Any:  # pyright: ignore[reportIncompatibleVariableOverride]
        """What that id points to."""
        return self.env.entry_point

    @entry_point.setter
    def entry_point(self, entry_point: Any) -> None:  # pyright: ignore[reportIncompatibleVariableOverride]
        self.env.entry_point = entry_point

    @property
    def step_cost(self) -> StepCost:  # pyright: ignore[reportIncompatibleVariableOverride]
        """That of the wrapped env; a wrapper that waits or computes itself says so in its class."""
        return self.env.step_cost

    @property
    def needs_memory(self) -> bool:  # pyright: ignore[reportIncompatibleVariableOverride]
        """That of the wrapped env."""
        return self.env.needs_memory

    @property
    def rng(self) -> np.random.Generator:
        """The generator of the wrapped env."""
        return self.env.rng

    @rng.setter
    def rng(self, rng: np.random.Generator) -> None:
        self.env.rng = rng

    def reset(self, seed: int | None = None, **options: Any) -> tuple[ObsType, Info]:
        """Start an episode of the wrapped env."""
        return self.env.reset(seed=seed, **options)

    def step(self, action: ActType) -> StepResult[ObsType]:
        """Advance the wrapped env by one action."""
        return self.env.step(action)

    def sample_random_action(self, rng: np.random.Generator | None = None) -> ActType:
        """A random action of the wrapped env."""
        return self.env.sample_random_action() if rng is None else self.env.sample_random_action(rng)

    def snapshot(self) -> Snapshot:
        """This wrapper's memory around the wrapped env's snapshot."""
        return super().snapshot()._replace(inner=self.env.snapshot())

    def restore(self, snapshot: Snapshot) -> None:
        """Put back this wrapper and, below it, the wrapped env."""
        if snapshot.inner is None:
            raise SnapshotMismatch(f"a snapshot without an inner one restored into {type(self).__name__}")
        super().restore(snapshot)
        self.env.restore(snapshot.inner)

    def fork(self) -> Self:
        """A twin around a twin of the wrapped env."""
        twin = super().fork()
        twin.env = self.env.fork()
        return twin

    def spawn(self, same_state: bool = False, **overrides: Any) -> Self:
        """The same wrapper around `env.spawn(...)`: overrides are the wrapped env's arguments."""
        if same_state and not overrides:
            return self.fork()
        args, kwargs = self._made_with
        twin = type(self)(self.env.spawn(same_state, **overrides), *args, **kwargs)
        if same_state:
            twin._take(self._copied_memory(), None, False)
        return twin

    def _remembered(self) -> set[str]:
        own = vars(self).keys()
        return {"state"} if "state" in own else own - HOUSEKEEPING - {"env"}

    @property
    def unwrapped(self) -> Env[Any, Any]:
        """The env below every wrapper."""
        return self.env.unwrapped

    def close(self) -> None:
        """Close the wrapped env."""
        self.env.close()


EnvWrapper = Wrapper
"""The name that existing code imports."""
