"""Throwing replies at an env: random text, edited moves, junk, for as many steps as asked.

`check_env` looks at a few episodes closely; this looks at a million steps for one thing: every reply, whatever it
is, gets a well-formed answer. A step that raises is a finding, with the seed and the actions that lead to it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gem.checking.junk import JUNK
from gem.checking.subject import brief, expert_of, random_action
from gem.core import Env
from gem.seeding import derive, generator

ALPHABET = "abcXYZ0159 \t\n,.;:-+*/\\{}[]()<>$#@!?\"'`_^~%&|=éß½²☃\u0660\u202e\u00a0\ufeff\x00\ud800🂡"
"""What random texts and edits are made of: what parsers trip over."""
WRAPPINGS = (
    ("\\boxed{", "}"),
    ("\\boxed{\\text{", "}}"),
    ("<answer>", "</answer>"),
    ("<think>\\boxed{", "}</think>"),
    ("```\n", "\n```"),
)
"""What models put around an answer."""
LONG = 100_000
"""Characters of a long reply."""
MAX_FINDINGS = 20
"""After so many nothing new is learnt."""
_JUNK = list(JUNK.values())


@dataclass
class Fuzzed:
    """What came of it."""

    steps: int = 0
    episodes: int = 0
    findings: list[str] = field(default_factory=list[str])
    """What was raised or malformed, each with its seed and actions."""
    wins: int = 0


def fuzz(env: Env[Any, Any], steps: int, seed: int = 0, expert_share: float = 0.02) -> Fuzzed:
    """Play at least `steps` steps of `env` with replies from `replies`; stops early after many findings."""
    done = Fuzzed()
    while done.steps < steps and len(done.findings) < MAX_FINDINGS:
        episode_seed = derive(seed, "fuzz", done.episodes)
        rng = generator(episode_seed)
        _fuzz_episode(env, episode_seed, replies(env, rng, expert_share), steps - done.steps, done)
        done.episodes += 1
    return done


def replies(env: Env[Any, Any], rng: np.random.Generator, expert_share: float = 0.02) -> Iterator[Any]:
    """Endless replies to the present state of `env`: moves that keep the episode going, and all sorts of nonsense."""
    expert = expert_of(env)
    while True:
        kind = rng.random()
        if kind < expert_share and expert is not None:
            yield _expert_move(expert, env, rng)
        elif kind < 0.6:
            yield random_action(env, rng)
        elif kind < 0.9:
            yield edited(str(random_action(env, rng)), rng)
        elif kind < 0.97:
            yield random_text(rng, int(rng.integers(60)))
        elif kind < 0.999:
            yield _JUNK[rng.integers(len(_JUNK))]
        else:
            yield random_text(rng, 10) * (LONG // 10)


def edited(move: str, rng: np.random.Generator) -> str:
    """A move with a few characters deleted, doubled, swapped in or taken from elsewhere, or wrapped once more."""
    text = move
    for _ in range(int(rng.integers(1, 4))):
        place = int(rng.integers(len(text) + 1))
        kind = rng.integers(5)
        if kind == 0:
            text = text[:place] + text[place + 1 :]
        elif kind == 1:
            text = text[:place] + random_text(rng, 1) + text[place:]
        elif kind == 2:
            text = text[:place] + text[place : place + 3] + text[place:]
        elif kind == 3:
            text = text[:place] + str(rng.integers(-3, 100)) + text[place:]
        else:
            before, after = WRAPPINGS[rng.integers(len(WRAPPINGS))]
            text = before + text + after
    return text


def random_text(rng: np.random.Generator, length: int) -> str:
    """Characters that parsers trip over."""
    return "".join(ALPHABET[index] for index in rng.integers(len(ALPHABET), size=length))


def _fuzz_episode(env: Env[Any, Any], seed: int, said: Iterator[Any], limit: int, done: Fuzzed) -> None:
    actions: list[Any] = []
    try:
        env.reset(seed=seed)
        for _ in range(limit):
            actions.append(next(said))
            done.steps += 1
            if _ended(env.step(actions[-1]), done):
                return
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what we look for
        done.findings.append(f"{type(error).__name__}: {error} [seed {seed}, actions {brief(actions[-5:], 300)}]")


def _ended(result: Any, done: Fuzzed) -> bool:
    """Whether the episode is over. Raises `TypeError` for an answer that is not well-formed."""
    obs, reward, terminated, truncated, info = result
    if not (isinstance(info, dict) and obs is not None and math.isfinite(reward) and not (terminated and truncated)):
        raise TypeError(f"step returned {brief(result)}")
    if terminated or truncated:
        done.wins += bool(info.get("success"))  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
    return bool(terminated or truncated)


def _expert_move(expert: Any, env: Env[Any, Any], rng: np.random.Generator) -> Any:
    """The expert's move, or a random one where it finds none: a solver may give up on what nobody would play."""
    try:
        return expert()
    except NotImplementedError:
        return random_action(env, rng)
