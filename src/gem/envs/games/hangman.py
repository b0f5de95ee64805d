"""Hangman: find a hidden English word letter by letter, or by naming it, when every guess costs a turn.

    easy     3 letters, 10 turns (-v1: 12)      hard     7 letters, 20 turns (-v1: 16)
    plain    5 letters, 20 turns (-v1: 16)      random   (3 letters, 10 turns), (5, 15) or (7, 20), drawn for each
                                                         episode (-v1: 5, 6 or 7 letters, 17 turns)

The word is a common one: SCOWL level 10 with 3 letters, 20 with 4, 35 with more, since the commonest short words have
rhymes enough; level 50 with `hardcore=True`. Tried on all of them, the expert finds each word in time in all -v1 ids.
In -v0 it misses 2 of the 157 with 3 letters in 10 turns (98.7 % found) and 8 of the 3,427 with 5 in 15 (99.8 %).
With partial credit, showing all letters pays 0.5 in equal shares and the win the rest of 1. Unlike in the released GEM,
having all letters shown is a win, and no word is guessed twice.

    difficulty    letters    hardcore    turns    words    turns of the expert on average, at most
    trivial          9          no        20       5367    5.09, 12
    easy             7          no        18       6679    6.87, 16
    medium           6          no        17       5243    7.48, 17
    hard             5          no        16       3427    8.13, 16
    very hard        5          yes       17       4387    8.36, 17
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from string import ascii_lowercase
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from gem.envs.games._game import Game, GameState, Outcome, illegal, played, won
from gem.envs.games.words import COMMON_LEVEL, words

HIDDEN = "_"
LEVELS = {3: 10, 4: 20}
"""Level of short words; longer ones have `COMMON_LEVEL`."""
HARDCORE_LEVEL = 50
TURNS = {3: 10, 5: 15, 7: 20}
"""Turn limit by word length, where none is given; the lengths are those drawn where no length is given."""
TURNS_PER_LETTER = 4
"""Turns for each letter of words of another length."""
FILLERS = frozenset({"letter", "word", "guess"})
"""Words before a guess that say nothing."""
LETTERS_PAY = 0.5
"""Partial credit for all letters together."""


@dataclass(slots=True)
class State(GameState):
    """The hidden word and what was guessed."""

    target: str = "word"
    letters: list[str] = field(default_factory=list[str])
    wrong: list[str] = field(default_factory=list[str])
    """Whole words that were guessed."""


class HangmanEnv(Game[State, str]):
    """A hidden word of `word_length` letters; `hardcore=True` draws from rarer words too.

    Of several lengths one is drawn for each episode; `None` stands for 3, 5 and 7. `max_turns=None` gives each length
    a limit of its own. Raises `ValueError` where there are no such words.
    """

    suffix = "Enter your next guess as \\boxed{letter} or \\boxed{word}.\n"
    tiers: ClassVar[dict[str, dict[str, Any]]] = {
        "trivial": {"word_length": 9, "hardcore": False, "max_turns": 20},
        "easy": {"word_length": 7, "hardcore": False, "max_turns": 18},
        "medium": {"word_length": 6, "hardcore": False, "max_turns": 17},
        "hard": {"word_length": 5, "hardcore": False, "max_turns": 16},
        "very hard": {"word_length": 5, "hardcore": True, "max_turns": 17},
    }

    def __init__(
        self,
        word_length: int | tuple[int, ...] | None = 5,
        hardcore: bool = False,
        max_turns: int | None = 20,
        partial_credit: bool = True,
    ) -> None:
        super().__init__(partial_credit)
        self.lengths = (word_length,) if isinstance(word_length, int) else tuple(word_length or TURNS)
        self.hardcore, self.turn_limit = hardcore, max_turns
        for length in self.lengths:
            if not words(length, self._level(length)):
                raise ValueError(f"there are no words of {length} letters")

    def _level(self, length: int) -> int:
        return HARDCORE_LEVEL if self.hardcore else LEVELS.get(length, COMMON_LEVEL)

    # -- instance ---------------------------------------------------------------------------

    def new_game(self) -> State:
        length = self.lengths[self.rng.integers(len(self.lengths))]
        turns = TURNS.get(length, TURNS_PER_LETTER * length) if self.turn_limit is None else self.turn_limit
        found = words(length, self._level(length))
        return State(turns, target=found[self.rng.integers(len(found))])

    # -- text -------------------------------------------------------------------------------

    def rules(self) -> str:
        state = self.state
        kind = "an" if self.hardcore else "a common"
        return (
            f"I think of {kind} English word of {len(state.target)} letters. Find it within {state.max_turns} turns.\n"
            "Each turn you guess a letter, and I show all places where it is, or you guess the whole word. Every guess"
            " costs a turn, right or wrong. You win by naming the word or by having all its letters shown.\n"
            "Put your guess in a box: \\boxed{e} guesses a letter, a box with more letters guesses the word.\n"
        )

    def board(self) -> str:
        state = self.state
        missed = [letter for letter in state.letters if letter not in state.target]
        wrong = f"Wrong words: {' '.join(state.wrong)}\n" if state.wrong else ""
        return (
            f"Word: {' '.join(shown(state.target, state.letters))}\n"
            f"Letters not in it: {' '.join(missed) or 'none yet'}\n{wrong}"
            f"Turns left: {state.max_turns - state.turn}\n"
        )

    @staticmethod
    def parse(words: list[str]) -> str | None:
        guess = "".join(words[1:] if len(words) > 1 and words[0] in FILLERS else words)
        return guess if guess.isalpha() else None

    # -- rules ------------------------------------------------------------------------------

    def play(self, move: str) -> Outcome:
        state = self.state
        target, letters = state.target, state.letters
        if move in letters or move in state.wrong:
            return illegal(f"{move} was guessed before.")
        if len(move) not in (1, len(target)):
            return illegal(f"the word has {len(target)} letters, not {len(move)}.")
        hidden = shown(target, letters).count(HIDDEN)
        rest = 1 - LETTERS_PAY + LETTERS_PAY * hidden / len(target)
        if move == target:
            letters += sorted(set(target) - set(letters))
            return won(f"{move} is the word.", rest)
        if len(move) > 1:
            state.wrong.append(move)
            return played(f"{move} is not the word.")
        letters.append(move)
        count = target.count(move)
        if count == hidden:
            return won(f"{move} was the last letter.", rest)
        event = f"{move} is in the word." if count else f"{move} is not in the word."
        return played(event, LETTERS_PAY * count / len(target))

    # -- solver -----------------------------------------------------------------------------

    def solve(self) -> str:
        state = self.state
        return f"\\boxed{{{self._expert(state.letters, state.wrong, state.turn + 1 == state.max_turns)}}}"

    def _expert(self, letters: list[str], wrong: list[str], last: bool = False) -> str:
        pattern = shown(self.state.target, letters)
        return best_guess(pattern, "".join(sorted(letters)), tuple(sorted(wrong)), self._level(len(pattern)), last)

    def random_move(self, rng: np.random.Generator) -> str:
        fresh = [letter for letter in ascii_lowercase if letter not in self.state.letters]
        return fresh[rng.integers(len(fresh))]

    def distance(self) -> float:
        """Turns in which the expert finds the word from here, exactly, were it given as many as it takes."""
        state, turns = self.state, 0
        target, letters, wrong = state.target, list(state.letters), list(state.wrong)
        while HIDDEN in shown(target, letters):
            guess, turns = self._expert(letters, wrong), turns + 1
            if guess == target:
                break
            (letters if len(guess) == 1 else wrong).append(guess)
        return float(turns)


def shown(target: str, letters: list[str]) -> str:
    """The word as far as the player sees it."""
    return "".join([letter if letter in letters else HIDDEN for letter in target])


@lru_cache(maxsize=65536)
def best_guess(pattern: str, guessed: str, wrong: tuple[str, ...], level: int, last: bool = False) -> str:
    """What an expert guesses, knowing the words up to `level`: the letter that leaves the fewest words on average.

    `guessed` are all letters guessed, `wrong` the words; on the `last` turn only a word can win for sure.
    """
    known, letters = words(len(pattern), level), _letters(len(pattern), level)
    fits = np.ones(len(known), np.bool_)
    for place, letter in enumerate(pattern):
        here = letters[:, place]
        fits &= ~np.isin(here, _numbers(guessed)) if letter == HIDDEN else here == _numbers(letter)
    possible = [index for index in np.flatnonzero(fits) if known[index] not in wrong]
    if last or len(possible) <= 2:
        return known[possible[0]]
    candidates, places = letters[possible], 1 << np.arange(len(pattern))
    all_hidden = sum(1 << place for place, letter in enumerate(pattern) if letter == HIDDEN)

    def left(letter: str) -> int:
        sizes = np.bincount((candidates == _numbers(letter)) @ places, minlength=all_hidden + 1)
        sizes[all_hidden] = 0  # the last letter: the game is won
        return int(sizes @ sizes)

    return min((letter for letter in ascii_lowercase if letter not in guessed), key=left)


@lru_cache(maxsize=64)
def _letters(length: int, level: int) -> NDArray[np.uint8]:
    """The words by letters, a row each."""
    return _numbers("".join(words(length, level))).reshape(-1, length)


def _numbers(text: str) -> NDArray[np.uint8]:
    return np.frombuffer(text.encode("ascii"), np.uint8)
