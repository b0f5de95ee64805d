"""Crosswords: fill a grid of crossing words from their clues, one letter with each turn.

    easy     3 very common words of 3 to 8 letters, 30 turns      plain    5 common words of 3 to 12 letters, 100 turns
    hard     3 common words of 5 to 12 letters, 40 turns, hardcore
    random   3 to 6 words of 3 to 12 letters, hardcore or not, 3 turns for 2 cells, drawn for each episode

A wrong letter isn't written, and the board remembers it. With `hardcore` letters are written as given and may be
written over; only the full grid tells whether all are right, so the crossings have to. (With partial credit the reward
of a letter tells it too, to who is shown rewards.) A cell pays 1 / cells when it is first right. At most two thirds of
the turns are needed. Trying letters by frequency takes 8 turns a cell, which no id has: it never wins, and earns 0.15
to 0.39 of -v0.

The solver is fair to who knows what words mean: it has the dictionary of the clues, each of which means one word. It
fills a cell with each turn and wins every game. Every run of letters is a word with a clue, and each clue says where
its word starts and how long it is (the released GEM's boards run words together, and its clues do not say where).

    tier         words  letters  SCOWL level  hardcore  turns  cells, which is the turns of the expert
    trivial        2      3-5        10          no       15        7.6
    easy           3      3-7        20          no       30       14.3
    medium         5      4-9        35          no       60       27.6
    hard           8      4-10       35          yes     100       46.3
    very hard     12      5-12       35          yes     150       76.2
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from string import ascii_uppercase
from typing import Any, ClassVar, NamedTuple

import numpy as np

from gem.envs.games._crosswords_layout import Word, new_layout
from gem.envs.games._game import PLAYED, Game, GameState, Outcome, illegal, won
from gem.envs.games.words import clues, words

BLACK, EMPTY = "#", "_"
FILLERS = frozenset({"row", "r", "col", "column", "c", "cell", "letter", "at", "is"})
"""Words before the letter of a move that say nothing about which move it is."""
FEWEST, MOST = 3, 6
"""Bounds of a drawn number of words."""
SHORTEST, LONGEST = 3, 12
"""Letters of the words that have clues."""

Move = tuple[int, int, str]
"""A row, a column, and the letter for that cell."""


class Entry(NamedTuple):
    """A clue and where its word goes."""

    number: int
    row: int
    col: int
    down: bool
    length: int
    clue: str


@dataclass(slots=True)
class State(GameState):
    """The grid as it should be, and as it is filled in."""

    hardcore: bool = False
    rows: int = 1
    cols: int = 1
    solution: str = ""
    """The letter of each cell, row by row, or `BLACK`."""
    shown: list[str] = field(default_factory=list[str])
    """What the player sees of each cell."""
    entries: tuple[Entry, ...] = ()
    wrong: dict[int, str] = field(default_factory=dict[int, str])
    """Letters that an empty cell refused."""
    paid: set[int] = field(default_factory=set[int])
    """Cells that have been right once."""


class CrosswordsEnv(Game[State, Move]):
    """A crossword of `num_words` words of `lengths[0]` to `lengths[1]` letters, no rarer than SCOWL's `level`.

    `None` draws `hardcore` or `num_words` for each episode; `max_turns=None` gives three turns for two cells. Raises
    `ValueError` if there are no such words, or they could not be filled in within two thirds of the turns.
    """

    suffix = "Enter your next letter as \\boxed{row col letter}.\n"
    tiers: ClassVar[dict[str, dict[str, Any]]] = {
        "trivial": {"hardcore": False, "num_words": 2, "lengths": (3, 5), "level": 10, "max_turns": 15},
        "easy": {"hardcore": False, "num_words": 3, "lengths": (3, 7), "level": 20, "max_turns": 30},
        "medium": {"hardcore": False, "num_words": 5, "lengths": (4, 9), "level": 35, "max_turns": 60},
        "hard": {"hardcore": True, "num_words": 8, "lengths": (4, 10), "level": 35, "max_turns": 100},
        "very hard": {"hardcore": True, "num_words": 12, "lengths": (5, 12), "level": 35, "max_turns": 150},
    }

    def __init__(
        self,
        hardcore: bool | None = False,
        max_turns: int | None = 100,
        num_words: int | None = 5,
        partial_credit: bool = True,
        lengths: tuple[int, int] = (SHORTEST, LONGEST),
        level: int = 35,
    ) -> None:
        super().__init__(partial_credit)
        if not SHORTEST <= lengths[0] <= lengths[1] <= LONGEST:
            raise ValueError(f"lengths is {lengths}; clues are for words of {SHORTEST} to {LONGEST} letters")
        self.counts = (FEWEST, MOST) if num_words is None else (num_words, num_words)
        most, known = self.counts[1], len(_words(lengths, level))
        if not 1 <= most <= known // 10:
            raise ValueError(f"num_words is {most}; it takes 1 to {known // 10}, as {known} such words have clues")
        if max_turns is not None and most * lengths[0] > max_turns * 2 // 3:
            raise ValueError(f"{most} words of {lengths[0]} letters or more take too many of {max_turns} turns")
        self.hardcore, self.turn_limit, self.lengths, self.level = hardcore, max_turns, lengths, level

    # -- instance ---------------------------------------------------------------------------

    def new_game(self) -> State:
        hardcore = bool(self.rng.integers(2)) if self.hardcore is None else self.hardcore
        count = int(self.rng.integers(*self.counts, endpoint=True))
        most_cells = count * LONGEST if self.turn_limit is None else self.turn_limit * 2 // 3
        laid = new_layout(count, most_cells, _words(self.lengths, self.level), self.rng)
        letters = {cell: letter for word in laid for cell, letter in zip(word.cells(), word.text.upper(), strict=True)}
        rows, cols = (1 + max(numbers) for numbers in zip(*letters, strict=True))
        solution = "".join([letters.get((row, col), BLACK) for row in range(rows) for col in range(cols)])
        return State(
            -(-len(letters) * 3 // 2) if self.turn_limit is None else self.turn_limit,
            hardcore=hardcore,
            rows=rows,
            cols=cols,
            solution=solution,
            shown=[BLACK if letter == BLACK else EMPTY for letter in solution],
            entries=_entries(laid),
        )

    # -- text -------------------------------------------------------------------------------

    def rules(self) -> str:
        state = self.state
        letters = (
            "A letter is written whether it is right or not, and may be written over."
            if state.hardcore
            else "A letter that is wrong is not written."
        )
        return (
            f"Fill in the crossword within {state.max_turns} turns, one letter with each. It has {state.rows} rows and"
            f" {state.cols} columns, counted from 0; {BLACK} is a black cell and {EMPTY} an empty one. {letters}\n"
            "Each clue says where its word starts, row first, and how long it is:\n"
            f"{''.join(map(_line, state.entries))}"
            "Put the row, the column and the letter in a box, such as \\boxed{2 0 E}.\n"
        )

    def board(self) -> str:
        state = self.state
        picture = _picture(state.rows, state.cols) % tuple(state.shown)
        if not state.wrong:
            return picture
        refused = (f"{place // state.cols} {place % state.cols} {tried}" for place, tried in state.wrong.items())
        return f"{picture}Wrong letters: {', '.join(refused)}.\n"

    @staticmethod
    def parse(words: list[str]) -> Move | None:
        match [word for word in words[:-1] if word not in FILLERS] + words[-1:]:
            case [row, col, letter] if len(letter) == 1 and letter.isalpha() and not (row.isalpha() or col.isalpha()):
                return int(row), int(col), letter.upper()
            case _:
                return None

    # -- rules ------------------------------------------------------------------------------

    def play(self, move: Move) -> Outcome:
        state = self.state
        row, col, letter = move
        if not (0 <= row < state.rows and 0 <= col < state.cols):
            return illegal(f"rows go from 0 to {state.rows - 1} and columns from 0 to {state.cols - 1}.")
        place = row * state.cols + col
        seen, right = state.shown[place], state.solution[place]
        if right == BLACK:
            return illegal(f"row {row}, column {col} is black.")
        if letter == seen or (seen != EMPTY and not state.hardcore):
            return illegal(f"row {row}, column {col} has its letter, {seen}.")
        if letter != right and not state.hardcore:
            return self._refused(place, letter)
        state.shown[place] = letter
        state.wrong.pop(place, None)
        return self._written(place, f"{letter} is written at row {row}, column {col}.")

    def _refused(self, place: int, letter: str) -> Outcome:
        """A wrong letter where such aren't written."""
        tried = self.state.wrong.get(place, "")
        if letter in tried:
            return illegal(f"{letter} was refused there before.")
        self.state.wrong[place] = tried + letter
        return f"{letter} is wrong at row {place // self.state.cols}, column {place % self.state.cols}.", 0.0, PLAYED

    def _written(self, place: int, event: str) -> Outcome:
        """A letter that now stands in its cell, right or not."""
        state = self.state
        reward = 0.0
        if state.shown[place] == state.solution[place] and place not in state.paid:
            state.paid.add(place)
            reward = 1 / (len(state.solution) - state.solution.count(BLACK))
        if EMPTY in state.shown:
            return event, reward, PLAYED
        if "".join(state.shown) == state.solution:
            return won(f"{event} The crossword is solved.", reward)
        return f"{event} The grid is full, but not all letters are right.", reward, PLAYED

    # -- solver -----------------------------------------------------------------------------

    def solve(self) -> str:
        """The first letter, in the order of the clues, that is missing or wrong."""
        state = self.state
        for entry in state.entries:
            word = Word(_answers()[entry.clue], entry.row, entry.col, entry.down)
            for (row, col), letter in zip(word.cells(), word.text.upper(), strict=True):
                if state.shown[row * state.cols + col] != letter:
                    return f"\\boxed{{{row} {col} {letter}}}"
        raise AssertionError("a solved crossword is over")

    def distance(self) -> float:
        """Turns that an expert still needs: exact, a cell with each."""
        state = self.state
        return float(sum(map(str.__ne__, state.shown, state.solution)))

    def random_move(self, rng: np.random.Generator) -> str:
        state = self.state
        spots = [place for place, seen in enumerate(state.shown) if seen == EMPTY]
        spots = spots or [place for place, seen in enumerate(state.shown) if seen != BLACK]
        place = spots[rng.integers(len(spots))]
        return f"{place // state.cols} {place % state.cols} {ascii_uppercase[rng.integers(26)]}"


