"""Limits on an episode: turns, time, tokens. Each is a wrapper that truncates the step on which it is reached.

The truncated step has `info["truncated_by"]`, and `info["success"]` is False unless the env says
otherwise. What the rules have ended is not truncated as well. After its end an episode needs a
reset, whichever side ended it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from gem.core import Env, Info, StepResult, Wrapper
from gem.errors import ConfigError, ResetNeeded
from gem.snapshot import Snapshot
from gem.wrappers.history import text_of


@dataclass(slots=True)
class Spent:
    """What of a limit is used up."""

    amount: float = 0
    read_at_s: float = 0.0
    """The clock, when it was last read; of time limits alone."""
    over: bool = False
    """The limit has ended the episode."""


class TurnLimit(Wrapper[Any, Any]):
    """At most `max_turns` steps an episode."""

    def __init__(self, env: Env[Any, Any], max_turns: int) -> None:
        super().__init__(env)
        self.turn_limit = _positive("max_turns", max_turns)
        self.state = Spent()

    def reset(self, seed: int | None = None, **options: Any) -> tuple[Any, Info]:
        """Start an episode; the options are the env's."""
        first = self.env.reset(seed=seed, **options)
        self.state = Spent()
        return first

    def step(self, action: Any) -> StepResult[Any]:
        """Advance the env by one turn."""
        _check_open(self.state)
        result = self.env.step(action)
        self.state.amount += 1
        return _limited(result, self.state, self.turn_limit, "turn_limit")


class TimeLimit(Wrapper[Any, Any]):
    """At most `limit_s` seconds from the end of `reset` to the end of a step, the agent's thinking included.

    The limit is looked at when a step returns: a step is never interrupted. Time between a
    snapshot and its restoration does not count. `clock` gives seconds.
    """

    def __init__(self, env: Env[Any, Any], limit_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(env)
        self.limit_s = _positive("limit_s", limit_s)
        self.clock = clock
        self.state = Spent()

    def reset(self, seed: int | None = None, **options: Any) -> tuple[Any, Info]:
        """Start an episode; the options are the env's."""
        first = self.env.reset(seed=seed, **options)
        self.state = Spent(read_at_s=self.clock())
        return first

    def step(self, action: Any) -> StepResult[Any]:
        """Advance the env, and read the clock."""
        _check_open(self.state)
        result = self.env.step(action)
        state, now_s = self.state, self.clock()
        state.amount, state.read_at_s = state.amount + now_s - state.read_at_s, now_s
        return _limited(result, state, self.limit_s, "time_limit")

    def restore(self, snapshot: Snapshot) -> None:
        """Go back to that moment, and start the clock anew."""
        super().restore(snapshot)
        self.state.read_at_s = self.clock()


class Encoder(Protocol):
    """What a token limit asks of a tokenizer."""

    def encode(self, text: str) -> Any:
        """The tokens of `text`: anything with a length, or with `ids` that have one."""
        ...


class TokenLimit(Wrapper[Any, Any]):
    """At most `max_tokens` tokens of observations and actions together, the first observation included.

    `count` says how many tokens a text has; a tokenizer with `encode` will do. Put this wrapper
    inside a history wrapper, whose observations repeat what was said before.
    """

    def __init__(self, env: Env[Any, Any], max_tokens: int, count: Callable[[str], int] | Encoder) -> None:
        super().__init__(env)
        self.max_tokens = _positive("max_tokens", max_tokens)
        self.count = count
        self.state = Spent()

    def reset(self, seed: int | None = None, **options: Any) -> tuple[Any, Info]:
        """Start an episode; the options are the env's."""
        obs, info = self.env.reset(seed=seed, **options)
        self.state = Spent(_tokens(self.count, obs))
        return obs, info

    def step(self, action: Any) -> StepResult[Any]:
        """Advance the env, and count what both sides said."""
        _check_open(self.state)
        result = self.env.step(action)
        self.state.amount += _tokens(self.count, action) + _tokens(self.count, result[0])
        return _limited(result, self.state, self.max_tokens, "token_limit")


def _positive(name: str, limit: float) -> float:
    if limit <= 0:
        raise ConfigError(f"{name} must be more than 0, not {limit}")
    return limit


def _check_open(state: Spent) -> None:
    if state.over:
        raise ResetNeeded("a limit has ended the episode; call reset() first")


def _limited(result: StepResult[Any], state: Spent, limit: float, name: str) -> StepResult[Any]:
    """`result`, truncated if the limit is reached and the episode would go on."""
    obs, reward, terminated, truncated, info = result
    if terminated or truncated or state.amount < limit:
        return result
    state.over = True
    return StepResult(obs, reward, False, True, {"success": False, **info, "truncated_by": name})


def _tokens(count: Callable[[str], int] | Encoder, said: Any) -> int:
    text = text_of(said)
    encode = getattr(count, "encode", None)  # asked for first: many tokenizers can be called too, but not for a number
    if encode is None:
        return count(text)  # pyright: ignore[reportCallIssue, reportUnknownVariableType]
    tokens = encode(text)
    return len(getattr(tokens, "ids", tokens))
