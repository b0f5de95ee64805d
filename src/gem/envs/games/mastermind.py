"""Mastermind: find a hidden code of numbers from the black and white pegs that each guess earns.

    easy     2 of 6 numbers, 10 turns (-v1: 3 of 6, 5 turns)     hard     4 of 8, 30 turns (-v1: 7)
    random   2 of 4 (10 turns), 4 of 6 (20) or 4 of 8 (30), drawn for each episode (-v1: 4 of 6 to 8, 7 turns)
    plain    4 of 6, 20 turns (-v1: 5)

The numbers of a code differ, unless `duplicate_numbers=True`; those of a guess may repeat, for what it tells.
A repeated guess is illegal. In so many turns random guesses find many a short code, so the -v1 ids have longer
codes, and just the turns that our solver needs at worst, found by trying every code. Tiers, by its turns:

    tier        code                     codes     mean      worst    limit
    trivial     2 of 4                      12     2.50          3        6
    easy        3 of 6                     120     3.63          5        8
    medium      4 of 6, duplicates        1296     4.38          6       10
    hard        5 of 8                    6720     5.17          7       10
    very hard   5 of 9, duplicates       59049     5.89          8       10

Each turn with more black pegs than any before pays the difference, as a share of the code; a win sums to 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import perm
from typing import ClassVar

import numpy as np

from gem.envs.games._game import PLAYED, Game, GameState, Outcome, illegal, won
from gem.envs.games._mastermind_codes import Code, Guess, Space, best_guess, pegs

TURNS = {(2, 4): 10, (4, 6): 20, (4, 8): 30}
"""What `code_length=None` draws from: length and numbers, each with its turn limit."""
MAX_CODES, MAX_LENGTH, MAX_NUMBERS = 100_000, 15, 255
"""More codes than this the solver doesn't weigh, and it counts in bytes."""
FILLERS = frozenset({"guess", "code", "numbers", "and"})


@dataclass(slots=True)
class State(GameState):
    """The hidden code and what was guessed."""

    numbers: int = 6
    duplicates: bool = False
    code: Code = (1, 2, 3, 4)
    guesses: list[Guess] = field(default_factory=list[Guess])
    """Each guess with its black and white pegs."""
    shown: str = ""
    """The guesses as the board shows them."""
    best: int = 0
    """The most black pegs of any guess."""


