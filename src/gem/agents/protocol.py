"""What an agent is: a batch of observations in, as many replies out.

An agent never steps an env. Scripted agents may look at the request's env; a model sees the text
or the tokens, and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import numpy as np

from gem.core import Env, Info

Stop = Literal["stop", "length"]


@dataclass(slots=True)
class Request:
    """One env waits for its next action."""

    observation: Any
    """What the env showed last: text, or chat messages."""
    info: Info
    env: Env[Any, Any]
    rng: np.random.Generator
    """The episode's own source of sampling noise: replies don't depend on who else is in the batch."""
    prompt_ids: list[int] = field(default_factory=list[int])
    """All tokens of the episode so far, if the agent has a renderer."""
    turn: int = 0
    """Turns of the episode so far."""
    slot: int = 0
    """Requests of one episode come from one slot: a model may keep its cache there."""


@dataclass(slots=True)
class Reply:
    """An action, and how the model arrived at it."""

    text: str
    token_ids: list[int] = field(default_factory=list[int])
    """The tokens that were sampled, the end token included; empty for agents without tokens."""
    logprobs: list[float] = field(default_factory=list[float])
    """Natural log-probability of each token under the distribution it was sampled from."""
    stop: Stop = "stop"
    """`"length"`: the reply was cut at the token limit."""


class Renderer(Protocol):
    """Turns observations into tokens that are only ever appended, never rewritten."""

    def begin(self, observation: Any, info: Info) -> list[int]:
        """The first prompt."""
        ...

    def observe(self, observation: Any, info: Info, past_ids: Sequence[int]) -> list[int]:
        """What is appended after a reply. `past_ids` are all tokens so far; the last one tells how the reply ended."""
        ...

    def decode(self, token_ids: Sequence[int]) -> str:
        """The text of a reply's tokens."""
        ...


class Agent(Protocol):
    """Anything that replies to requests."""

    @property
    def renderer(self) -> Renderer | None:
        """How this agent's prompts become tokens; None for agents that read text."""
        ...

    def act(self, requests: Sequence[Request]) -> list[Reply]:
        """One reply for each request, in order."""
        ...
