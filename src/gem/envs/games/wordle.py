"""Wordle: find a hidden English word from guesses whose letters are marked right, misplaced or wrong.

    easy     3 letters, 15 turns (-v1: 10)      hard     5 letters, 25 turns (-v1: 6)
    plain    5 letters, 20 turns (-v1: 8)       random   3 to 5 letters, 5 turns for each, drawn for each episode

The word is a common one (SCOWL level 35 or below); any word up to level 70 may be guessed, others (which the released
GEM takes) only with `only_real_words=False`. The expert finds every word: tried on all of them, it needs on average
5.00 turns with 3 letters, 4.19 with 4, 3.64 with 5, and at most 8, 7 and 6: short words have many rhymes.
With partial credit, a place that is right for the first time pays 0.5 / letters, and the win the rest of 1.

    difficulty    letters    level    turns    words    turns of the expert on average, at most
    trivial          5         10       12       600    2.97, 4
    easy             5         20       10      1361    3.26, 5
    medium           5         35        8      3427    3.64, 6
    hard             4         35        8      1862    4.19, 7
    very hard        3         35        8       475    5.00, 8
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from gem.envs.games._game import PLAYED, Game, GameState, Outcome, illegal, won
from gem.envs.games._wordle_solver import best_guess
from gem.envs.games.words import COMMON_LEVEL, accepted, words

GREEN, YELLOW, GREY = "G", "Y", "X"
NO_GUESSES = "No guesses yet.\n"
SHORTEST, LONGEST, TURNS_PER_LETTER = 3, 5, 5
"""Words drawn where no length is given, and turns for each letter where no limit is given."""
FILLERS = frozenset({"word", "guess"})
"""Words before a guess that say nothing."""
GREENS_PAY = 0.5
"""Partial credit for all places together."""


@dataclass(slots=True)
class State(GameState):
    """The hidden word, and the guesses with their marks."""

    target: str = "word"
    guesses: list[str] = field(default_factory=list[str])
    marks: list[str] = field(default_factory=list[str])
    shown: str = ""
    """The guesses as the board shows them."""
    found: set[int] = field(default_factory=set[int])
    """Places that were right in some guess."""


class WordleEnv(Game[State, str]):
    """A hidden word of `word_length` letters, from SCOWL's words up to `level`.

    `word_length=None` draws 3 to 5 letters for each episode; `max_turns=None` gives 5 turns for each letter.
    Raises `ValueError` where there are no such words.
    """

    suffix = "Enter your next guess as \\boxed{word}.\n"
    tiers: ClassVar[dict[str, dict[str, Any]]] = {
        "trivial": {"word_length": 5, "level": 10, "max_turns": 12},
        "easy": {"word_length": 5, "level": 20, "max_turns": 10},
        "medium": {"word_length": 5, "level": 35, "max_turns": 8},
        "hard": {"word_length": 4, "level": 35, "max_turns": 8},
        "very hard": {"word_length": 3, "level": 35, "max_turns": 8},
    }

    def __init__(
        self,
        word_length: int | None = 5,
        only_real_words: bool = True,
        max_turns: int | None = 20,
        partial_credit: bool = True,
        level: int = COMMON_LEVEL,
    ) -> None:
        super().__init__(partial_credit)
        if not words(SHORTEST if word_length is None else word_length, level):
            raise ValueError(f"there are no words of {word_length} letters up to level {level}")
        self.word_length, self.only_real_words, self.turn_limit = word_length, only_real_words, max_turns
        self.level = level

    # -- instance ---------------------------------------------------------------------------

    def new_game(self) -> State:
        length = self.word_length
        if length is None:
            length = int(self.rng.integers(SHORTEST, LONGEST, endpoint=True))
        found = words(length, self.level)
        turns = TURNS_PER_LETTER * length if self.turn_limit is None else self.turn_limit
        return State(turns, target=found[self.rng.integers(len(found))])

    # -- text -------------------------------------------------------------------------------

    def rules(self) -> str:
        state = self.state
        kind = "English words" if self.only_real_words else "any letters"
        return (
            f"I think of a common English word of {len(state.target)} letters. Find it within {state.max_turns} turns."
            f" Guess {kind} of that length, none of them twice: any other guess wastes its turn.\n"
            f"I mark each letter of a guess: {GREEN} right letter in the right place, {YELLOW} the letter is elsewhere"
            f" in the word, {GREY} the word has no such letter, or no more of it than I marked already.\n"
            "If the word were robot, the guess motto would be marked\nm o t t o\nX G Y X Y\n"
            "Put your guess in a box: \\boxed{word}.\n"
        )

    def board(self) -> str:
        state = self.state
        return f"{state.shown or NO_GUESSES}Turns left: {state.max_turns - state.turn}\n"

    @staticmethod
    def parse(words: list[str]) -> str | None:
        guess = words[0] if len(words) == 1 else "".join(words[1:] if words and words[0] in FILLERS else words)
        return guess if guess.isalpha() else None

    # -- rules ------------------------------------------------------------------------------

    def play(self, move: str) -> Outcome:
        state = self.state
        length = len(state.target)
        if len(move) != length:
            return illegal(f"a guess has {length} letters, not {len(move)}.")
        if move in state.guesses:
            return illegal(f"{move} was guessed before.")
        if self.only_real_words and move not in accepted(length):
            return illegal(f"I know no word {move}.")
        marks = marked(move, state.target)
        before = len(state.found)
        state.guesses.append(move)
        state.marks.append(marks)
        state.shown += f"{' '.join(move)}\n{' '.join(marks)}\n"
        if GREEN in marks:
            state.found.update([place for place, mark in enumerate(marks) if mark == GREEN])
        if move == state.target:
            return won(f"{move} is the word.", 1 - GREENS_PAY * before / length)
        return f"{move} is not the word.", GREENS_PAY * (len(state.found) - before) / length, PLAYED

    # -- solver -----------------------------------------------------------------------------

    def solve(self) -> str:
        state = self.state
        history, last = tuple(zip(state.guesses, state.marks, strict=True)), state.turn + 1 == state.max_turns
        return f"\\boxed{{{best_guess(len(state.target), self.level, history, last)}}}"

    def random_move(self, rng: np.random.Generator) -> str:
        known = words(len(self.state.target), self.level)
        return known[rng.integers(len(known))]

    def distance(self) -> float:
        """Turns in which the expert finds the word from here, exactly, were it given as many as it takes."""
        state = self.state
        history, turns = tuple(zip(state.guesses, state.marks, strict=True)), 0
        while state.target not in (guess for guess, _ in history):
            guess = best_guess(len(state.target), self.level, history)
            history, turns = (*history, (guess, marked(guess, state.target))), turns + 1
        return float(turns)


def marked(guess: str, target: str) -> str:
    """The marks of a guess: green ones first, then yellow ones from the left while the target has more of the letter.

    >>> marked("motto", "robot")
    'XGYXY'
    """
    marks = ""
    for place, letter in enumerate(guess):
        if letter not in target:
            marks += GREY
        elif letter == target[place]:
            marks += GREEN
        else:
            marks += YELLOW if guess.count(letter) == 1 or _is_left_for(place, guess, target) else GREY
    return marks


def _is_left_for(place: int, guess: str, target: str) -> bool:
    """Whether the target has more of a misplaced letter than its right places and those before this one take up."""
    letter = guess[place]
    right = sum(letter == one == other for one, other in zip(guess, target, strict=True))
    before = sum(letter == one != other for one, other in zip(guess[:place], target[:place], strict=True))
    return right + before < target.count(letter)
