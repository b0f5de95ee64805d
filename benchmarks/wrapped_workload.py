"""The wrapped-step workload: CPU microseconds per environment step through `make_vec` and a history wrapper.

Runs in a worker process, against whichever `gem` that process imports. Action strings are built beforehand. Where an
episode ends inside the measured steps its automatic reset is counted, on both sides alike. It compares costs, not
texts; only the amount of text and the number of past turns in it are counted, so that nobody is fast by saying less.
"""

import gc
import itertools
import random
import time
from functools import cache
from statistics import fmean
from typing import Any

from chatml import ASSISTANT_HEADER, TEMPLATES, ChatMLTokenizer
from gem.wrappers.wrapper_factory import get_wrapper_fns
from policies import GUESS_RANGE, HANOI_DISKS, Policy, cycling_directions, legal_hanoi_moves, shuffled_guesses

import gem

HANOI_TURNS = {"easy": 10, "hard": 35}
ENDLESS_GAME = "game:GuessTheNumber-v0-hard"
ENDLESS_RANGE = 10**9
"""So many numbers that no guess ever wins: every episode lasts until the turn limit."""

_VECS: dict[tuple[str, str, str, int, int], Any] = {}


def measure_wrapped(
    env_id: str, wrapper: str, template: str, num_envs: int, vec_steps: int, seed: int
) -> dict[str, float]:
    """Microseconds per environment step over `vec_steps` steps of `num_envs` environments, from a reset on."""
    vec = _vec(env_id, wrapper, template, num_envs)
    actions = _actions_by_step([_open_loop_policy(env_id, seed + index) for index in range(num_envs)], vec_steps)
    vec.reset(seed=seed)
    spent = sum(_timed_steps(vec, actions))
    return {"step_us": spent / (vec_steps * num_envs) * 1e6}


def measure_text(
    env_id: str, wrapper: str, template: str, num_envs: int, vec_steps: int, seed: int
) -> dict[str, float]:
    """Mean characters per observation and mean past turns in it, untimed; also warms every path up."""
    vec = _vec(env_id, wrapper, template, num_envs)
    actions = _actions_by_step([_open_loop_policy(env_id, seed + index) for index in range(num_envs)], vec_steps)
    vec.reset(seed=seed)
    texts = [text for step in actions for text in vec.step(step)[0]]
    return {
        "characters": fmean(len(text) for text in texts),
        "past_turns": fmean(text.count(ASSISTANT_HEADER) for text in texts) - 1.0,
    }


def measure_growth(wrapper: str, template: str, num_envs: int, turns: int, seed: int) -> dict[str, Any]:
    """Microseconds per environment step at each turn of one long episode, and the past turns seen in its last text."""
    vec = _vec(ENDLESS_GAME, wrapper, template, num_envs, turns + 1)
    actions = _actions_by_step([_endless_guesses(seed + index) for index in range(num_envs)], turns)
    vec.reset(seed=seed)
    per_turn_us = [spent / num_envs * 1e6 for spent in _timed_steps(vec, actions[:-1])]
    last_text = vec.step(actions[-1])[0][0]
    return {"per_turn_us": per_turn_us, "past_turns": last_text.count(ASSISTANT_HEADER) - 1}


def _vec(env_id: str, wrapper: str, template: str, num_envs: int, endless_turns: int = 0) -> Any:
    key = (env_id, wrapper, template, num_envs, endless_turns)
    if key not in _VECS:
        kwargs = {"max_number": ENDLESS_RANGE, "max_turns": endless_turns} if endless_turns else {}
        wrappers = get_wrapper_fns(wrapper, tokenizer=_tokenizer(template))
        _VECS[key] = gem.make_vec([env_id] * num_envs, wrappers=wrappers, **kwargs)
    return _VECS[key]


@cache
def _tokenizer(template: str) -> ChatMLTokenizer:
    """One per template and process, as in a training run."""
    return ChatMLTokenizer(TEMPLATES[template])


def _open_loop_policy(env_id: str, seed: int) -> Policy:
    """A policy that never needs an answer, not even to notice that its environment was reset."""
    name, level = env_id.removeprefix("game:").split("-v0-")
    rng = random.Random(f"policy {seed}")
    if name == "GuessTheNumber":
        return shuffled_guesses(GUESS_RANGE[level], rng)
    if name == "TowerofHanoi":
        return legal_hanoi_moves(HANOI_DISKS[level], rng, HANOI_TURNS[level])
    if name == "Game2048":
        return cycling_directions(rng)
    raise ValueError(f"no policy plays {env_id} without reading its answers")


def _endless_guesses(seed: int) -> Policy:
    rng = random.Random(f"policy {seed}")
    while True:
        yield f"\\boxed{{{rng.randrange(1, ENDLESS_RANGE)}}}"


def _actions_by_step(policies: list[Policy], vec_steps: int) -> list[list[str]]:
    streams = [list(itertools.islice(policy, vec_steps)) for policy in policies]
    return [list(step) for step in zip(*streams, strict=True)]


def _timed_steps(vec: Any, actions: list[list[str]]) -> list[float]:
    """CPU seconds of each vector step."""
    step, clock = vec.step, time.process_time
    spent: list[float] = []
    gc.collect()
    for row in actions:
        start = clock()
        step(row)
        spent.append(clock() - start)
    return spent
