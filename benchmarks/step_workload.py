"""The bare-step workload: CPU microseconds per `env.step` and per `env.reset` of one game.

Runs in a worker process, against whichever `gem` that process imports. Episodes are played once to record their
actions, then replayed from the same seeds inside the timed region, so that neither building an action string nor
choosing it is counted. It does not use wrappers or vector environments: see wrapped_workload.py.
"""

import gc
import time
from functools import _lru_cache_wrapper
from typing import Any

from policies import policy_for

import gem

_ENVS: dict[tuple[str, int], list[Any]] = {}
"""Environments already made in this process, so that a repeat measures steps and not construction."""


class ReplayDiverged(Exception):
    """The replay did not end where the recording did: a seed does not fix the episode."""


def measure_steps(env_id: str, episodes: int, seed: int) -> dict[str, float]:
    """Play `episodes` episodes from `seed` on; microseconds per step, reset and both, and the mean length."""
    envs = _envs(env_id, episodes)
    plan = _record(envs, env_id, seed)
    _reset_all(envs, seed)
    step_s = _replay(envs, plan)
    steps = sum(len(actions) for actions in plan)
    reset_s = _time_resets(envs, None)
    return {
        "step_us": step_s / steps * 1e6,
        "reset_us": reset_s / episodes * 1e6,
        "episode_us": (reset_s + step_s) / episodes * 1e6,
        "seeded_reset_us": _time_resets(envs, seed) / episodes * 1e6,
        "steps_per_episode": steps / episodes,
    }


def _envs(env_id: str, count: int) -> list[Any]:
    if (env_id, count) not in _ENVS:
        _ENVS[env_id, count] = [gem.make(env_id) for _ in range(count)]
    return _ENVS[env_id, count]


def _reset_all(envs: list[Any], seed: int) -> None:
    for index, env in enumerate(envs):
        env.reset(seed=seed + index)


def _record(envs: list[Any], env_id: str, seed: int) -> list[list[str]]:
    """The actions of one episode per environment. The order of all calls matters: the peer's draws are global."""
    _reset_all(envs, seed)
    return [_record_episode(env, env_id, seed + index) for index, env in enumerate(envs)]


def _record_episode(env: Any, env_id: str, seed: int) -> list[str]:
    policy = policy_for(env_id, seed)
    actions = [next(policy)]
    while True:
        observation, _, terminated, truncated, info = env.step(actions[-1])
        if terminated or truncated:
            return actions
        actions.append(policy.send(f"{observation}\n{info.get('suffix', '')}"))


def _replay(envs: list[Any], plan: list[list[str]]) -> float:
    """CPU seconds of the recorded steps, after making sure that they ended every episode."""
    work = [(env.step, actions) for env, actions in zip(envs, plan, strict=True)]
    endings: list[Any] = []
    result: Any = None
    _forget_recording()
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


def _forget_recording() -> None:
    """Empty every function cache of `gem`: what the recording left there would not be there for new episodes."""
    for found in gc.get_objects():
        if isinstance(found, _lru_cache_wrapper) and str(getattr(found, "__module__", "")).startswith("gem."):
            found.cache_clear()


def _time_resets(envs: list[Any], seed: int | None) -> float:
    seeds = [None if seed is None else seed + index for index in range(len(envs))]
    work = [(env.reset, single) for env, single in zip(envs, seeds, strict=True)]
    gc.collect()
    start = time.process_time()
    for reset, single in work:
        reset(seed=single)
    return time.process_time() - start
