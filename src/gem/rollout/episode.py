"""The episode function: one env, one stream of requests out, one stream of replies in.

`play` is a generator that knows neither models nor threads: who drives it decides how requests
are batched, and whether they are awaited. `rollout_episode` drives one episode with a token-level
callback, which is the form that training frameworks ask for.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Generator
from dataclasses import dataclass, field
from typing import Any

from gem.agents.protocol import Renderer, Reply, Request
from gem.constants import LanguageGameReward
from gem.core import Env, Info
from gem.errors import GemError
from gem.messages import readable
from gem.rollout.trajectory import Episode, Turn
from gem.seeding import derive, generator

Completion = tuple[list[int], list[float]]
"""Sampled token ids and the natural log-probability of each."""
Generate = Callable[[list[int]], Completion | Awaitable[Completion]]
Anchor = Callable[[Env[Any, Any], Any], str]
"""Names the state that an env is in, from the env and what it showed last: see `gem.rollout.anchors`."""


@dataclass(frozen=True, slots=True)
class Opening:
    """Where an episode begins that does not begin with a reset: the env stands there already."""

    observation: Any
    info: Info
    ids: list[int] = field(default_factory=list[int])
    """All tokens before `observation`."""
    turns: int = 0
    """Turns before it, which count for the turn limit."""


def play(
    env: Env[Any, Any],
    *,
    seed: int,
    renderer: Renderer | None = None,
    max_turns: int | None = None,
    slot: int = 0,
    opening: Opening | Callable[[], Opening] | None = None,
    noise: int | None = None,
    anchor: Anchor | None = None,
) -> Generator[Request, Reply, Episode]:
    """Play one episode: yields a request for each turn, takes its reply, returns the record.

    An `opening` that is a function is called to put `env` there, which may fail as a reset may. `noise` is the seed of
    the agent's sampling (default: one derived from `seed`); `anchor` names the state of each turn. An env that raises
    ends its own episode: the record says so in `error`.
    """
    episode = Episode(env.env_id, seed)
    rng = generator(derive(seed, "sampling") if noise is None else noise)
    try:
        if opening is None:
            opening = Opening(*env.reset(seed=seed))
        elif not isinstance(opening, Opening):
            opening = opening()
        episode.env_id = env.env_id  # a mixture knows it only now
        observation, info, ids = opening.observation, dict(opening.info), list(opening.ids)
        while True:
            new: list[int] = []
            if renderer is not None:
                new = renderer.observe(observation, info, ids) if ids else renderer.begin(observation, info)
            ids = ids + new
            state = anchor(env, observation) if anchor is not None else ""
            reply = yield Request(observation, info, env, rng, ids, opening.turns + len(episode.turns), slot)
            if renderer is not None and not reply.token_ids:
                episode.end = "context"
                break
            ids = ids + reply.token_ids
            shown = observation
            observation, reward, terminated, truncated, info = env.step(reply.text)
            episode.turns.append(
                Turn(
                    readable(shown), reply.text, float(reward), new, reply.token_ids, reply.logprobs, reply.stop, state
                )
            )
            if terminated or truncated:
                episode.end = "terminated" if terminated else "truncated"
                episode.success = bool(info.get("success", reward >= LanguageGameReward.success))
                break
            if max_turns is not None and opening.turns + len(episode.turns) >= max_turns:
                episode.end = "turns"
                break
        episode.final_observation = readable(observation)
        if renderer is not None and episode.end in ("truncated", "turns"):
            episode.final_ids = renderer.observe(observation, info, ids)
    except GemError:
        raise  # somebody uses gem against its contract: not a failure of the world
    except Exception as error:  # noqa: BLE001 - whatever it is, it concerns this episode alone
        episode.end, episode.error = "error", f"{type(error).__name__}: {error}"
    return episode


async def rollout_episode(
    env: Env[Any, Any], generate: Generate, renderer: Renderer, *, seed: int, max_turns: int | None = None
) -> Episode:
    """Play one episode with `generate(prompt_ids) -> (ids, log-probs)`, a function or a coroutine function.

    `prompt_ids` are all tokens of the episode so far: those that were sampled, as they were
    sampled, and those that the renderer appended. Nothing is decoded and encoded again.
    """
    turns = play(env, seed=seed, renderer=renderer, max_turns=max_turns)
    try:
        request = next(turns)
        while True:
            answer = generate(request.prompt_ids)
            token_ids, logprobs = await answer if inspect.isawaitable(answer) else answer
            request = turns.send(Reply(renderer.decode(token_ids), token_ids, logprobs))
    except StopIteration as finished:
        return finished.value
