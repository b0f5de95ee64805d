"""2048: slide all tiles to one side, where equal neighbours merge, until one shows the target.

    easy     64, 50 turns       hard     512, 350 turns       extreme-hard, plain     2048, 1200 turns
    random   16 in 20 turns, 32 in 30 or 64 in 50, drawn for each episode

Each turn adds a 2 or, one time out of ten, a 4, so the tiles grow by 2.2 a turn: 512 takes at least some 230
turns and 2048 some 930. The turn limits leave room for the tiles that stay behind. Our solver plays fair (it
averages over tiles to come) and won all of 2500 games of easy (36 turns at the median, 49 at most), of 500 of hard
(251 and 303), 498 of 500 with 1024 in 700 turns, and 490 of 500 with 2048 (972 and 1090): there, where the tiles fall
decides the rest.

The -v1 ids have higher targets or tighter limits: plain is 1024 in 700 turns, easy 256 in 175 (our solver needed 163 at
most in 500 games), hard has 315 turns, random is 256, 512 or 1024. Moves without a thought still get far in this game:
down, left, down, right again and again makes half of -v1-easy and a sixth of -v1-hard, which no turn limit that a good
player needs can prevent.

    tier         target   turns   turns of our solver at the median
    trivial        32       30          18
    easy          128      120          68
    medium        512      350         251
    hard         1024      700         489
    very hard    2048     1200         972

A step pays its share of the doublings from the first largest tile to the target; a win sums to 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np

from gem.envs.games._game import PLAYED, Game, GameState, Outcome, illegal, lost, won
from gem.envs.games._game_2048_moves import DIRECTIONS, Grid, Row, moved
from gem.envs.games._game_2048_solver import best_direction

FILLERS = frozenset({"move", "go", "slide", "swipe"})
"""Words before a direction that say nothing."""
TURNS = {16: 20, 32: 30, 64: 50, 128: 100, 256: 175, 512: 315, 1024: 650, 2048: 1200}
"""Turn limit by target, where none is given; beyond, six tenths of the target."""
LARGEST_BOARD = 8
EASY_TARGETS = (16, 32, 64)
"""What `target_tile=None` draws from."""


@dataclass(slots=True)
class State(GameState):
    """The tiles."""

    target: int = 2048
    grid: Grid = ()
    """Rows of tiles; 0 is an empty cell."""
    top: int = 0
    """The largest tile."""
    first_top: int = 0
    """The largest tile at the start."""


class Game2048Env(Game[State, str]):
    """Make a tile of `target_tile`; of several targets, or the easy ones for `None`, each episode draws one.

    `max_turns=None` gives each target a limit of its own. Raises `ValueError` for a target that no board of this size
    holds, or that not even a 4 with each turn adds up to.
    """

    suffix = "Enter your move as \\boxed{up}, \\boxed{down}, \\boxed{left} or \\boxed{right}.\n"
    tiers: ClassVar[dict[str, dict[str, Any]]] = {
        "trivial": {"target_tile": 32, "max_turns": 30},
        "easy": {"target_tile": 128, "max_turns": 120},
        "medium": {"target_tile": 512, "max_turns": 350},
        "hard": {"target_tile": 1024, "max_turns": 700},
        "very hard": {"target_tile": 2048, "max_turns": 1200},
    }

    def __init__(
        self,
        target_tile: int | Sequence[int] | None = 2048,
        max_turns: int | None = 1000,
        board_size: int = 4,
        partial_credit: bool = True,
    ) -> None:
        super().__init__(partial_credit)
        if target_tile is None:
            target_tile = EASY_TARGETS
        self.targets = (target_tile,) if isinstance(target_tile, int) else tuple(target_tile)
        if not 2 <= board_size <= LARGEST_BOARD:
            raise ValueError(f"board_size is {board_size}; boards have 2 to {LARGEST_BOARD} rows")
        if not self.targets:
            raise ValueError("target_tile is empty; it is a tile, or several to draw from")
        for target in self.targets:
            if target < 8 or target & (target - 1) or target > 2 ** (board_size * board_size):
                size = f"{board_size}x{board_size}"
                raise ValueError(
                    f"target_tile {target}: on a {size} board it is a power of two from 8 to 2**{board_size**2}"
                )
            if max_turns is not None and target > 4 * (max_turns + 2):
                raise ValueError(f"target_tile {target}: the tiles of {max_turns} turns sum to {4 * (max_turns + 2)}")
        self.turn_limit, self.board_size = max_turns, board_size

    # -- instance ---------------------------------------------------------------------------

    def new_game(self) -> State:
        targets = self.targets
        target = targets[0] if len(targets) == 1 else targets[self.rng.integers(len(targets))]
        turns = self.turn_limit
        if turns is None:
            turns = TURNS.get(target, target * 6 // 10)
        empty = ((0,) * self.board_size,) * self.board_size
        grid = self._with_new_tile(self._with_new_tile(empty))
        top = max(map(max, grid))
        return State(turns, target=target, grid=grid, top=top, first_top=top)

    def _with_new_tile(self, grid: Grid) -> Grid:
        """`grid` with a 2, or a 4 in one case out of ten, in one of its empty cells."""
        size, random = self.board_size, self.rng.random
        empty = [place for place, tile in enumerate([tile for row in grid for tile in row]) if not tile]
        y, x = divmod(empty[int(random() * len(empty))], size)
        row = grid[y]
        row = (*row[:x], 2 if random() < 0.9 else 4, *row[x + 1 :])
        return (*grid[:y], row, *grid[y + 1 :])

    # -- text -------------------------------------------------------------------------------

    def rules(self) -> str:
        state = self.state
        return (
            f"Make a tile of {state.target} within {state.max_turns} turns.\n"
            "Each turn slides all tiles up, down, left or right as far as they go. Two equal tiles that meet merge"
            " into one of twice the value, each tile once a turn. Then a new tile, 2 or now and then 4, appears in an"
            " empty cell.\n"
            "A move has to change the board; when none can, the game is lost. Put your move in a box, such as"
            " \\boxed{left}.\n"
        )

    def board(self) -> str:
        return "\n".join(map(_line, self.state.grid)) + "\n"

    @staticmethod
    def parse(words: list[str]) -> str | None:
        if words and words[-1] in DIRECTIONS and FILLERS.issuperset(words[:-1]):
            return words[-1]
        return None

    # -- rules ------------------------------------------------------------------------------

    def play(self, move: str) -> Outcome:
        state = self.state
        grid = moved(state.grid, move)
        if grid == state.grid:
            return illegal(f"no tile can go {move}.")
        state.grid = grid = self._with_new_tile(grid)
        top, before = max(map(max, grid)), state.top
        reward = 0.0
        if top > before:
            steps = (state.target // state.first_top).bit_length() - 1
            reward = (top // before).bit_length() / steps - 1 / steps
            state.top = top
        if top >= state.target:
            return won(f"the tiles go {move} and make {top}.", reward)
        if all(map(all, grid)) and not any(moved(grid, way) != grid for way in DIRECTIONS):
            return lost(f"the tiles go {move}; no more moves can be made.", reward)
        return f"the tiles go {move}.", reward, PLAYED

    # -- solver -----------------------------------------------------------------------------

    def solve(self) -> str:
        state = self.state
        return f"\\boxed{{{best_direction(state.grid, state.target, state.max_turns - state.turn)}}}"

    def random_move(self, rng: np.random.Generator) -> str:
        grid = self.state.grid
        legal = [way for way in DIRECTIONS if moved(grid, way) != grid]
        return legal[rng.integers(len(legal))]


@lru_cache(maxsize=4096)
def _line(row: Row) -> str:
    return "".join([f"{tile or '.':>5}" for tile in row])
