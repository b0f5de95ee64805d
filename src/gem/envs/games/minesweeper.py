"""Minesweeper: open every cell without a mine; a number says how many of the cells around it are mines.

    easy     5x5, 5 mines, 25 turns      hard     8x8, 12 mines, 64 turns      plain    8x8, 10 mines, 64 turns
    random   n x n with n from 5 to 8, n * n // 5 mines and n * n turns, drawn for each episode

The first cell revealed and those around it are never mines. Each board is proved winnable by logic alone
from there, so perfect play wins each id. Opening all cells one by one would fit the turns (the released
GEM's plain board has 20 turns, which not every board can be won in).

    tier         board   mines   turns   turns of our solver, on average
    trivial      4x4       2       16          2.9
    easy         6x6       6       36          8.6
    medium       8x8      12       64         20.0
    hard        10x10     20      100         36.9
    very hard   16x16     48      256         97.2
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np

from gem.envs.games import _minesweeper_odds
from gem.envs.games._game import PLAYED, Game, GameState, Outcome, illegal, lost, won
from gem.envs.games._minesweeper_deduction import Size, deduced, demands, opened_by, places, size, solvable

CLOSED, FLAG, MINE = ".", "F", "*"
HIDDEN = CLOSED + FLAG
VERBS = {"reveal": "reveal", "open": "reveal", "flag": "flag", "unflag": "unflag"}
"""Words for what to do with a cell, and what they mean."""
FILLERS = frozenset({"row", "r", "col", "column", "c", "cell", "at"})
MAX_CELLS = 2500
"""Larger boards take the solver too long."""
MAX_TRIES = 100
"""Boards drawn at most before one that may need a guess is taken; only boards far denser than ours need so many."""

Move = tuple[str, int, int]
"""What to do, the row and the column."""


@dataclass(slots=True)
class State(GameState):
    """The board."""

    rows: int = 8
    cols: int = 8
    mines: int = 10
    mined: int = 0
    """The set of mined cells, a bit each; empty until the first cell is revealed."""
    shown: list[str] = field(default_factory=list[str])
    """What the player sees of each cell, row by row."""
    opened: int = 0
    """The set of revealed cells."""


class MinesweeperEnv(Game[State, Move]):
    """A board of `rows` x `cols`; `None` for rows, cols or mines draws a square one from 5x5 to 8x8 for each episode.

    `max_turns=None` gives as many turns as there are cells. `no_guess=False` also allows boards that
    need luck. Raises `ValueError` if the mines do not fit around the first cell, or the board is huge.
    """

    suffix = "Enter your move as \\boxed{reveal row col} or \\boxed{flag row col}.\n"
    tiers: ClassVar[dict[str, dict[str, Any]]] = {
        "trivial": {"rows": 4, "cols": 4, "num_mines": 2, "max_turns": 16},
        "easy": {"rows": 6, "cols": 6, "num_mines": 6, "max_turns": 36},
        "medium": {"rows": 8, "cols": 8, "num_mines": 12, "max_turns": 64},
        "hard": {"rows": 10, "cols": 10, "num_mines": 20, "max_turns": 100},
        "very hard": {"rows": 16, "cols": 16, "num_mines": 48, "max_turns": 256},
    }

    def __init__(
        self,
        rows: int | None = 8,
        cols: int | None = 8,
        num_mines: int | None = 10,
        max_turns: int | None = None,
        partial_credit: bool = True,
        no_guess: bool = True,
    ) -> None:
        super().__init__(partial_credit)
        self.shape = (rows, cols, num_mines) if rows and cols and num_mines else None
        if self.shape is None and (rows, cols, num_mines) != (None, None, None):
            raise ValueError("rows, cols and num_mines are all positive, or all None to be drawn for each episode")
        if self.shape:
            _check_room(*self.shape)
        self.turn_limit, self.no_guess = max_turns, no_guess

    # -- instance ---------------------------------------------------------------------------

    def new_game(self) -> State:
        if self.shape:
            rows, cols, mines = self.shape
        else:
            rows = cols = int(self.rng.integers(5, 8, endpoint=True))
            mines = rows * cols // 5
        cells = rows * cols
        turns = cells if self.turn_limit is None else self.turn_limit
        return State(turns, rows=rows, cols=cols, mines=mines, shown=[CLOSED] * cells)

    def _mined(self, shape: Size, first: int) -> int:
        """Mines away from the cell `first`, laid anew until the board can be won without guessing."""
        room, count = _room(shape, first), self.state.mines
        mined = 0
        for _ in range(MAX_TRIES):
            mined = _drawn(room, self.rng.random(count).tolist())
            if not self.no_guess or solvable(shape, mined, first):
                break
        return mined

    # -- text -------------------------------------------------------------------------------

    def rules(self) -> str:
        state = self.state
        return (
            f"The board has {state.rows} rows and {state.cols} columns, counted from 0, and {state.mines} hidden"
            f" mines.\nReveal all {len(state.shown) - state.mines} cells without a mine within {state.max_turns} turns."
            " Revealing a mine loses the game; the first cell you reveal and those around it are safe.\n"
            "A revealed cell shows how many of the 8 cells around it are mines; around a 0 all cells open. A dot is a"
            " hidden cell. F is a hidden cell with a flag, which guards it against being revealed; flagging it again"
            " takes the flag away. Flags are not needed to win.\n"
            "Put your move in a box, such as \\boxed{reveal 2 3} or \\boxed{flag 0 1} (row first).\n"
        )

    def board(self) -> str:
        state = self.state
        return _picture(state.rows, state.cols) % tuple(state.shown)

    @staticmethod
    def parse(words: list[str]) -> Move | None:
        match [word for word in words if word not in FILLERS]:
            case [verb, row, col] if verb in VERBS and not (row.isalpha() or col.isalpha()):
                return VERBS[verb], int(row), int(col)
            case _:
                return None

    # -- rules ------------------------------------------------------------------------------

    def play(self, move: Move) -> Outcome:
        state = self.state
        verb, row, col = move
        if not (0 <= row < state.rows and 0 <= col < state.cols):
            return illegal(f"rows go from 0 to {state.rows - 1} and columns from 0 to {state.cols - 1}.")
        place = row * state.cols + col
        seen = state.shown[place]
        if seen not in HIDDEN:
            return illegal(f"row {row}, column {col} is already open.")
        if verb == "reveal":
            if seen == FLAG:
                return illegal(f"row {row}, column {col} has a flag, so it is not revealed.")
            return self._reveal(place, row, col)
        if seen == FLAG:
            state.shown[place] = CLOSED
            return f"the flag at row {row}, column {col} is gone.", 0.0, PLAYED
        if verb == "unflag":
            return illegal(f"row {row}, column {col} has no flag.")
        state.shown[place] = FLAG
        return f"row {row}, column {col} has a flag now.", 0.0, PLAYED

    def _reveal(self, place: int, row: int, col: int) -> Outcome:
        state = self.state
        shape = size(state.rows, state.cols)
        if not state.opened:
            state.mined = self._mined(shape, place)
        shown, mined = state.shown, state.mined
        if mined >> place & 1:
            shown[place] = MINE
            return lost(f"there is a mine at row {row}, column {col}.")
        flags = sum(1 << spot for spot, seen in enumerate(shown) if seen == FLAG) if FLAG in shown else 0
        opened = opened_by(shape, mined, state.opened | 1 << place, flags)
        new = opened ^ state.opened
        state.opened = opened
        for spot in places(new):
            shown[spot] = "012345678"[(shape.around[spot] & mined).bit_count()]
        count = new.bit_count()
        reward = count / (len(shown) - state.mines)
        if opened == shape.cells ^ mined:
            return won(f"row {row}, column {col} is safe, and all cells without a mine are open.", reward)
        return f"row {row}, column {col} is safe; {count} opened.", reward, PLAYED

    # -- solver -----------------------------------------------------------------------------

    def solve(self) -> str:
        """A cell that must be safe, else the one least likely a mine. A wrong flag on it is taken away first."""
        state = self.state
        place = (
            self._best_cell(size(state.rows, state.cols)) if state.opened else len(state.shown) // 2 + state.cols // 2
        )
        verb = "flag" if state.shown[place] == FLAG else "reveal"
        return f"\\boxed{{{verb} {place // state.cols} {place % state.cols}}}"

    def _best_cell(self, shape: Size) -> int:
        state = self.state
        digits = [0, 0, 0, 0]
        for place in places(state.opened):
            for digit in range(4):
                digits[digit] |= (int(state.shown[place]) >> digit & 1) << place
        numbers = (digits[0], digits[1], digits[2], digits[3])
        safe, known = deduced(shape, state.opened, numbers, state.mines)
        if safe:
            return next(places(safe))
        unknown = shape.cells ^ (state.opened | known)
        return _minesweeper_odds.safest(
            unknown, demands(shape, state.opened, numbers, known), state.mines - known.bit_count()
        )

    def distance(self) -> float:
        """Turns of the solver at most: each opens a safe cell, or takes a flag away that stands on one."""
        state = self.state
        closed = len(state.shown) - state.mines - state.opened.bit_count()
        return closed + state.shown.count(FLAG) if closed else 0

    def random_move(self, rng: np.random.Generator) -> str:
        hidden = [place for place, seen in enumerate(self.state.shown) if seen == CLOSED]
        verb = "reveal" if hidden and rng.random() < 0.9 else "flag"
        hidden = hidden or [place for place, seen in enumerate(self.state.shown) if seen == FLAG]
        place = hidden[rng.integers(len(hidden))]
        return f"{verb} {place // self.state.cols} {place % self.state.cols}"


def _check_room(rows: int, cols: int, mines: int) -> None:
    """Raise `ValueError` if the board is too large, or has no room for a safe first cell and its neighbours."""
    if rows * cols > MAX_CELLS:
        raise ValueError(f"{rows}x{cols} are {rows * cols} cells; there are at most {MAX_CELLS}")
    room = rows * cols - min(rows, 3) * min(cols, 3)
    if min(rows, cols, mines) < 1 or mines > room:
        raise ValueError(
            f"{mines} mines on {rows}x{cols}: the first cell and its neighbours are safe, so it takes 1 to {room}"
        )


@lru_cache(maxsize=1024)
def _room(shape: Size, first: int) -> list[int]:
    """The cells that may hold mines when `first` is revealed first."""
    return list(places(shape.cells & ~shape.widened(1 << first)))


def _drawn(room: list[int], random: list[float]) -> int:
    """The set of as many of the cells in `room` as there are numbers from [0, 1): a shuffle that stops early."""
    cells, left = room[:], len(room)
    drawn = 0
    for number in random:
        spot = int(number * left)
        left -= 1
        drawn |= 1 << cells[spot]
        cells[spot] = cells[left]
    return drawn


@lru_cache(maxsize=64)
def _picture(rows: int, cols: int) -> str:
    """The board of one size, with a gap for each cell."""
    width = len(str(max(rows, cols) - 1))
    head = " " * width + "".join(f" {col:>{width}}" for col in range(cols))
    gap = " " * width + "%s"
    lines = (f"{row:>{width}}{gap * cols}" for row in range(rows))
    return "\n".join((head, *lines, ""))
