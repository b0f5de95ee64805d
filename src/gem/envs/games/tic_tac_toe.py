"""Tic-tac-toe: three in a row against an opponent who never errs, from openings that can be held or won.

    easy     chance 20 to 50 %, and the opponent errs in half of its moves (-v1: 8 to 15 %, and it never errs)
    plain    chance up to 20 % (-v1: 12 %)      hard     up to 7 %      random    up to 50 % (-v1: 15 %)

An opening is drawn from all positions in which the player is to move and does not stand to lose. The goal is
what it is worth against perfect play, and the player is told: to win, or not to lose. The chance is that of
random moves to reach it. Perfect play wins each id; there are 2 replies more than moves. With partial
credit, a draw pays half where the goal is to win. `TicTacToeMatch` is the game for two agents, from the empty
board: 1 to the winner, 0.5 each for a draw.

    tier      trivial         easy            medium           hard            very hard
    chance    50 to 100 %     20 to 50 %      12 to 20 %       7 to 12 %       up to 7 %
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np

from gem.envs.games._two_players import Duel, DuelState, Match, Payoffs, Table

LINES = ((0, 1, 2), (3, 4, 5), (6, 7, 8), (0, 3, 6), (1, 4, 7), (2, 5, 8), (0, 4, 8), (2, 4, 6))
SIDES = "XO"
FREE = "."
EMPTY = FREE * 9
SPARE_TURNS = 2
"""Turns more than the player can have moves: for illegal ones."""
FILLERS = frozenset({"cell", "square", "x", "o", "place", "mark"})

Cells = str
"""The nine cells row by row, each "X", "O" or free."""


@dataclass(slots=True)
class Board(Table[int]):
    """The rules; moves are cells from 0."""

    cells: Cells = EMPTY
    names: ClassVar[tuple[str, str]] = ("X", "O")
    suffix: ClassVar[str] = "Enter your move as \\boxed{cell}.\n"

    @property
    def mover(self) -> int:
        return to_move(self.cells)

    @property
    def payoffs(self) -> Payoffs | None:
        winner = winner_of(self.cells)
        if winner is not None:
            return (1.0, 0.0) if winner == 0 else (0.0, 1.0)
        return None if FREE in self.cells else (0.5, 0.5)

    def rules(self, player: int) -> str:
        return (
            f"Tic-tac-toe: you are {SIDES[player]}, the other player is {SIDES[1 - player]}. Take turns to mark a free"
            " cell; whoever first has three in a row, a column or a diagonal wins.\n"
            "Free cells show their number. Put the number of the cell to mark in a box, such as \\boxed{5}.\n"
        )

    def view(self, player: int) -> str:
        del player  # both see all
        marks = [mark if mark != FREE else str(cell) for cell, mark in enumerate(self.cells, 1)]
        rows = "\n".join(" ".join(marks[start : start + 3]) for start in (0, 3, 6))
        return f"{rows}\n" if self.payoffs else f"{rows}\n{SIDES[self.mover]} is to move.\n"

    @staticmethod
    def parse(words: list[str]) -> int | None:
        numbers = [word for word in words if word not in FILLERS]
        return int(numbers[0]) - 1 if len(numbers) == 1 and not numbers[0].isalpha() else None

    def refusal(self, move: int) -> str:
        if not 0 <= move < len(self.cells):
            return "the cells have the numbers 1 to 9."
        return "" if self.cells[move] == FREE else f"cell {move + 1} is taken."

    def play(self, move: int) -> str:
        side = SIDES[self.mover]
        self.cells = marked(self.cells, move)
        ending = " and wins" if winner_of(self.cells) is not None else "" if FREE in self.cells else ": a draw"
        return f"{side} takes {move + 1}{ending}."

    def random_move(self, rng: np.random.Generator) -> str:
        free = free_cells(self.cells)
        return str(free[rng.integers(len(free))] + 1)


class TicTacToeEnv(Duel[Board, int]):
    """A drawn opening; random moves reach its goal with a chance within `chance`.

    The opponent plays perfectly but for a share `mistakes` of its moves, which are random.
    Raises `ValueError` if no opening has such a chance.
    """

    suffix = Board.suffix
    parse = staticmethod(Board.parse)
    tiers: ClassVar[dict[str, dict[str, Any]]] = {
        "trivial": {"chance": (0.5, 1.0)},
        "easy": {"chance": (0.2, 0.5)},
        "medium": {"chance": (0.12, 0.2)},
        "hard": {"chance": (0.07, 0.12)},
        "very hard": {"chance": (0.0, 0.07)},
    }

    def __init__(
        self,
        chance: tuple[float, float] = (0.0, 0.2),
        mistakes: float = 0.0,
        max_turns: int | None = None,
        partial_credit: bool = True,
    ) -> None:
        super().__init__(partial_credit)
        if not openings(*chance):
            raise ValueError(f"chance is {chance}, but no opening lies between; it goes from 0.01 to 1")
        self.chance, self.mistakes, self.turn_limit = chance, mistakes, max_turns

    # -- instance ---------------------------------------------------------------------------

    def new_game(self) -> DuelState[Board]:
        choices = openings(*self.chance)
        cells = choices[self.rng.integers(len(choices))]
        turns = moves_left(cells) + SPARE_TURNS if self.turn_limit is None else self.turn_limit
        goal = 1.0 if worth(cells) > 0 else 0.5
        return DuelState(turns, table=Board(cells), player=to_move(cells), goal=goal)

    def reply(self) -> int:
        cells = self.state.table.cells
        moves = free_cells(cells) if self.rng.random() < self.mistakes else best_moves(cells)
        return moves[self.rng.integers(len(moves))]

    # -- text -------------------------------------------------------------------------------

    def rules(self) -> str:
        goal = "win" if self.state.goal == 1.0 else "do not lose"
        return f"{super().rules()}You have {self.state.max_turns} turns. Your goal: {goal}.\n"

    # -- solver -----------------------------------------------------------------------------

    def solve(self) -> str:
        """The best move that leaves the most to go wrong for the other."""
        cells = self.state.table.cells
        best = max(best_moves(cells), key=lambda move: sum(worth(after) for after in _next(marked(cells, move))))
        return f"\\boxed{{{best + 1}}}"

    def distance(self) -> float:
        """An upper bound: the player's moves until the board is full."""
        payoffs = self.state.table.payoffs
        if payoffs is None:
            return moves_left(self.state.table.cells)
        return 0 if payoffs[self.state.player] >= self.state.goal else len(EMPTY)