@lru_cache(maxsize=64)
def _words(lengths: tuple[int, int], level: int) -> tuple[str, ...]:
    """The words that have a clue, a length between the two, and a level not above `level`."""
    known = {word for length in range(lengths[0], lengths[1] + 1) for word in words(length, level)}
    return tuple(word for word in sorted(clues()) if word in known)


@lru_cache(maxsize=1)
def _answers() -> dict[str, str]:
    """The word of each clue."""
    return {clue: word for word, clue in clues().items()}


def _entries(laid: list[Word]) -> tuple[Entry, ...]:
    """The clues in order: words are numbered by where they start, and across comes before down."""
    starts = sorted({(word.row, word.col) for word in laid})
    entries = (
        Entry(starts.index((row, col)) + 1, row, col, down, len(text), clues()[text]) for text, row, col, down in laid
    )
    return tuple(sorted(entries))


def _line(entry: Entry) -> str:
    """A clue as the player reads it."""
    way = "down" if entry.down else "across"
    return f"{entry.number} {way} from {entry.row} {entry.col}, {entry.length} letters: {entry.clue}\n"


@lru_cache(maxsize=512)
def _picture(rows: int, cols: int) -> str:
    """The grid of one size, with a gap for each cell."""
    width = len(str(max(rows, cols) - 1))
    head = " " * width + "".join(f" {col:>{width}}" for col in range(cols))
    lines = (f"{row:>{width}}" + (" " * width + "%s") * cols for row in range(rows))
    return "\n".join((head, *lines, ""))
