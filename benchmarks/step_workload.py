"""The bare-step workload: CPU microseconds per `env.step` of one game.

Runs in a worker process, against whichever `gem` that process imports. Episodes are played once to record their
actions, then replayed from copies of the same starts inside the timed region, so that neither building an action
string nor choosing it is counted. It does not use wrappers or vector environments: see wrapped_workload.py.
"""

import copy
import gc
import random
import time
from dataclasses import dataclass
from functools import _lru_cache_wrapper, cache, lru_cache
from typing import Any

import numpy as np
from policy_table import policy_for

import gem

SHARED_LENGTH = 30
"""A list attribute longer than that is data, such as a list of words, and not copied with its environment."""


class ReplayDiverged(Exception):
    """The replay did not end where the recording did: a start does not fix the episode."""


@dataclass(frozen=True, slots=True)
class Starts:
    """Environments just reset, the state of the global generators (the peer's games draw from them), and the cost."""

    envs: list[Any]
    draws: tuple[Any, Any]
    reset_s: float

    def play_again(self) -> list[Any]:
        """Copies of the environments, with the global generators as they were."""
        random.setstate(self.draws[0])
        np.random.set_state(self.draws[1])
        return [_copied(env) for env in self.envs]


def measure_steps(env_id: str, episodes: int, seed: int) -> dict[str, float]:
    """Play `episodes` episodes from `seed` on; microseconds per step and per reset with all steps, and the length."""
    starts = _starts(env_id, episodes, seed)
    plan = [_record(env, env_id, seed + index) for index, env in enumerate(starts.play_again())]
    _forget_recording(env_id, episodes, seed)
    step_s = _replay(starts.play_again(), plan)
    steps = sum(len(actions) for actions in plan)
    return {
        "step_us": step_s / steps * 1e6,
        "episode_us": (starts.reset_s + step_s) / episodes * 1e6,
        "steps_per_episode": steps / episodes,
    }


@cache
def _env(env_id: str) -> Any:
    """Made once in this process: a repeat measures no construction."""
    return gem.make(env_id)


@lru_cache(maxsize=1)
def _starts(env_id: str, episodes: int, seed: int) -> Starts:
    """Kept for the next repeat, which asks for the same ones where resets are slow."""
    env = _env(env_id)
    env.reset(seed=seed + episodes)  # what is read once in a process is not a cost of the first episode
    envs: list[Any] = []
    reset_s = 0.0
    for index in range(episodes):
        start = time.process_time()
        env.reset(seed=seed + index)
        reset_s += time.process_time() - start
        envs.append(_copied(env))
    return Starts(envs, (random.getstate(), np.random.get_state()), reset_s)


def _copied(env: Any) -> Any:
    shared = [value for value in vars(env).values() if isinstance(value, list) and len(value) > SHARED_LENGTH]
    return copy.deepcopy(env, {id(value): value for value in shared})


def _record(env: Any, env_id: str, seed: int) -> list[str]:
    """The actions of one episode of an environment that has just been reset."""
    policy = policy_for(env_id, seed)
    actions = [next(policy)]
    while True:
        observation, _, terminated, truncated, info = env.step(actions[-1])
        if terminated or truncated:
            return actions
        actions.append(policy.send(f"{observation}\n{info.get('suffix', '')}"))


def _forget_recording(env_id: str, episodes: int, seed: int) -> None:
    """Bring the memory of `gem` to where it is when a trainer steps: these episodes reset, others played before.

    That empties every function cache and what our games remember of replies, plays one other episode, and resets to
    the same starts. The peer remembers nothing, so nothing is done there.
    """
    found = (thing for thing in gc.get_objects() if isinstance(thing, _lru_cache_wrapper))
    caches = [function for function in found if str(getattr(function, "__module__", "")).startswith("gem.")]
    for function in caches:
        function.cache_clear()
    if not caches:
        return
    env = _env(env_id)
    getattr(env, "_known", {}).clear()
    env.reset(seed=seed + episodes)
    _record(env, env_id, seed + episodes)
    for index in range(episodes):
        env.reset(seed=seed + index)


def _replay(envs: list[Any], plan: list[list[str]]) -> float:
    """CPU seconds of the recorded steps, after making sure that they ended every episode."""
    work = [(env.step, actions) for env, actions in zip(envs, plan, strict=True)]
    endings: list[Any] = []
    result: Any = None
    gc.collect()
    start = time.process_time()
    for step, actions in work:
        for action in actions:
            result = step(action)
        endings.append(result)
    spent = time.process_time() - start
    if not all(ending[2] or ending[3] for ending in endings):
        raise ReplayDiverged("a replayed episode did not end with its last recorded action")
    return spent
