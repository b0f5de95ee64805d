"""Word Search: find the words hidden in a grid of letters, by their first and last cells.

    plain    5 listed words in a grid of 10x10, in any of the 8 directions, 20 turns      easy    none runs backwards
    hard     5 words that are not listed: the player is told only how long each is
    random   3 to 8 words in a grid of 8x8 to 13x13, listed or not, drawn for each episode

The words are common ones of 5 to 8 letters. Each stands in the grid once and in no other word, and where they are not
listed, no other English word of such a length stands there: that makes the hidden ones known. Perfect play finds a word
with each turn. A found word pays 1 / words, once and from either end (the released GEM pays again for the way back).

    tier         words  letters  directions  grid    listed  turns  places where a word could stand
    trivial        3      4-5        2        6x6      yes     10     29
    easy           4      4-7        4        8x8      yes     12     80
    medium         5      5-8        8       10x10     yes     15    260
    hard           6      5-8        8       12x12     no      15    479
    very hard      8      5-9        8       15x15     no      16    866
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np

from gem.envs.games._game import PLAYED, Game, GameState, Outcome, illegal, won
from gem.envs.games._word_search_grid import DIRECTIONS, Span, Vocabulary, all_lines, new_grid, spans, spelled
from gem.envs.games.words import accepted, is_word, words

FILLERS = frozenset({"row", "r", "col", "column", "c", "cell", "from", "to", "and"})
"""Words of a move that say nothing about which move it is."""
COURSES = {
    2: "to the right or down",
    4: "to the right, down, or diagonally to the right (up or down)",
    8: "in any of the 8 directions, so backwards too",
}
"""How words run, by number of directions."""
FEWEST, MOST = 3, 8
"""Bounds of a drawn number of words."""
MARGIN, MAX_SIZE = 5, 50
"""A grid has as many rows as words and so many more, where no size is given; and at most."""
SHORTEST, SHORTEST_UNLISTED, LONGEST = 4, 5, 12
"""Letters that a word has at least, listed or not (shorter ones stand everywhere), and at most."""

Place = tuple[int, int, int, int]
"""The row and column of a word's first letter, then of its last."""


@dataclass(slots=True)
class State(GameState):
    """The grid, and what was found in it."""

    listed: bool = True
    rows: tuple[str, ...] = ()
    """The letters, in lower case."""
    places: dict[str, Place] = field(default_factory=dict[str, Place])
    """Each hidden word, and where it stands."""
    found: list[str] = field(default_factory=list[str])
    missed: list[Place] = field(default_factory=list[Place])
    """Lines named that hold no hidden word."""


