"""Agents without a model: random, solver, replay, and a person. They are the reference rows of every table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from gem.agents.protocol import Reply, Request
from gem.errors import EnvError


class TextAgent:
    """An agent that answers one text at a time. Subclasses implement `reply`."""

    renderer = None

    def act(self, requests: Sequence[Request]) -> list[Reply]:
        """One reply for each request, in order."""
        return [Reply(self.reply(request)) for request in requests]

    def reply(self, request: Request) -> str:
        """The action for one request."""
        raise NotImplementedError


class RandomAgent(TextAgent):
    """Well-formed random actions."""

    def reply(self, request: Request) -> str:
        return request.env.sample_random_action(request.rng)


class SolverAgent(TextAgent):
    """The env's own expert; with probability `noise` a random action instead.

    Raises `EnvError` for an env without a solver.
    """

    def __init__(self, noise: float = 0.0) -> None:
        self.noise = noise

    def reply(self, request: Request) -> str:
        if self.noise and request.rng.random() < self.noise:
            return request.env.sample_random_action(request.rng)
        solve: Callable[[], str] | None = getattr(request.env, "solve", None)
        if solve is None:
            raise EnvError(f"{type(request.env.unwrapped).__name__} has no solver")
        return solve()


class ReplayAgent(TextAgent):
    """The same actions in every episode, one a turn; the last one repeats."""

    def __init__(self, actions: Iterable[str]) -> None:
        self.actions = list(actions)

    def reply(self, request: Request) -> str:
        return self.actions[min(request.turn, len(self.actions) - 1)]


class HumanAgent(TextAgent):
    """Asks a person, through `ask`: the observation goes in, what was typed comes out."""

    def __init__(self, ask: Callable[[Any], str] = input) -> None:
        self.ask = ask

    def reply(self, request: Request) -> str:
        return self.ask(request.observation)
