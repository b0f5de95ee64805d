"""Lights Out: switch all lights off, when each press turns a light and its neighbours over.

    easy     3x3, 12 turns       plain    4x4, 20 turns       hard     5x5, 30 turns

The lights that are on come of random presses, so they can be switched off again. Pressing a light twice undoes it, and
the order does not matter: a solution is a set of lights. Ours is the smallest one and wins each id.
With partial credit, running out of turns on a legal press pays the share of the needed presses that are done.

    tier         lights   turns   presses needed (mean and most of 300)
    trivial      2x2        6        2.4     4
    easy         3x3       12        4.7     9
    medium       5x5       25        9.9    15
    hard         6x6       45       18.2    29
    very hard    7x7       60       24.6    34
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np

from gem.envs.games._game import Game, GameState, Outcome, illegal, played, won

ON, OFF = "*", "."
FILLERS = frozenset({"press", "row", "col", "column", "cell", "light", "at"})
"""Words of a move that say nothing about which light it is."""
SMALLEST, LARGEST = 2, 9


@dataclass(slots=True)
class State(GameState):
    """The lights: a set of cells, a bit each, row by row."""

    size: int = 4
    lights: int = 0
    """Those that are on."""
    needed: int = 1
    """Presses that the start needs."""


class LightsOutEnv(Game[State, tuple[int, int]]):
    """A square of `size` x `size` lights, which `max_turns` presses can switch off."""

    suffix = "Enter the light to press as \\boxed{row col}.\n"
    tiers: ClassVar[dict[str, dict[str, Any]]] = {
        "trivial": {"size": 2, "max_turns": 6},
        "easy": {"size": 3, "max_turns": 12},
        "medium": {"size": 5, "max_turns": 25},
        "hard": {"size": 6, "max_turns": 45},
        "very hard": {"size": 7, "max_turns": 60},
    }

    def __init__(self, size: int = 4, max_turns: int = 20, partial_credit: bool = True) -> None:
        super().__init__(partial_credit)
        if not SMALLEST <= size <= LARGEST:
            raise ValueError(f"size is {size}; a square has {SMALLEST} to {LARGEST} rows")
        self.size, self.turn_limit = size, max_turns

    # -- instance ---------------------------------------------------------------------------

    def new_game(self) -> State:
        size, turns = self.size, self.turn_limit
        while True:  # again if the presses undo each other, or need more turns than there are
            pressed = np.flatnonzero(self.rng.integers(2, size=size * size)).tolist()
            lights = after(size, pressed)
            needed = len(fewest_presses(size, lights))
            if 0 < needed <= turns:
                return State(turns, size=size, lights=lights, needed=needed)

    # -- text -------------------------------------------------------------------------------

    def rules(self) -> str:
        state = self.state
        last = state.size - 1
        return (
            f"There are {state.size} rows and columns of lights, counted from 0; {ON} is on and {OFF} is off.\n"
            "Pressing a light turns it over, on or off, together with those right above, below, left and right of it.\n"
            f"Switch all lights off within {state.max_turns} turns. Put the row and the column of the light to press in"
            f" a box, such as \\boxed{{0 {last}}}.\n"
        )

    def board(self) -> str:
        size, lights = self.state.size, self.state.lights
        signs = [ON if lights >> cell & 1 else OFF for cell in range(size * size)]
        rows = [f"{row} {' '.join(signs[row * size : (row + 1) * size])}\n" for row in range(size)]
        return f"  {' '.join(map(str, range(size)))}\n{''.join(rows)}"

    @staticmethod
    def parse(words: list[str]) -> tuple[int, int] | None:
        numbers = [word for word in words if word not in FILLERS]
        if len(numbers) != 2 or any(map(str.isalpha, numbers)):
            return None
        return int(numbers[0]), int(numbers[1])

    # -- rules ------------------------------------------------------------------------------

    def play(self, move: tuple[int, int]) -> Outcome:
        state = self.state
        row, col = move
        if not (0 <= row < state.size and 0 <= col < state.size):
            return illegal(f"rows and columns go from 0 to {state.size - 1}.")
        state.lights ^= patterns(state.size)[row * state.size + col]
        event = f"you press row {row}, column {col}; {state.lights.bit_count()} lights are on."
        return played(event) if state.lights else won(event)

    def consolation(self) -> float:
        return max(0.0, 1 - self.distance() / self.state.needed)

    # -- solver -----------------------------------------------------------------------------

    def solve(self) -> str:
        row, col = divmod(fewest_presses(self.state.size, self.state.lights)[0], self.state.size)
        return f"\\boxed{{{row} {col}}}"

    def distance(self) -> float:
        """Presses that are still needed, exactly."""
        return float(len(fewest_presses(self.state.size, self.state.lights)))

    def random_move(self, rng: np.random.Generator) -> str:
        row, col = rng.integers(self.state.size, size=2)
        return f"{row} {col}"


@lru_cache(maxsize=16)
def patterns(size: int) -> list[int]:
    """The lights that each press turns over."""
    found: list[int] = []
    for cell in range(size * size):
        row, col = divmod(cell, size)
        near = [(row, col), (row - 1, col), (row + 1, col), (row, col - 1), (row, col + 1)]
        found.append(sum(1 << y * size + x for y, x in near if 0 <= y < size and 0 <= x < size))
    return found


def after(size: int, presses: list[int]) -> int:
    """The lights that are on when these are pressed, all being off."""
    lights = 0
    for cell in presses:
        lights ^= patterns(size)[cell]
    return lights


@lru_cache(maxsize=16384)
def fewest_presses(size: int, lights: int) -> list[int]:
    """The smallest set of presses that switches these lights off; not to be changed. They must come from presses."""
    reduced, idle = _elimination(size)
    presses = 0
    while lights:
        pattern, pressed = reduced[lights.bit_length()]
        lights ^= pattern
        presses ^= pressed
    best = min((presses ^ change for change in idle), key=int.bit_count)
    return [cell for cell in range(size * size) if best >> cell & 1]


@lru_cache(maxsize=16)
def _elimination(size: int) -> tuple[dict[int, tuple[int, int]], list[int]]:
    """Gaussian elimination over the two-element field.

    For each bit length at most one pattern of that length with the presses that make it; and all sets of
    presses that change no light, the empty one among them.
    """
    reduced: dict[int, tuple[int, int]] = {}
    idle: list[int] = []
    for cell in range(size * size):
        pattern, pressed = patterns(size)[cell], 1 << cell
        while pattern and pattern.bit_length() in reduced:
            other, others = reduced[pattern.bit_length()]
            pattern, pressed = pattern ^ other, pressed ^ others
        if pattern:
            reduced[pattern.bit_length()] = pattern, pressed
        else:
            idle.append(pressed)
    combined = [0]
    for change in idle:
        combined += [one ^ change for one in combined]
    return reduced, combined