class WordSearchEnv(Game[State, Place]):
    """A grid of `size` x `size` letters that hides `num_words` words, listed unless `hardcore`.

    `None` draws `hardcore` or `num_words` for each episode; `size=None` fits the number of words. The words have
    between `lengths[0]` and `lengths[1]` letters and run in 2, 4 or 8 `directions`. Raises `ValueError` if the
    words could not be told apart or do not fit loosely.
    """

    suffix = "Enter the first and the last cell of a word as \\boxed{row col row col}.\n"
    tiers: ClassVar[dict[str, dict[str, Any]]] = {
        name: {
            "hardcore": hardcore,
            "num_words": count,
            "size": size,
            "lengths": lengths,
            "directions": ways,
            "max_turns": turns,
        }
        for name, hardcore, count, size, lengths, ways, turns in (
            ("trivial", False, 3, 6, (4, 5), 2, 10),
            ("easy", False, 4, 8, (4, 7), 4, 12),
            ("medium", False, 5, 10, (5, 8), 8, 15),
            ("hard", True, 6, 12, (5, 8), 8, 15),
            ("very hard", True, 8, 15, (5, 9), 8, 16),
        )
    }

    def __init__(
        self,
        hardcore: bool | None = False,
        max_turns: int = 20,
        num_words: int | None = 5,
        partial_credit: bool = True,
        size: int | None = None,
        lengths: tuple[int, int] = (5, 8),
        directions: int = 8,
    ) -> None:
        super().__init__(partial_credit)
        shortest = SHORTEST if hardcore is False else SHORTEST_UNLISTED
        if directions not in DIRECTIONS:
            raise ValueError(f"directions is {directions}; words run in {', '.join(map(str, DIRECTIONS))} directions")
        if not shortest <= lengths[0] <= lengths[1] <= LONGEST:
            raise ValueError(f"lengths is {lengths}; it takes a range within {shortest} to {LONGEST} letters")
        self.counts = (FEWEST, MOST) if num_words is None else (num_words, num_words)
        for count in self.counts:
            side = count + MARGIN if size is None else size
            if not 1 <= count <= max_turns:
                raise ValueError(f"{count} words in {max_turns} turns; it takes at least one word and a turn for each")
            if side > MAX_SIZE:
                raise ValueError(f"a grid of {side}x{side} is too large; it has at most {MAX_SIZE} rows")
            if lengths[1] > side or 2 * count * lengths[1] > side * side:
                raise ValueError(f"{count} words of up to {lengths[1]} letters need more room than {side}x{side}")
        self.hardcore, self.turn_limit = hardcore, max_turns
        self.size, self.lengths, self.directions = size, lengths, directions

    # -- instance ---------------------------------------------------------------------------

    def new_game(self) -> State:
        listed = not (bool(self.rng.integers(2)) if self.hardcore is None else self.hardcore)
        count = int(self.rng.integers(*self.counts, endpoint=True))
        size = count + MARGIN if self.size is None else self.size
        while True:
            hidden = self._drawn_words(count, listed)
            if grid := new_grid(size, hidden, self.directions, _vocabulary(hidden, listed), self.rng):
                break
        letters, laid = grid
        rows = tuple("".join(letters[start : start + size]) for start in range(0, size * size, size))
        places = {word: _ends(span, size) for word, span in zip(hidden, laid, strict=True)}
        return State(self.turn_limit, listed=listed, rows=rows, places=dict(sorted(places.items())))

    def _drawn_words(self, count: int, listed: bool) -> list[str]:
        """Different common words; those to be told by their lengths hold no other word of such a length."""
        lengths: list[int] = self.rng.integers(*self.lengths, size=count, endpoint=True).tolist()
        drawn: list[str] = []
        while len(drawn) < count:
            pool = words(lengths[len(drawn)])
            word = pool[self.rng.integers(len(pool))]
            if word not in drawn and (listed or not _holds_another(word, set(lengths))):
                drawn.append(word)
        return drawn

    # -- text -------------------------------------------------------------------------------

    def rules(self) -> str:
        state = self.state
        size, count = len(state.rows), len(state.places)
        unlisted = (
            "" if state.listed else "They are common words, and no other English words of their lengths are there.\n"
        )
        return (
            f"The grid has {size} rows and {size} columns, counted from 0. Find the {count} words hidden in it within"
            f" {state.max_turns} turns.\n{unlisted}"
            f"Words run in straight lines, {COURSES[self.directions]}. They may cross.\n"
            "Put the row and column of a word's first letter, then of its last, in a box: \\boxed{2 0 2 3} names"
            " the first 4 letters of row 2.\n"
        )

    def board(self) -> str:
        state = self.state
        lines = [_picture(state.rows)]
        if state.found:
            found = [f"{word.upper()} {_written(state.places[word])}" for word in state.found]
            lines.append(f"Found: {', '.join(found)}.\n")
        if state.missed:
            lines.append(f"No hidden words: {', '.join(map(_written, state.missed))}.\n")
        if left := [word for word in state.places if word not in state.found]:
            to_find = ", ".join(left).upper() if state.listed else f"words of {_series(sorted(map(len, left)))} letters"
            lines.append(f"To find: {to_find}.\n")
        return "".join(lines)

    @staticmethod
    def parse(words: list[str]) -> Place | None:
        match [word for word in words if word not in FILLERS]:
            case [row, col, last_row, last_col] as cells if not any(map(str.isalpha, cells)):
                return int(row), int(col), int(last_row), int(last_col)
            case _:
                return None

    # -- rules ------------------------------------------------------------------------------

    def play(self, move: Place) -> Outcome:
        state = self.state
        edge = len(state.rows) - 1
        row, col, last_row, last_col = move
        if not all(0 <= number <= edge for number in move):
            return illegal(f"rows and columns go from 0 to {edge}.")
        down, right = last_row - row, last_col - col
        if not (down or right) or (down and right and abs(down) != abs(right)):
            return illegal(f"{_written(move)} are not the two ends of a straight line.")
        back = (last_row, last_col, row, col)
        word = next((word for word, place in state.places.items() if place in (move, back)), None)
        if word is None:
            if move in state.missed or back in state.missed:
                return illegal(f"{_written(move)} was named before.")
            state.missed.append(move)
            return f"{_written(move)} spells {self._spelled(move)}, which is no hidden word.", 0.0, PLAYED
        if word in state.found:
            return illegal(f"{word.upper()} was found before.")
        state.found.append(word)
        event, reward = f"{word.upper()} is found.", 1 / len(state.places)
        return won(event, reward) if len(state.found) == len(state.places) else (event, reward, PLAYED)

    def _spelled(self, place: Place) -> str:
        """The letters of a straight line of cells."""
        row, col, last_row, last_col = place
        down, right = last_row - row, last_col - col
        steps = max(abs(down), abs(right))
        return "".join(
            [self.state.rows[row + down * n // steps][col + right * n // steps] for n in range(steps + 1)]
        ).upper()

    # -- solver -----------------------------------------------------------------------------

    def solve(self) -> str:
        """The first line, as one reads the grid, that spells a word still to find."""
        state = self.state
        left = tuple(word for word in state.places if word not in state.found)
        known = {state.places[word] for word in state.found}
        place = next(place for place in _read(state.rows, left, state.listed) if place not in known)
        return f"\\boxed{{{_written(place)}}}"

    def distance(self) -> float:
        """Turns that an expert still needs: exact, since each finds a word."""
        return float(len(self.state.places) - len(self.state.found))

    def random_move(self, rng: np.random.Generator) -> str:
        size, length = len(self.state.rows), int(rng.integers(*self.lengths, endpoint=True))
        places = spans(size, length, self.directions)
        return _written(_ends(places[rng.integers(len(places))], size))


def _holds_another(word: str, lengths: set[int]) -> bool:
    """Whether a part of the word, read forwards or backwards, is a word of one of the lengths, as the whole is."""
    parts = [
        text[start : start + length]
        for text in (word, word[::-1])
        for length in lengths
        for start in range(len(word) - length + 1)
    ]
    return sum(is_word(part) for part in parts) > 1


def _vocabulary(hidden: Sequence[str], listed: bool) -> Vocabulary:
    """What may be taken for a hidden word, by length: one that is listed, or any as long as one of them."""
    return {
        length: {word for word in hidden if len(word) == length} if listed else accepted(length)
        for length in set(map(len, hidden))
    }


@lru_cache(maxsize=512)
def _read(rows: tuple[str, ...], hidden: tuple[str, ...], listed: bool) -> list[Place]:
    """The places of what may be taken for a hidden word: of those that are not listed only the lengths matter."""
    size = len(rows)
    return sorted(_ends(span, size) for span in spelled("".join(rows), all_lines(size), _vocabulary(hidden, listed)))


@lru_cache(maxsize=512)
def _picture(rows: tuple[str, ...]) -> str:
    """The grid with the numbers of its rows and columns."""
    width = len(str(len(rows) - 1))
    head = " " * width + "".join(f" {col:>{width}}" for col in range(len(rows)))
    lines = [
        f"{row:>{width}}" + "".join(f" {letter:>{width}}" for letter in rows[row].upper()) for row in range(len(rows))
    ]
    return "\n".join((head, *lines, ""))


def _ends(span: Span, size: int) -> Place:
    """The first and the last cell of a span."""
    return (*divmod(span[0], size), *divmod(span[-1], size))


def _written(place: Place) -> str:
    return "{} {} {} {}".format(*place)


def _series(lengths: list[int]) -> str:
    """5, 6 and 8."""
    *others, last = map(str, lengths)
    return f"{', '.join(others)} and {last}" if others else last
