"""The reset workload: CPU microseconds of each `env.reset(seed)` of one game, and a mark for each start.

Runs in a worker process, against whichever `gem` that process imports. Seeds are never used twice. What is read once
in a process, such as a list of words, is read before the first timed reset.
"""

import gc
import hashlib
import time
from functools import cache
from typing import Any

import gem

FIRST_MOVES = {"Minesweeper": "\\boxed{reveal 2 2}"}
"""Where a start is decided only by the first move, which is then made before the start is marked."""
LONGEST_ATTRIBUTE = 30
"""A longer list is data, such as a list of words, and no part of a start."""


def measure_resets(env_id: str, first_seed: int, count: int) -> dict[str, Any]:
    """Each reset's time, and marks that are equal just for equal starts."""
    env = _env(env_id)
    first_move = FIRST_MOVES.get(env_id.removeprefix("game:").split("-")[0])
    times: list[float] = []
    marks: list[str] = []
    gc.collect()
    for seed in range(first_seed, first_seed + count):
        start = time.process_time()
        env.reset(seed=seed)
        times.append((time.process_time() - start) * 1e6)
        if first_move:
            env.step(first_move)
        marks.append(hashlib.md5(_start(env).encode()).hexdigest()[:16])
    return {"reset_us": times, "marks": marks}


def game_ids() -> dict[str, list[str]]:
    """The ids of all our games; only our side can tell."""
    from gem.registry import specs

    return {"ids": [spec.id for spec in specs() if spec.id.startswith("game:")]}


@cache
def _env(env_id: str) -> Any:
    env = gem.make(env_id)
    env.reset(seed=10**6)
    return env


def _start(env: Any) -> str:
    """All that an episode knows, hidden or shown: our `state`, or the attributes of the peer's environment."""
    state = getattr(env, "state", None)
    if state is not None:
        return repr(state)
    parts = {name: value for name, value in vars(env).items() if not _is_data(value)}
    return repr({name: sorted(value) if isinstance(value, set) else value for name, value in parts.items()})


def _is_data(value: Any) -> bool:
    return isinstance(value, list) and len(value) > LONGEST_ATTRIBUTE
