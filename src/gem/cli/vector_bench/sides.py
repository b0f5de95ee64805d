"""Who is compared, and which of the measurements each can do."""

from __future__ import annotations

from typing import NamedTuple

from gem.cli.vector_bench.side.driver import Task

OURS, OURS_BARRIER, OURS_RAY, LOOP = "gem-gym", "gem-gym, all ready", "gem-gym, ray", "plain loop"
WAITING = ("blocking", "awaiting", "mixed")
"""Kinds whose envs wait for very different times, where it pays to answer whichever is ready."""
KINDS = ("cheap", "text", "chat", *WAITING, "cpu")
SIZES = (1, 16, 64, 256, 1024, 4096)
RAY_SIZES = (16, 64)
"""On one machine Ray is not for speed: it is measured at these only, for envs that compute."""
CPU_STEP_S = 5e-3


class Side(NamedTuple):
    """One way of stepping a vector of envs."""

    name: str
    peer: str | None
    """The package that it is of; None: this one."""
    driver: str
    executor: str = "auto"
    in_turn: bool = False
    """Whether it steps one env after the other."""


SIDES = (
    Side(OURS, None, "gem_side:Barrier"),
    Side("gem-llm async", "gem-llm", "gem_side:Released", "async"),
    Side(OURS_BARRIER, None, "gem_side:Barrier"),
    Side(OURS_RAY, None, "gem_side:Barrier", "ray"),
    Side("gem-llm sync", "gem-llm", "gem_side:Released", "sync", in_turn=True),
    Side(LOOP, None, "gem_side:Loop", in_turn=True),
    Side("gymnasium async", "gymnasium", "gymnasium_side:Barrier", "async"),
    Side("gymnasium sync", "gymnasium", "gymnasium_side:Barrier", "sync", in_turn=True),
    Side("pufferlib processes", "pufferlib", "puffer_side:Barrier", "processes"),
    Side("pufferlib serial", "pufferlib", "puffer_side:Barrier", "serial", in_turn=True),
)
"""In the order in which they take their turns."""

NOT_COMPARED = {
    "EnvPool": "its pools hold envs that are compiled into it from C++ (1,651 ids in version 1.2.5), and its `register`"
    " takes the names of such classes, so an env written in Python cannot be put in",
}
"""Who is missing, and why."""


def task(side: Side, kind: str, num_envs: int, executor: str, cpu_loops: int) -> Task:
    """What the worker of that side is to make."""
    driver = side.driver
    if side.name == OURS and kind in WAITING:
        driver = "gem_side:FirstReady"
    return Task(driver, kind, num_envs, executor if side.executor == "auto" else side.executor, cpu_loops)


def why_not(side: Side, kind: str, num_envs: int) -> str | None:
    """Why this is not measured; None if it is, and an empty reason if nobody would ask for it."""
    if side.name == OURS_BARRIER and (kind not in WAITING or num_envs == 1):
        return ""
    if side.name == OURS_RAY and (kind != "cpu" or num_envs not in RAY_SIZES):
        return ""
    if kind == "mixed" and num_envs < 4:
        return ""
    if kind == "chat" and side.peer not in (None, "gem-llm"):
        return "it knows neither the game nor chat histories"
    if kind == "awaiting" and side.name not in (OURS, OURS_BARRIER, "gem-llm async"):
        return "it cannot await: see `blocking`"
    return _too_long(side, kind, num_envs)


def _too_long(side: Side, kind: str, num_envs: int) -> str | None:
    """Why not so many envs."""
    if side.name == "gymnasium async" and num_envs > 64:
        return "n > 64: it starts a process for each env"
    if side.in_turn and kind in WAITING and num_envs != 16:
        return "but at n = 16: it waits for one env after the other, and is as fast as one env whatever n"
    if side.name == "pufferlib processes" and kind in WAITING and num_envs > 64:
        return "n > 64: a process for each core, which waits for one env after the other"
    if kind == "cpu" and num_envs > 256:
        return f"n > 256: the rate no longer depends on n, and a step of all takes n × {1e3 * CPU_STEP_S:g} ms of CPU"
    if kind == "mixed" and num_envs > 1024:
        return f"n > 1024: a step of all takes n/4 × {1e3 * CPU_STEP_S:g} ms of CPU"
    return None