class TicTacToeMatch(Match[Board, int]):
    """Two agents, "X" and "O"; X begins on an empty board."""

    table = Board
    max_replies = 10

    def new_table(self) -> Board:
        return Board()


# -- the game as a tree: pure functions of the cells --------------------------------------------


def to_move(cells: Cells) -> int:
    """Whose turn it is: X began."""
    return cells.count("X") - cells.count("O")


def free_cells(cells: Cells) -> list[int]:
    """Where a mark may go."""
    return [cell for cell, mark in enumerate(cells) if mark == FREE]


def marked(cells: Cells, cell: int) -> Cells:
    """The cells after a move."""
    return cells[:cell] + SIDES[to_move(cells)] + cells[cell + 1 :]


def moves_left(cells: Cells) -> int:
    """Moves that whoever is to move has at most."""
    return (cells.count(FREE) + 1) // 2


@lru_cache(maxsize=8192)
def winner_of(cells: Cells) -> int | None:
    """Who has three in a line."""
    return next(
        (SIDES.index(cells[a]) for a, b, c in LINES if cells[a] != FREE and cells[a] == cells[b] == cells[c]), None
    )


@lru_cache(maxsize=8192)
def worth(cells: Cells) -> int:
    """What perfect play brings whoever is to move: 1 a win, 0 a draw, -1 a loss."""
    if winner_of(cells) is not None:
        return -1
    return max((-worth(after) for after in _next(cells)), default=0)


@lru_cache(maxsize=8192)
def best_moves(cells: Cells) -> list[int]:
    """The moves that keep what the position is worth."""
    return [cell for cell in free_cells(cells) if -worth(marked(cells, cell)) == worth(cells)]


@lru_cache(maxsize=8192)
def chance_of(cells: Cells, goal: int) -> float:
    """The chance that random moves get at least `goal` against a perfect opponent."""
    if winner_of(cells) is not None:
        return 0.0
    chances = [_chance_after(after, goal) for after in _next(cells)]
    return sum(chances) / len(chances) if chances else float(goal <= 0)


@lru_cache(maxsize=64)
def openings(low: float, high: float) -> list[Cells]:
    """The positions that can be held or won and in which random moves reach that with a chance in (low, high]."""
    return [cells for cells in _undecided() if worth(cells) >= 0 and low < chance_of(cells, worth(cells)) <= high]


def _chance_after(cells: Cells, goal: int) -> float:
    """The same after the player's move, with the opponent to move."""
    if winner_of(cells) is not None:
        return 1.0
    if FREE not in cells:
        return float(goal <= 0)
    replies = best_moves(cells)
    return sum(chance_of(marked(cells, reply), goal) for reply in replies) / len(replies)


def _next(cells: Cells) -> list[Cells]:
    return [] if winner_of(cells) is not None else [marked(cells, cell) for cell in free_cells(cells)]


@lru_cache(maxsize=1)
def _undecided() -> list[Cells]:
    """Every position that play can lead to and that is not over, in order."""
    found, wave = {EMPTY}, {EMPTY}
    while wave:
        wave = {after for cells in wave for after in _next(cells)} - found
        found |= wave
    return sorted(cells for cells in found if winner_of(cells) is None and FREE in cells)
