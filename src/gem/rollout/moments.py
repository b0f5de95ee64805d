"""Moments of episodes, and playing on from them: what trees and the oracle of turn values are made of.

A moment is a fork of the env before a turn, with what the agent had read by then. Continuations from it differ in the
agent's sampling noise and in the env's own chance, as the future does for the agent. What the env has decided already,
such as a hidden number or the chance of a game that keeps a generator in its state, is part of the moment.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from gem.agents.protocol import Agent, Reply, Request
from gem.core import Env
from gem.errors import ConfigError, EnvError
from gem.messages import readable
from gem.rollout.episode import Anchor, Opening, play
from gem.rollout.trajectory import Episode
from gem.seeding import derive, generator

Turns = Generator[Request, Reply, Episode]

SLOTS = 64
"""Continuations that are played side by side, where nobody says otherwise."""


@dataclass(frozen=True, slots=True)
class Moment:
    """An env before a turn. Nobody steps this env: who plays on takes a fork of it."""

    env: Env[Any, Any]
    opening: Opening


@dataclass(frozen=True, slots=True)
class Continuation:
    """One way to play on from a moment: `seed` decides the agent's noise and the env's chance."""

    moment: Moment
    seed: int

    def begin(self) -> Env[Any, Any]:
        """The env it is played in, before its first turn; the same each time."""
        env = self.moment.env.fork()
        if isinstance(
            cast("object", env.rng), np.random.Generator
        ):  # an env of another gym may keep another kind of its own
            env.rng = generator(derive(self.seed, "chance"))
        return env

    def turns(self, agent: Agent, slot: int, max_turns: int | None, anchor: Anchor | None) -> Turns:
        """Play it, as `gem.rollout.play` does. Its first turn's prompt begins with all tokens before the moment."""
        opening = self.moment.opening
        with closing(self.begin()) as env:
            episode = yield from play(
                env,
                seed=self.seed,
                renderer=agent.renderer,
                max_turns=max_turns,
                slot=slot,
                opening=opening,
                noise=derive(self.seed, "sampling"),
                anchor=anchor,
            )
        if episode.turns:
            episode.turns[0].prompt_ids = [*opening.ids, *episode.turns[0].prompt_ids]
        return episode


def moments_of(env: Env[Any, Any], episode: Episode) -> Iterator[Moment]:
    """The moment before each turn of an episode that began with `reset(seed=episode.seed)`, played again in `env`.

    `env` is one of the kind that the episode was played in; afterwards it is at the episode's end. The envs of the
    moments are the caller's to close. Raises `EnvError` where the env shows or pays something else than what is on
    record, and `ConfigError` for an episode without a seed.
    """
    if episode.seed is None:
        raise ConfigError("an episode without a seed cannot be played again")
    yield from retraced(env, episode, Opening(*env.reset(seed=episode.seed)))


def retraced(env: Env[Any, Any], episode: Episode, opening: Opening) -> Iterator[Moment]:
    """The moment before each turn of an episode that began with `opening`, where `env` stands. See `moments_of`."""
    observation, info, ids = opening.observation, opening.info, list(opening.ids)
    for number, turn in enumerate(episode.turns):
        yield Moment(env.fork(), Opening(observation, info, ids, opening.turns + number))
        shown = readable(observation)
        observation, reward, _, _, info = env.step(turn.action)
        if shown != turn.observation or float(reward) != turn.reward:
            raise EnvError(
                f"turn {number} of the episode with seed {episode.seed} is not what this env plays: was it played in "
                f"an env of another kind ({episode.env_id}), or does this one not honour its seed?"
            )
        prompt = turn.prompt_ids if number else turn.prompt_ids[len(opening.ids) :]
        ids = [*ids, *prompt, *turn.token_ids]


def play_on(
    continuations: Sequence[Continuation],
    agent: Agent,
    *,
    max_turns: int | None = None,
    slots: int = SLOTS,
    anchor: Anchor | None = None,
) -> list[Episode]:
    """Play every continuation to its end; their episodes, in order, hold the turns that were played on from the moment.

    Up to `slots` of them go on side by side, with one call of the agent for a turn of each; how many changes nothing in
    what happens. `max_turns` counts the turns before the moment too. An env that raises ends its own continuation,
    which says so in `error`. Raises `ConfigError` for fewer slots than one.
    """
    if slots < 1:
        raise ConfigError(f"slots is at least 1, not {slots}")
    waiting = deque(enumerate(continuations))
    playing: dict[int, tuple[int, Turns, Request]] = {}
    done: dict[int, Episode] = {}

    def resume(slot: int, number: int, turns: Turns, reply: Reply | None) -> None:
        try:
            playing[slot] = number, turns, next(turns) if reply is None else turns.send(reply)
        except StopIteration as ended:
            playing.pop(slot, None)
            done[number] = ended.value

    try:
        while waiting or playing:
            for slot in range(slots):
                if waiting and slot not in playing:
                    number, continuation = waiting.popleft()
                    resume(slot, number, continuation.turns(agent, slot, max_turns, anchor), None)
            asking = list(playing.items())
            replies = agent.act([request for _, (_, _, request) in asking]) if asking else []
            for (slot, (number, turns, _)), reply in zip(asking, replies, strict=True):
                resume(slot, number, turns, reply)
    finally:
        for _, turns, _ in playing.values():
            turns.close()
    return [done[number] for number in range(len(continuations))]