class MastermindEnv(Game[State, Code]):
    """A code of `code_length` numbers from 1 to `num_numbers`, or to one of several, drawn for each episode.

    `code_length=None` draws length, numbers and turns from `TURNS`. `max_turns=None` gives the turns listed
    there, or length plus numbers. Raises `ValueError` if there are no codes, or more than the solver weighs.
    """

    suffix = "Enter your next guess as \\boxed{numbers}, with spaces between them.\n"
    tiers: ClassVar = {
        "trivial": {"code_length": 2, "num_numbers": 4, "duplicate_numbers": False, "max_turns": 6},
        "easy": {"code_length": 3, "num_numbers": 6, "duplicate_numbers": False, "max_turns": 8},
        "medium": {"code_length": 4, "num_numbers": 6, "duplicate_numbers": True, "max_turns": 10},
        "hard": {"code_length": 5, "num_numbers": 8, "duplicate_numbers": False, "max_turns": 10},
        "very hard": {"code_length": 5, "num_numbers": 9, "duplicate_numbers": True, "max_turns": 10},
    }

    def __init__(
        self,
        code_length: int | None = 4,
        num_numbers: int | Sequence[int] | None = 6,
        duplicate_numbers: bool = False,
        max_turns: int | None = 20,
        partial_credit: bool = True,
    ) -> None:
        super().__init__(partial_credit)
        if (code_length is None) != (num_numbers is None):
            raise ValueError("code_length and num_numbers are both given, or both None to be drawn for each episode")
        self.sizes = list(TURNS)
        if code_length is not None and num_numbers is not None:
            choices = [num_numbers] if isinstance(num_numbers, int) else num_numbers
            self.sizes = [(code_length, numbers) for numbers in choices]
        if not self.sizes:
            raise ValueError("num_numbers is empty; it is a number, or several to draw from")
        for size in self.sizes:
            _check_size(*size, duplicate_numbers)
        self.duplicates, self.turn_limit = duplicate_numbers, max_turns

    # -- instance ---------------------------------------------------------------------------

    def new_game(self) -> State:
        sizes = self.sizes
        length, numbers = sizes[0] if len(sizes) == 1 else sizes[self.rng.integers(len(sizes))]
        turns = self.turn_limit
        if turns is None:
            turns = TURNS.get((length, numbers), length + numbers)
        code = _drawn(self.rng, length, numbers, self.duplicates)
        return State(turns, numbers=numbers, duplicates=self.duplicates, code=code)

    # -- text -------------------------------------------------------------------------------

    def rules(self) -> str:
        state = self.state
        length, numbers = len(state.code), state.numbers
        kind = "which may repeat" if state.duplicates else "all different"
        example = " ".join(str(place % numbers + 1) for place in range(length))
        return (
            f"I hide a code of {length} numbers from 1 to {numbers}, {kind}."
            f" Find it within {state.max_turns} guesses.\n"
            "Each guess gets a black peg for every number in its right place, and a white peg for every further number"
            " that is in the code, but in another place.\n"
            "A guess may repeat a number; it may not repeat an earlier guess. Put your guess in a box, such as"
            f" \\boxed{{{example}}}.\n"
        )

    def board(self) -> str:
        return self.state.shown or "No guesses yet.\n"

    @staticmethod
    def parse(words: list[str]) -> Code | None:
        try:
            return tuple(map(int, words)) or None
        except ValueError:
            numbers = [word for word in words if word not in FILLERS]
            return None if any(map(str.isalpha, numbers)) else tuple(map(int, numbers)) or None

    # -- rules ------------------------------------------------------------------------------

    def play(self, move: Code) -> Outcome:
        state = self.state
        length = len(state.code)
        if len(move) == 1 < length == len(str(move[0])) and move[0] > 0 and state.numbers <= 9:
            move = tuple(map(int, str(move[0])))  # 1234 can only be 1 2 3 4
        if len(move) != length:
            return illegal(f"a guess has {length} numbers.")
        if min(move) < 1 or max(move) > state.numbers:
            return illegal(f"the numbers go from 1 to {state.numbers}.")
        guess = " ".join(map(str, move))
        if f"\n{guess}:" in f"\n{state.shown}":
            return illegal(f"{guess} was guessed before.")
        black, white = pegs(move, state.code)
        state.guesses.append((move, black, white))
        answer = f"{guess}: {black} black, {white} white"
        state.shown += f"{answer}\n"
        reward = 0.0
        if black > state.best:
            reward = (black - state.best) / length
            state.best = black
        return won(f"{answer}. That is the code.", reward) if black == length else (f"{answer}.", reward, PLAYED)

    # -- solver -----------------------------------------------------------------------------

    def solve(self) -> str:
        guess = best_guess(self._space(), tuple(self.state.guesses))
        return f"\\boxed{{{' '.join(map(str, guess))}}}"

    def random_move(self, rng: np.random.Generator) -> str:
        state = self.state
        return " ".join(map(str, _drawn(rng, len(state.code), state.numbers, state.duplicates)))

    def distance(self) -> float:
        """The turns in which `solve()` finds this code from here, exactly."""
        space, code = self._space(), self.state.code
        guesses, turns = tuple(self.state.guesses), 0
        while not any(guess == code for guess, _, _ in guesses[-1:]):
            guess = best_guess(space, guesses)
            guesses = (*guesses, (guess, *pegs(guess, code)))
            turns += 1
        return float(turns)

    def _space(self) -> Space:
        return Space(len(self.state.code), self.state.numbers, self.state.duplicates)


def _check_size(length: int, numbers: int, duplicates: bool) -> None:
    """Raise `ValueError` if there are no codes or too many."""
    if length > MAX_LENGTH or numbers > MAX_NUMBERS:
        raise ValueError(f"{length} of {numbers} numbers; there are at most {MAX_LENGTH} of {MAX_NUMBERS}")
    codes = numbers**length if duplicates else perm(max(numbers, 0), max(length, 0))
    if length < 1 or not 2 <= codes <= MAX_CODES:
        kind = "with" if duplicates else "without"
        raise ValueError(
            f"{length} of {numbers} numbers {kind} duplicates: {codes} codes; there must be 2 to {MAX_CODES}"
        )


def _drawn(rng: np.random.Generator, length: int, numbers: int, duplicates: bool) -> Code:
    """A code; each is equally likely."""
    if duplicates:
        return tuple((rng.integers(numbers, size=length) + 1).tolist())
    return tuple((rng.permutation(numbers)[:length] + 1).tolist())
