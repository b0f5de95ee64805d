"""An env's seat in a vector: one step of one env, with what follows an episode's end or a crash.

Every executor runs its envs through seats, wherever they live; so this logic stands here once. What an
executor is asked to do with an env is the name of a seat's method and one argument (`perform`).
"""

from __future__ import annotations

import copy
import logging
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, NamedTuple, Protocol

from gem.aio import to_sync
from gem.core import Env, Info, StepResult, Wrapper, new_result
from gem.errors import ResetNeeded, VectorError

FIELDS = 5
"""Of a step's result."""


class AutoresetMode(Enum):
    """What becomes of an env whose episode has ended."""

    NEXT_STEP = "NextStep"
    """The next step resets it: the action is ignored, the reward is 0."""
    SAME_STEP = "SameStep"
    """It is reset at once: the step returns the new episode's first observation and info, with the
    old one's last ones in `info["final_observation"]` and `info["final_info"]`."""
    DISABLED = "Disabled"
    """It waits for a reset; stepping it before raises `ResetNeeded`."""


def mode_of(mode: AutoresetMode | str) -> AutoresetMode:
    """The mode, or the mode of that value. Raises `VectorError`."""
    try:
        return AutoresetMode(mode)
    except ValueError:
        values = ", ".join(repr(known.value) for known in AutoresetMode)
        raise VectorError(f"there is no autoreset mode {mode!r}; the modes are {values}") from None


class Start(NamedTuple):
    """How an episode is asked for."""

    seed: int | None
    options: Mapping[str, Any]


class Loss(NamedTuple):
    """An episode that broke off outside of its env."""

    error: Exception
    last_obs: Any


class Call(NamedTuple):
    """A method of an env, and what to call it with."""

    name: str
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]


class Called(NamedTuple):
    """What a method of an env has returned, and how its seat is since."""

    value: Any
    last_obs: Any
    between_episodes: bool
    was_reset: bool


class Raised(NamedTuple):
    """What a seat's method raised, where it can't be raised at once."""

    error: Exception


class ProgramEnd(NamedTuple):
    """In place of a result: what an env raised to end the whole program, such as `SystemExit`."""

    error: BaseException


class Method(NamedTuple):
    """In place of an attribute that can be called: its name."""

    name: str


class Place(Protocol):
    """What a vector knows of an env, be it near or far."""

    mode: AutoresetMode
    last_obs: Any
    between_episodes: bool
    """Until the first reset, and from an episode's end, or a reset that failed, to the next one."""
    was_reset: bool


class Seat:
    """Runs one env, and survives what it raises. No wrapper, because it is in the way of every step.

    `reset` and `step` are the env's own. `advance` is the vector's: it always returns a result.
    An env that raises in `advance` loses its episode only: the last observation, reward 0,
    truncated, `info["error"]` with "type" and "message".
    """

    __slots__ = ("_env", "_make", "between_episodes", "last_obs", "mode", "next_seed", "was_reset")

    def __init__(self, env: Env[Any, Any] | None, mode: AutoresetMode, next_seed: int | None = None) -> None:
        self._env = None if env is None else to_sync(env)
        self._make: Callable[[], Env[Any, Any]] | None = None
        self.mode = mode
        self.next_seed = next_seed
        """Of the next episode, if nobody names another: for an env that takes the place of a lost one."""
        self.last_obs: Any = None
        self.between_episodes = True
        self.was_reset = False

    def successor(self, make: Callable[[], Env[Any, Any]], next_seed: int) -> Seat:
        """A seat to take this one's place; its env is built when it is first needed, by whoever needs it."""
        seat = Seat(None, self.mode, next_seed)
        seat._make, seat.last_obs, seat.was_reset = make, self.last_obs, self.was_reset
        return seat

    @property
    def is_built(self) -> bool:
        """Whether there is an env yet."""
        return self._env is not None

    @property
    def env(self) -> Env[Any, Any]:
        """The env; a successor's is built now, and what that raises is raised."""
        if self._env is None:
            assert self._make is not None, "a seat has an env, or what makes one"
            self._env = to_sync(self._make())
        return self._env

    def reset(self, seed: int | None = None, **options: Any) -> tuple[Any, Info]:
        """Start an episode; what the env raises is the caller's."""
        self.between_episodes = True  # until it has succeeded
        first = self.env.reset(seed=self.next_seed if seed is None else seed, **options)
        self.last_obs = first[0]
        self.next_seed = None
        self.between_episodes = False
        self.was_reset = True
        return first

    def step(self, action: Any) -> StepResult[Any]:
        """Step the env as if there were no vector."""
        result = self.env.step(action)
        self.last_obs = result[0]
        self.between_episodes = result[2] or result[3]
        return result

    def begin(self, start: Start) -> tuple[Any, Info]:
        """Start the episode that was asked for; what the env raises is the caller's."""
        return self.reset(start.seed, **start.options)

    def advance(self, action: Any) -> StepResult[Any]:
        """Step the env, or reset it where that is due; never raises what the env raises."""
        if self.between_episodes:
            return self._next_episode()
        try:
            result = self._env.step(action)  # pyright: ignore[reportOptionalMemberAccess] - an episode goes on in it
            over = result[2] or result[3]
            if over or type(result[1]) is not float or len(result) != FIELDS:
                check_result(result)
        except Exception as error:
            logging.getLogger(__name__).warning("step of %s failed", self.env.unwrapped, exc_info=error)
            result, over = crashed(self.last_obs, error), True
        if over:
            return self.finished(result)
        self.last_obs = result[0]
        return result

    def lose(self, loss: Loss) -> StepResult[Any]:
        """The end of an episode that went on elsewhere until it was lost."""
        return self.finished(crashed(loss.last_obs, loss.error))

    def look(self, name: str) -> Any:
        """An attribute of the env, or `Method` in place of what can be called."""
        found = getattr(Seated(self), name)
        return Method(name) if callable(found) else found

    def call(self, call: Call) -> Called:
        """What a method of the env returns."""
        value = getattr(Seated(self), call.name)(*call.args, **call.kwargs)
        return Called(value, self.last_obs, self.between_episodes, self.was_reset)

    def finished(self, result: StepResult[Any]) -> StepResult[Any]:
        """The end of an episode, as the mode wants it shown."""
        final_obs, reward, terminated, truncated, final_info = result
        self.last_obs = final_obs
        self.between_episodes = True
        if self.mode is not AutoresetMode.SAME_STEP:
            return result
        obs, _, _, failed, info = self._next_episode()
        if not failed and "error" in final_info:
            info = {**info, "error": final_info["error"]}
        info = {**info, "final_observation": final_obs, "final_info": final_info}
        return new_result((obs, reward, terminated, truncated, info))

    def _next_episode(self) -> StepResult[Any]:
        """A new episode's first observation; if its reset fails, an episode that was over at once."""
        try:
            obs, info = self.reset()
        except Exception as error:
            logging.getLogger(__name__).warning("reset of an env failed", exc_info=error)
            return broken_off(self.mode, self.last_obs, error)
        return new_result((obs, 0.0, False, False, info))


