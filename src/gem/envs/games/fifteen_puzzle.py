"""Fifteen puzzle: slide the tiles of a square, one at a time into the gap, until they are in order.

    easy     2x2, 10 turns (-v1: 3x3, 15 turns)       hard     4x4, 50 turns
    random   2x2 (10 turns), 3x3 (20) or 4x4 (50), drawn for each episode (-v1: 3x3 or 4x4)
    plain    2x2, 20 turns (-v1: 3x3, 31 turns: any board that can be solved)

Every start can be solved in time. Up to 3x3 all distances are known, a start is any board near enough, each as
likely, and the expert needs the fewest moves. On larger boards a start comes from a walk away from the goal,
at most as long as the turn limit, that never turns straight back; the expert finds a short way by search. Random
moves win a third to a half of the 2x2 games, so no -v1 id has them. Tiers, by the fewest moves at the mean:

    tier        board                       limit     moves
    trivial     2x2                            10       3.3
    easy        3x3, up to 15 moves            15      13.3
    medium      3x3, any                       31      22.0
    hard        4x4, walk of 49 or 50          50      35.2 (our solver: 36.3)
    very hard   4x4, any                      128      52.6 (our solver: 56.5)

With partial credit, running out of turns on a legal move pays the share of the tiles in their places.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import ClassVar, Literal

import numpy as np

from gem.envs.games._fifteen_puzzle_boards import (
    DIRECTIONS,
    MAX_EXACT_ROWS,
    Board,
    distances,
    moved,
    solved,
    sources,
)
from gem.envs.games._fifteen_puzzle_search import Ways, plan, route
from gem.envs.games._game import PLAYED, Game, GameState, Outcome, illegal, won

TURNS = {2: 10, 3: 20, 4: 50, 5: 100}
"""Turn limit by number of rows, where none is given."""
SIZES = (2, 3, 4)
"""What `num_rows=None` draws from."""
FILLERS = frozenset({"move", "slide", "push", "go", "tile"})
"""Words of a move that say nothing about which move it is."""


@dataclass(slots=True)
class State(GameState):
    """Where the tiles are."""

    rows: int = 2
    tiles: Board = ()
    start: Board = ()
    """The first board: the expert plans from there, and keeps to its plan."""


class FifteenPuzzleEnv(Game[State, str]):
    """A square of `num_rows` rows; of several sizes, or 2 to 4 for `None`, each episode draws one.

    With "monte_carlo" a start is at most `mc_rand_moves` moves from the goal (above 3x3 the end of a walk
    of at most so many), with "pure_random" any solvable board; either way it can be solved within `max_turns`.
    Above 3x3, "pure_random" needs 2 * num_rows**3 turns, which every board can be solved in. Raises
    `ValueError` for fewer, or for sizes that the solver isn't made for.
    """

    suffix = "Enter your move as \\boxed{up}, \\boxed{down}, \\boxed{left} or \\boxed{right}.\n"
    tiers: ClassVar = {
        "trivial": {"num_rows": 2, "max_turns": 10},
        "easy": {"num_rows": 3, "max_turns": 15},
        "medium": {"num_rows": 3, "max_turns": 31},
        "hard": {"num_rows": 4, "max_turns": 50},
        "very hard": {"num_rows": 4, "max_turns": 128, "init_algo": "pure_random"},
    }

    def __init__(
        self,
        max_turns: int | None = 20,
        num_rows: int | Sequence[int] | None = 2,
        init_algo: Literal["monte_carlo", "pure_random"] = "monte_carlo",
        mc_rand_moves: int = 100,
        partial_credit: bool = True,
    ) -> None:
        super().__init__(partial_credit)
        self.sizes = (num_rows,) if isinstance(num_rows, int) else tuple(num_rows or SIZES)
        if not TURNS.keys() >= set(self.sizes):
            raise ValueError(f"num_rows is {num_rows}; boards have 2 to {max(TURNS)} rows")
        if init_algo not in ("monte_carlo", "pure_random"):
            raise ValueError(f"init_algo is {init_algo!r}; there are 'monte_carlo' and 'pure_random'")
        if mc_rand_moves < 1 or (max_turns is not None and max_turns < 1):
            raise ValueError("max_turns and mc_rand_moves are at least 1: no board starts solved")
        self.turn_limit, self.pure, self.walk = max_turns, init_algo == "pure_random", mc_rand_moves
        for rows in self.sizes:
            if self.pure and rows > MAX_EXACT_ROWS and self._turns(rows) < 2 * rows**3:
                raise ValueError(f"pure_random on {rows}x{rows} needs at least {2 * rows**3} turns")

    # -- instance ---------------------------------------------------------------------------

    def new_game(self) -> State:
        sizes = self.sizes
        rows = sizes[0] if len(sizes) == 1 else sizes[self.rng.integers(len(sizes))]
        turns = self._turns(rows)
        furthest = turns if self.pure else min(turns, self.walk)
        start = solved(rows)
        while start == solved(rows):
            if rows <= MAX_EXACT_ROWS:
                start = distances(rows).drawn(self.rng, furthest)
            elif self.pure:
                start = _shuffled(rows, self.rng)
            else:
                room = turns if rows == 4 else max(turns * 3 // 4, 1)  # the plans for 5x5 are less short
                start = _scrambled(rows, min(furthest, room), self.rng)
        return State(turns, rows=rows, tiles=start, start=start)

    def _turns(self, rows: int) -> int:
        return TURNS[rows] if self.turn_limit is None else self.turn_limit

    # -- text -------------------------------------------------------------------------------

    def rules(self) -> str:
        state = self.state
        last = state.rows**2 - 1
        return (
            f"Slide the tiles until they are in order, row by row from 1 to {last}, with the gap _ at the end."
            f" You have {state.max_turns} turns.\n"
            "Each turn, one of the tiles beside the gap goes into it. Say which way that tile goes:"
            " \\boxed{up} takes the tile below the gap up into it.\n"
        )

    def board(self) -> str:
        return _picture(self.state.tiles, self.state.rows)

    @staticmethod
    def parse(words: list[str]) -> str | None:
        ways = [word for word in words if word not in FILLERS]
        return ways[0] if len(ways) == 1 and ways[0] in DIRECTIONS else None

    # -- rules ------------------------------------------------------------------------------

    def play(self, move: str) -> Outcome:
        state = self.state
        after = moved(state.tiles, move)
        if after is None:
            return illegal(f"no tile can go {move}.")
        event = f"tile {after[state.tiles.index(0)]} goes {move}."
        state.tiles = after
        return won(event) if after == solved(state.rows) else (event, 0.0, PLAYED)

    def consolation(self) -> float:
        tiles = self.state.tiles
        return sum(map(int.__eq__, tiles, range(1, len(tiles)))) / (len(tiles) - 1)

    # -- solver -----------------------------------------------------------------------------

    def solve(self) -> str:
        """The next move of the plan for the start; away from it, or with turns lost, of a new plan."""
        return f"\\boxed{{{self._ways()[0]}}}"

    def distance(self) -> float:
        """The moves that `solve()` still needs: up to 3x3 the fewest, above an upper bound on them."""
        return float(len(self._ways())) if self.state.tiles != solved(self.state.rows) else 0.0

    def _ways(self) -> Ways:
        state = self.state
        left = state.max_turns - state.turn
        ways = route(state.start, state.max_turns).get(state.tiles)
        if ways is None or len(ways) > left:
            ways = plan(state.tiles, left) or ways or plan(state.tiles, 2 * state.rows**3)
        return ways or tuple(sources(state.rows)[state.tiles.index(0)])

    def random_move(self, rng: np.random.Generator) -> str:
        legal = list(sources(self.state.rows)[self.state.tiles.index(0)])
        return legal[rng.integers(len(legal))]


def _scrambled(rows: int, furthest: int, rng: np.random.Generator) -> Board:
    """The end of a walk from the goal that never turns straight back, of `furthest` moves or one less."""
    tiles, gap, last = list(solved(rows)), rows * rows - 1, -1
    for number in rng.random(furthest - int(rng.integers(min(furthest, 2)))).tolist():
        onwards = [cell for cell in sources(rows)[gap].values() if cell != last]
        gap, last = onwards[int(number * len(onwards))], gap
        tiles[last], tiles[gap] = tiles[gap], 0
    return tuple(tiles)


def _shuffled(rows: int, rng: np.random.Generator) -> Board:
    """A board that can be solved; each is equally likely."""
    cells = rows * rows
    tiles: list[int] = rng.permutation(cells).tolist()
    gap = tiles.index(0)
    swaps = sum(a > b for a, b in combinations([tile or cells for tile in tiles], 2))
    if (swaps + gap // rows + gap % rows) % 2:  # every move is a swap, and takes the gap one cell further
        one, other = [cell for cell in range(3) if cell != gap][:2]
        tiles[one], tiles[other] = tiles[other], tiles[one]
    return tuple(tiles)


@lru_cache(maxsize=4096)
def _picture(tiles: Board, rows: int) -> str:
    shown = [f"{tile or '_':>2}" for tile in tiles]
    return "".join(" ".join(shown[cell : cell + rows]) + "\n" for cell in range(0, len(tiles), rows))
