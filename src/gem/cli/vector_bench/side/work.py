"""The env that every side steps: pure Python, the same code under every gym.

It does one of several kinds of work and ends every episode after `TURNS` turns. It is no env of any gym; the
modules of the sides make it one.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import cycle
from typing import Any, Literal

import numpy as np

Kind = Literal["cheap", "text", "blocking", "awaiting", "cpu"]
MIXTURE: tuple[Kind, ...] = ("cheap", "text", "blocking", "cpu")
"""What the envs of the kind `mixed` do, in turn."""
TURNS = 20
ACTION = "I go north, then look around for the lamp."
FIRST_OBSERVATION = "You are in a room with a door to the north."

TAIL, SHORTEST_S, LONGEST_S = 1.2, 0.01165, 1.0
"""Latencies: a Pareto distribution of that exponent, cut off."""
MEAN_LATENCY_S = SHORTEST_S * (TAIL - (SHORTEST_S / LONGEST_S) ** (TAIL - 1)) / (TAIL - 1)
LATENCIES = 256
"""So many each env draws; then they come again."""
StepCost = Literal["cheap", "blocking", "awaits", "cpu-heavy"]
STEP_COSTS: dict[Kind, StepCost] = {"blocking": "blocking", "awaiting": "awaits", "cpu": "cpu-heavy"}


class Work:
    """An env of one kind of work. `cpu_loops` is how much makes a step of the kind `cpu`."""

    def __init__(self, kind: Kind, cpu_loops: int = 0, seed: int | None = None) -> None:
        self.turn = 0
        self.step_cost: StepCost = STEP_COSTS.get(kind, "cheap")
        self._work = self.answer if kind == "cheap" else getattr(self, f"_{kind}")
        self._cpu_loops = cpu_loops
        self.latencies = latencies(seed or 0)

    def reset(self, seed: int | None = None, **_: Any) -> tuple[Any, dict[str, Any]]:
        """Start an episode; a seed also starts the latencies anew."""
        if seed is not None:
            self.latencies = latencies(seed)
        self.turn = 0
        return FIRST_OBSERVATION, {}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Do the work of one turn."""
        self.turn += 1
        return self._work(action), 1.0, False, self.turn >= TURNS, {}

    def close(self) -> None:
        """Nothing is held."""

    def answer(self, action: Any) -> str:
        """What there is to see; the whole work of the kind `cheap`."""
        del action
        turn = self.turn
        door = "north" if turn % 2 else "south"
        return f"You are in room {turn}, with a door to the {door}. On the floor lie {turn * 7 % 13} coins."

    def _text(self, action: Any) -> str:
        words = str(action).lower().replace(",", " ").split()
        known = {word: place for place, word in enumerate(words) if word.isalpha()}
        board = [[("#", ".", "@")[(row * column + self.turn) % 3] for column in range(6)] for row in range(6)]
        return f"{' '.join(sorted(known))}\n" + "\n".join(" ".join(row) for row in board)

    def _blocking(self, action: Any) -> str:
        time.sleep(next(self.latencies))
        return self.answer(action)

    _awaiting = _blocking
    """What cannot await can only block."""

    def _cpu(self, action: Any) -> str:
        busy(self._cpu_loops)
        return self.answer(action)


def kind_of(kind: str, index: int) -> Kind:
    """What env `index` of a vector of this kind does."""
    return MIXTURE[index % len(MIXTURE)] if kind == "mixed" else kind  # pyright: ignore[reportReturnType]


def latencies(seed: int) -> Iterator[float]:
    """Seconds that the turns of one env take: few long, most short, the same for the same seed on every side."""
    drawn = SHORTEST_S * (1.0 + np.random.default_rng(seed).pareto(TAIL, LATENCIES))
    return cycle(np.minimum(LONGEST_S, drawn).tolist())


def busy(loops: int) -> int:
    """Compute for a while, in pure Python."""
    total = 0
    for number in range(loops):
        total = (total + number * number) % 1_000_003
    return total


def loops_taking(seconds: float) -> int:
    """How many loops of `busy` take so long here, undisturbed."""
    loops = 20_000
    shortest_s = min(_seconds_of(loops) for _ in range(20))
    return max(1, round(loops * seconds / shortest_s))


def _seconds_of(loops: int) -> float:
    begun = time.perf_counter()
    busy(loops)
    return time.perf_counter() - begun