class Seated(Wrapper[Any, Any]):
    """The env in a seat, as `vec.envs[i]` shows it: an env like any other, whose resets the seat notices."""

    def __init__(self, seat: Seat) -> None:
        self.seat = seat

    @property
    def env(self) -> Env[Any, Any]:  # pyright: ignore[reportIncompatibleVariableOverride] - a seat's env may change
        """The env in the seat."""
        return self.seat.env

    def reset(self, seed: int | None = None, **options: Any) -> tuple[Any, Info]:
        """Start an episode; what the env raises is the caller's."""
        return self.seat.reset(seed, **options)

    def step(self, action: Any) -> StepResult[Any]:
        """Step the env as if there were no vector."""
        return self.seat.step(action)

    def fork(self) -> Any:
        """A twin of the env, which is in no vector."""
        return self.env.fork()

    def spawn(self, same_state: bool = False, **overrides: Any) -> Any:
        """Another env like this one, which is in no vector."""
        return self.env.spawn(same_state, **overrides)

    def _copied_memory(self) -> dict[str, Any]:
        seat = self.seat
        return copy.deepcopy({name: getattr(seat, name) for name in ("last_obs", "between_episodes", "was_reset")})

    def _take(self, memory: dict[str, Any], rng: dict[str, Any] | None, in_episode: bool) -> None:
        del rng, in_episode  # a wrapper has neither
        for name, value in memory.items():
            setattr(self.seat, name, value)


def perform(seat: Seat, method: str, argument: Any) -> Any:
    """What that method of the seat returns, or `Raised`."""
    try:
        return getattr(seat, method)(argument)
    except Exception as error:  # noqa: BLE001 - raised where it was asked for
        return Raised(error)


def crashed(last_obs: Any, error: Exception) -> StepResult[Any]:
    """The end of an episode that the world broke off."""
    record = {"type": type(error).__name__, "message": str(error)}
    return StepResult(last_obs, 0.0, False, True, {"success": False, "error": record})


def broken_off(mode: AutoresetMode, last_obs: Any, error: Exception) -> StepResult[Any]:
    """The same, where no further episode has begun; complete in every mode."""
    result = crashed(last_obs, error)
    if mode is not AutoresetMode.SAME_STEP:
        return result
    info = {**result.info, "final_observation": last_obs, "final_info": result.info}
    return new_result((last_obs, 0.0, False, True, info))


def check_result(result: Any) -> None:
    """Raise what is wrong with an answer that is no result, before anything is made of it."""
    _, reward, _, _, info = result
    float(reward)
    _ = {**info}


def check_ready(place: Place) -> None:
    """Raise `ResetNeeded` if `advance` would have nothing to advance."""
    if not place.was_reset:
        raise ResetNeeded("no episode has begun; call reset() first")
    if place.between_episodes and place.mode is AutoresetMode.DISABLED:
        raise ResetNeeded("the episode is over and autoreset is disabled; reset this env first")
