"""Many envs stepped as one: what every executor promises, and the part of it that they share.

    vec = gem.make_vec("game:GuessTheNumber-v0-easy", num_envs=8)
    observations, infos = vec.reset(seed=0)
    observations, rewards, terminations, truncations, infos = vec.step(actions)

Env i's episodes depend on its own seed and actions alone: not on its siblings, nor on the executor.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Self, cast

import numpy as np
import numpy.typing as npt

from gem.core import Env, Info, StepResult
from gem.errors import ResetNeeded, VectorError
from gem.seeding import derive
from gem.vector.interrupts import HeldBack
from gem.vector.seat import AutoresetMode as AutoresetMode  # noqa: PLC0414 - importable from here
from gem.vector.seat import Raised, Start, check_ready, mode_of

ArrayType = npt.NDArray[Any]
"""Rewards and flags, an entry for each env."""
Actions = Sequence[Any] | npt.NDArray[Any] | Mapping[int, Any]
"""One action for each env, or by index for some of them."""


class Batch(NamedTuple):
    """What a step returns, entry k for the k-th env that was asked."""

    observations: list[Any]
    rewards: npt.NDArray[np.float64]
    terminations: npt.NDArray[np.bool_]
    truncations: npt.NDArray[np.bool_]
    infos: list[Info]


class Received(NamedTuple):
    """What `recv` returns, entry k for env `indices[k]`."""

    indices: list[int]
    observations: list[Any]
    rewards: npt.NDArray[np.float64]
    terminations: npt.NDArray[np.bool_]
    truncations: npt.NDArray[np.bool_]
    infos: list[Info]


class VectorEnv(ABC):
    """Envs side by side. `env_fns[i]()` builds env i, whose id is `env_ids[i]`.

    An env that raises ends its own episode only: see `gem.vector.seat`. So does one that takes longer than
    `step_timeout_s` for a step: the error is `StepTimeout`, and another env takes its place. Errors of the
    caller raise before any env is stepped: `VectorError`, and `ResetNeeded`.
    """

    steps_while_sending: bool = False
    """Whether `send` itself takes time: then Ctrl-C must have its effect there."""
    envs: Any
    """The envs in order; of one that lives elsewhere a handle, through which its attributes and methods are
    reached. Resetting one by hand is allowed whenever it is not being stepped."""
    _places: Any
    """What runs each env, or knows it from afar: see `gem.vector.seat.Place`."""

    def __init__(
        self,
        env_ids: Sequence[str],
        env_fns: Sequence[Callable[[], Env[Any, Any]]],
        autoreset_mode: AutoresetMode | str = AutoresetMode.SAME_STEP,
        *,
        step_timeout_s: float | None = None,
        workers: int | None = None,
        numbers: Sequence[int] | None = None,
    ) -> None:
        if len(env_ids) != len(env_fns):
            raise VectorError(f"{len(env_ids)} ids for {len(env_fns)} envs")
        if not env_fns:
            raise VectorError("a vector needs at least one env")
        if step_timeout_s is not None and step_timeout_s <= 0:
            raise VectorError(f"step_timeout_s is more than 0, not {step_timeout_s}")
        if workers is not None and workers < 1:
            raise VectorError(f"workers is at least 1, not {workers}")
        self.env_ids = list(env_ids)
        self.env_fns = list(env_fns)
        self.num_envs = len(env_fns)
        self.autoreset_mode = mode_of(autoreset_mode)
        self.step_timeout_s = step_timeout_s
        self.workers = workers
        self.numbers = range(self.num_envs) if numbers is None else numbers
        """What the envs are called in messages: a part of a larger vector has that one's numbers."""
        self.metadata: dict[str, Any] = {"autoreset_mode": self.autoreset_mode}
        self._pending: set[int] = set()
        """Envs that were asked for something whose result was not received."""
        self._ready: dict[int, Any] = {}
        """Results that were not received, in the order in which they got ready."""
        self._start_seeds: list[int | None] = [None] * self.num_envs
        self._replacements = Counter[int]()
        self._all_reset = False
        self._reset_is_whole = True
        """False after a reset that was interrupted."""
        self._closed = False
        self._open()

    @abstractmethod
    def _open(self) -> None:
        """Set `envs` and `_places`."""

    @abstractmethod
    def _dispatch(self, method: str, arguments: Mapping[int, Any]) -> None:
        """Start `seat.method(argument)` for these envs: see `gem.vector.seat.perform`."""

    @abstractmethod
    def _collect(self, min_ready: int, timeout_s: float | None) -> None:
        """Put what has come of it into `_ready`, after waiting until `min_ready` are there, or for `timeout_s`."""

    @abstractmethod
    def _shut(self) -> None:
        """Close the envs, and give up what runs them; with steps under way do not wait for long."""

    def reset(self, seed: int | Sequence[int | None] | None = None, **kwargs: Any) -> tuple[list[Any], list[Info]]:
        """Start an episode in every env; results not yet received are dropped.

        An int seeds env i with `seed + i`; a sequence has each env's own. `env3_kwargs={...}` are
        options for the reset of env 3. What an env raises here is raised, once all have been reset.
        """
        seeds = self._seeds(seed)
        options = self._reset_options(kwargs)
        self._check_open()
        self._drop()
        self._reset_is_whole = False
        firsts = self._run("begin", {index: Start(each, options.get(index, {})) for index, each in enumerate(seeds)})
        self._reset_is_whole = True
        in_order = [firsts[index] for index in range(self.num_envs)]
        for first in in_order:
            if isinstance(first, Raised):
                raise first.error
        self._all_reset = True
        return [obs for obs, _ in in_order], [info for _, info in in_order]

    def step(self, actions: Actions) -> Batch:
        """Step the envs that have an action and wait for all of them; results come in the order asked."""
        self._check_usable()
        if self._pending:
            raise VectorError(f"{len(self._pending)} results of send() are still to be received; call recv() first")
        if isinstance(actions, Mapping):
            asked = self._by_index(actions)
            self._check_ready(asked)
            return Batch(*_columns(self._advance(asked)))
        each = self._one_each(actions)
        self._check_ready(range(self.num_envs))
        return Batch(*_columns(self._advance_all(each)))

    def send(self, actions: Actions) -> None:
        """Start stepping the envs of these indices; `recv` returns what comes of it."""
        self._check_usable()
        asked = self._by_index(actions)
        if again := self._pending & asked.keys():
            raise VectorError(f"env {min(again)} has an action whose result was not received; call recv() first")
        self._check_ready(asked)
        self.order("advance", asked)

    def recv(self, min_ready: int = 1, timeout_s: float | None = None) -> Received:
        """At least `min_ready` results of `send`, in the order they got ready; fewer once `timeout_s` has passed.

        Raises `VectorError` if so many are not under way.
        """
        self._check_usable()
        under_way = len(self._pending)
        if min_ready > under_way:
            raise VectorError(f"recv() of {min_ready} results, but only {under_way} are under way; send() first")
        results = self.deliver(min_ready, timeout_s)
        return Received(list(results), *_columns(list(results.values())))

    @property
    def under_way(self) -> int:
        """How many results of `send` were not received."""
        return len(self._pending)

    def order(self, method: str, arguments: Mapping[int, Any]) -> None:
        """Start `method` of these seats: `send` without its checks, for other executors."""
        if method == "begin":
            for index, start in arguments.items():
                self._start_seeds[index] = self._start_seeds[index] if start.seed is None else start.seed
        if self.steps_while_sending:
            self._ask_for(method, arguments)
        else:
            with HeldBack():
                self._ask_for(method, arguments)

    def _ask_for(self, method: str, arguments: Mapping[int, Any]) -> None:
        try:
            self._pending.update(arguments)
            self._dispatch(method, arguments)
        except Exception:  # refused before anything was done
            self._pending.difference_update(arguments)
            raise

    def deliver(self, min_ready: int, timeout_s: float | None) -> dict[int, Any]:
        """What has come of it, by env: `recv` without its checks, for other executors."""
        self._collect(min_ready, timeout_s)
        return self.take_ready()

    def take_ready(self) -> dict[int, Any]:
        """The results that are there, by env; they are received now."""
        results: dict[int, Any] = {}
        try:
            with HeldBack():
                results, self._ready = self._ready, {}
                self._pending.difference_update(results)
        except BaseException:  # Ctrl-C: they can still be received
            self._ready = {**results, **self._ready}
            self._pending.update(results)
            raise
        return results

    def close(self) -> None:
        """Close every env; safe to call twice. An env that fails to close is logged, and the others are closed."""
        if not self._closed:
            self._closed = True
            self._shut()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _advance(self, actions: Mapping[int, Any]) -> list[StepResult[Any]]:
        """Step these envs and wait for all of them; in the order asked."""
        results = self._run("advance", actions)
        return [results[index] for index in actions]

    def _advance_all(self, actions: Sequence[Any]) -> list[StepResult[Any]]:
        """Step every env and wait for all of them."""
        return self._advance(dict(enumerate(actions)))

    def _run(self, method: str, arguments: Mapping[int, Any]) -> dict[int, Any]:
        """Do it with all of these envs. After an interruption their results can still be received, or dropped."""
        self.order(method, arguments)
        return self.deliver(len(arguments), None)

    def _drop(self) -> None:
        """Wait for what is under way, and forget it."""
        if self._pending:
            self.deliver(len(self._pending), None)
            self._pending.clear()

    def _replacement_seed(self, index: int) -> int:
        """The seed of the env that takes the place of env `index`, which is lost: it must not play that one's past."""
        self._replacements[index] += 1
        return derive(self._start_seeds[index] or 0, index, "replacement", self._replacements[index])

    def _by_index(self, actions: Actions) -> dict[int, Any]:
        """The actions by env. Raises `VectorError` if they do not fit these envs."""
        if not isinstance(actions, Mapping):
            return dict(enumerate(self._one_each(actions)))
        for index in actions:
            self._check_index(index)
        return {int(index): action for index, action in actions.items()}  # int: of numpy's, perhaps

    def _one_each(self, actions: Sequence[Any] | npt.NDArray[Any]) -> list[Any]:
        """The actions, one for each env. Raises `VectorError` if they are not."""
        if isinstance(actions, str):
            raise VectorError("one str is no sequence of actions; give a list, or a dict by index")
        if isinstance(actions, np.ndarray) and actions.ndim == 1:
            actions = cast("list[Any]", actions.tolist())  # plain Python values: an action is a str, not a numpy.str_
        if len(actions) != self.num_envs:
            raise VectorError(f"{len(actions)} actions for {self.num_envs} envs; to step some of them, give a dict")
        return actions if isinstance(actions, list) else list(actions)

    def _check_index(self, index: Any) -> None:
        if not isinstance(index, (int, np.integer)) or not 0 <= index < self.num_envs:
            raise VectorError(f"there is no env {index!r}; the envs are 0 to {self.num_envs - 1}")

    def _check_ready(self, asked: Iterable[int]) -> None:
        """Raise for what a caller did wrong while nothing has been stepped yet."""
        if self._all_reset and self.autoreset_mode is not AutoresetMode.DISABLED:
            return
        places = self._places
        for index in asked:
            if places[index].between_episodes:
                try:
                    check_ready(places[index])
                except ResetNeeded as error:
                    raise ResetNeeded(f"env {index} ({self.env_ids[index]}): {error}") from None

    def _check_usable(self) -> None:
        self._check_open()
        if not self._reset_is_whole:
            raise ResetNeeded("the reset of this vector was interrupted; call reset() again")

    def _check_open(self) -> None:
        if self._closed:
            raise VectorError("this vector is closed; make another one")

    def _seeds(self, seed: int | Sequence[int | None] | None) -> list[int | None]:
        if seed is None or isinstance(seed, (int, np.integer)):
            return [None if seed is None else int(seed) + index for index in range(self.num_envs)]
        if len(seed) != self.num_envs:
            raise VectorError(f"{len(seed)} seeds for {self.num_envs} envs")
        return list(seed)

    def _reset_options(self, kwargs: Mapping[str, Any]) -> dict[int, Mapping[str, Any]]:
        """`{"env3_kwargs": options}` as `{3: options}`."""
        options: dict[int, Mapping[str, Any]] = {}
        names = {f"env{index}_kwargs": index for index in range(self.num_envs)}
        for name, value in kwargs.items():
            if name not in names:
                raise VectorError(f"reset() takes no {name!r}; options of env 0 go into env0_kwargs={{...}}, and so on")
            options[names[name]] = value
        return options


def _columns(results: Sequence[StepResult[Any]]) -> tuple[list[Any], Any, Any, Any, list[Info]]:
    """Results as columns."""
    observations, rewards, terminations, truncations, infos = zip(*results, strict=True) if results else ((),) * 5
    return (
        list(observations),
        np.fromiter(rewards, np.float64, len(rewards)),
        np.array(terminations, dtype=np.bool_),
        np.array(truncations, dtype=np.bool_),
        list(infos),
    )
