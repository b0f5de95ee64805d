"""Sudoku: fill the grid so that every row, column and box holds each number once.

    easy     4x4, 10 clues, 15 turns (-v1: 16, 12)         hard     9x9, 50 clues, 50 turns
    plain    9x9, 30 clues, 100 turns (-v1: 40, 40)        random   -v0-easy or hard, drawn for each episode

As in the released GEM, `clues` counts the cells *tried* for removal from a full grid. A cell stays if the grid would
have a second solution without it, and removal ends when as many are empty as there are turns. So each puzzle has one
solution, can be filled in its turns, and the player may be wrong as often as turns are left over: 0 to 6 times on
hard. Our solver is never wrong. A number that breaks no rule so far and yet is wrong is called just that.

Trying numbers blindly gains little, since each try costs a turn. A player who goes through the cells in order, and
tries only what breaks no rule, fills all of -v0 and -v0-easy, but 6 % of -v1, 29 % of -v1-easy, 41 % of -v1-random and
5 % of hard. That is why -v1 empties more cells in fewer turns. Each right number pays its share of 1.

    tier         grid   clues   turns   empty cells   solved by singles alone   guesses of our solver
    trivial      4x4      4       5        4.0               100 %                     0
    easy         4x4     16      12       11.7               100 %                     0
    medium       9x9     30      32       29.8               100 %                     0
    hard         9x9     50      50       47.3                96 %                     0.04
    very hard    9x9     81      58       56.6                44 %                     1.8

A single is a number with no alternative in its cell, row, column or box. A guess is what search adds to them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np

from gem.envs.games._game import Game, GameState, Outcome, illegal, played, won
from gem.envs.games._sudoku_solver import EMPTY, dug, grid, next_number, size_of

SIDES = {4: 2, 9: 3}
"""Rows and columns of a box, by the size of the grid."""
EASY, HARD = (10, 15, 4), (50, 50, 9)
"""Cells tried, turns and size that a random episode draws from."""
NAMES = {"row": 0, "r": 0, "column": 1, "col": 1, "c": 1, "number": 2, "digit": 2, "value": 2, "n": 2}
"""Words that may stand before the row, the column and the number of a move."""

Move = tuple[int, int, int]
"""Row, column and number."""


@dataclass(slots=True)
class State(GameState):
    """The grid."""

    solution: str = ""
    """The numbers of all cells, row by row."""
    shown: str = ""
    """The same with dots for empty cells."""
    gaps: int = 0
    """Empty cells at the start."""
    wrong: list[str] = field(default_factory=list[str])
    """Moves to empty cells that broke no rule so far and yet were wrong, as the board shows them."""


class SudokuEnv(Game[State, Move]):
    """A grid of `scale` x `scale`, 4 or 9, dug by trying `clues` cells.

    `None` for clues, max_turns and scale draws easy or hard for each episode.
    """

    suffix = "Enter your move as \\boxed{row column number}.\n"
    tiers: ClassVar[dict[str, dict[str, Any]]] = {
        "trivial": {"scale": 4, "clues": 4, "max_turns": 5},
        "easy": {"scale": 4, "clues": 16, "max_turns": 12},
        "medium": {"scale": 9, "clues": 30, "max_turns": 32},
        "hard": {"scale": 9, "clues": 50, "max_turns": 50},
        "very hard": {"scale": 9, "clues": 81, "max_turns": 58},
    }

    def __init__(
        self,
        clues: int | None = 30,
        max_turns: int | None = 100,
        scale: int | None = 9,
        partial_credit: bool = True,
    ) -> None:
        super().__init__(partial_credit)
        self.instance = None
        if clues is not None and max_turns is not None and scale is not None:
            self.instance = clues, max_turns, scale
            _check(clues, max_turns, scale)
        elif (clues, max_turns, scale) != (None, None, None):
            raise ValueError("clues, max_turns and scale are all given, or all None to be drawn for each episode")

    # -- instance ---------------------------------------------------------------------------

    def new_game(self) -> State:
        random = self.rng.random
        clues, turns, size = self.instance or (EASY if random() < 0.5 else HARD)
        solution = grid(size, lambda choices: int(random() * choices))
        tried: list[int] = self.rng.permutation(size * size)[:clues].tolist()
        shown = dug(solution, tried, most=turns)
        return State(turns, solution=solution, shown=shown, gaps=shown.count(EMPTY))

    # -- text -------------------------------------------------------------------------------

    def rules(self) -> str:
        state = self.state
        size = size_of(state.shown)
        side = SIDES[size]
        return (
            f"Fill the grid: each row, each column and each of the {size} boxes of {side}x{side} cells has to hold"
            f" every number from 1 to {size} once. There is only one way to do it.\n"
            f"{state.gaps} cells are empty, shown as dots, and you have {state.max_turns} turns. A number that is not"
            " the right one is not entered, but takes its turn.\n"
            "Put your move in a box: row, column (both counted from 1) and number, such as \\boxed{2 1 4}.\n"
        )

    def board(self) -> str:
        state = self.state
        picture = _picture(size_of(state.shown)) % tuple(state.shown)
        return f"{picture}Tried and wrong: {', '.join(state.wrong)}.\n" if state.wrong else picture

    @staticmethod
    def parse(words: list[str]) -> Move | None:
        numbers: list[int] = []
        for word in words:
            if not word.isalpha():
                numbers.append(int(word))
            elif NAMES.get(word) != len(numbers):
                return None
        return (numbers[0], numbers[1], numbers[2]) if len(numbers) == 3 else None

    # -- rules ------------------------------------------------------------------------------

    def play(self, move: Move) -> Outcome:
        state = self.state
        row, col, number = move
        size = size_of(state.shown)
        if not (1 <= row <= size and 1 <= col <= size and 1 <= number <= size):
            return illegal(f"rows, columns and numbers go from 1 to {size}.")
        place = (row - 1) * size + col - 1
        digit, shown = str(number), state.shown
        if shown[place] != EMPTY:
            return illegal(f"row {row}, column {col} already holds {shown[place]}.")
        if digit == state.solution[place]:
            state.shown = shown = shown[:place] + digit + shown[place + 1 :]
            state.wrong = [tried for tried in state.wrong if not tried.startswith(f"{row} {col} ")]
            event = f"{digit} is right at row {row}, column {col}"
            share = 1 / state.gaps
            return played(f"{event}.", share) if EMPTY in shown else won(f"{event}, and the grid is full.", share)
        if clash := _clash(shown, row, col, digit):
            return illegal(f"{clash} already holds a {digit}.")
        attempt = f"{row} {col} {number}"
        if attempt in state.wrong:
            return illegal(f"{digit} at row {row}, column {col} was tried before, and is wrong.")
        state.wrong.append(attempt)
        return played(f"{digit} at row {row}, column {col} breaks no rule so far, but does not lead to the solution.")

    # -- solver -----------------------------------------------------------------------------

    def solve(self) -> str:
        """A number that is forced, if any is by its cell, row, column or box alone."""
        cell, number = next_number(self.state.shown)
        row, col = divmod(cell, size_of(self.state.shown))
        return f"\\boxed{{{row + 1} {col + 1} {number}}}"

    def distance(self) -> float:
        """Turns to the end, exact: one for each empty cell."""
        return self.state.shown.count(EMPTY)

    def random_move(self, rng: np.random.Generator) -> str:
        shown = self.state.shown
        size = size_of(shown)
        empty = [cell for cell, number in enumerate(shown) if number == EMPTY]
        row, col = divmod(empty[rng.integers(len(empty))], size)
        return f"{row + 1} {col + 1} {rng.integers(1, size, endpoint=True)}"


def _check(clues: int, turns: int, size: int) -> None:
    """Raise `ValueError` where there is no such grid."""
    if size not in SIDES:
        raise ValueError(f"scale is {size}; a grid has {' or '.join(map(str, SIDES))} rows")
    if not 1 <= clues <= size * size:
        raise ValueError(f"clues is {clues}; of a {size}x{size} grid 1 to {size * size} cells can be tried for removal")
    if turns < 1:
        raise ValueError(f"max_turns is {turns}; the empty cells, at least one, take a turn each")


def _clash(shown: str, row: int, col: int, digit: str) -> str:
    """Which of the row, the column and the box of a cell holds the digit already; "" if none does."""
    size, side = size_of(shown), SIDES[size_of(shown)]
    if digit in shown[(row - 1) * size : row * size]:
        return f"row {row}"
    if digit in shown[col - 1 :: size]:
        return f"column {col}"
    top, left = (row - 1) // side * side, (col - 1) // side * side
    box = [shown[above * size + left : above * size + left + side] for above in range(top, top + side)]
    return f"the box of row {row}, column {col}" if digit in "".join(box) else ""


@lru_cache(maxsize=2)
def _picture(size: int) -> str:
    """The board, with a place for each cell and space between boxes."""
    side = SIDES[size]

    def line(label: object, cells: list[str]) -> str:
        boxes = [" ".join(cells[start : start + side]) for start in range(0, size, side)]
        return "  ".join((str(label), *boxes)) + "\n"

    rows = [line(row, ["%s"] * size) + "\n" * (row % side == 0 and row < size) for row in range(1, size + 1)]
    return line(" ", [str(col) for col in range(1, size + 1)]) + "".join(rows)
