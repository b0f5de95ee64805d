"""Guess The Number: find a hidden whole number from "higher" and "lower".

    easy     1..10, 4 turns       hard     1..50, 7 turns       plain    1..20, 10 turns (-v1: 5)
    random   a new range for each episode: 6 to 51 numbers from 1..10 upwards

Binary search wins each of them. On easy it needs 2.90 turns on average, and no player needs fewer.
With partial credit, running out of turns on a legal guess pays 1 - |guess - target| / (range).

    tier         range           turns   of binary search, on average
    trivial      1..7              3          2.4
    easy         1..15             4          3.3
    medium       1..100            7          5.8
    hard         1..1000          10          9.0
    very hard    1..1000000       20         19.0
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from gem.envs.games._game import PLAYED, Game, GameState, Outcome, illegal, won

FILLERS = frozenset({"guess", "number"})
"""Words before a guess that say nothing."""


@dataclass(slots=True)
class State(GameState):
    """The hidden number and what was guessed."""

    low: int = 1
    high: int = 20
    target: int = 1
    guesses: list[int] = field(default_factory=list[int])
    said: list[str] = field(default_factory=list[str])
    """Each guess with its answer, as the board shows it."""


class GuessTheNumberEnv(Game[State, int]):
    """A hidden whole number in [min_number, max_number]; `None` draws that bound for each episode."""

    suffix = "Enter your next guess as \\boxed{number}.\n"
    tiers: ClassVar[dict[str, dict[str, Any]]] = {
        "trivial": {"min_number": 1, "max_number": 7, "max_turns": 3},
        "easy": {"min_number": 1, "max_number": 15, "max_turns": 4},
        "medium": {"min_number": 1, "max_number": 100, "max_turns": 7},
        "hard": {"min_number": 1, "max_number": 1000, "max_turns": 10},
        "very hard": {"min_number": 1, "max_number": 1_000_000, "max_turns": 20},
    }

    def __init__(
        self,
        min_number: int | None = 1,
        max_number: int | None = 20,
        max_turns: int | None = 20,
        partial_credit: bool = True,
    ) -> None:
        super().__init__(partial_credit)
        if min_number is not None and max_number is not None and min_number > max_number:
            raise ValueError(f"min_number {min_number} is above max_number {max_number}")
        self.min_number, self.max_number, self.turn_limit = min_number, max_number, max_turns

    # -- instance ---------------------------------------------------------------------------

    def new_game(self) -> State:
        low, high = self.min_number, self.max_number
        if low is None:
            low = int(self.rng.integers(1, 10, endpoint=True))
            low = low if high is None else min(low, high)
        if high is None:
            high = low + int(self.rng.integers(5, 50, endpoint=True))
        turns = math.ceil(math.sqrt(high - low)) + 1 if self.turn_limit is None else self.turn_limit
        return State(turns, low=low, high=high, target=int(self.rng.integers(low, high, endpoint=True)))

    # -- text -------------------------------------------------------------------------------

    def rules(self) -> str:
        state = self.state
        return (
            f"I hide a whole number from {state.low} to {state.high}. Find it within {state.max_turns} guesses.\n"
            "After each wrong guess I say whether my number is higher or lower.\n"
            f"Put your guess in a box, such as \\boxed{{{state.low}}}.\n"
        )

    def board(self) -> str:
        said = self.state.said
        return f"So far: {', '.join(said)}.\n" if said else "No guesses yet.\n"

    @staticmethod
    def parse(words: list[str]) -> int | None:
        match [word for word in words if word not in FILLERS]:
            case [number] if not number.isalpha():
                return int(number)
            case [number, *thousands] if len(number) <= 3 and all(len(part) == 3 for part in thousands):
                digits = "".join((number, *thousands))  # 500,000
                return int(digits) if digits.isdigit() else None
            case _:
                return None

    # -- rules ------------------------------------------------------------------------------

    def play(self, move: int) -> Outcome:
        state = self.state
        if not state.low <= move <= state.high:
            return illegal(f"the number lies between {state.low} and {state.high}.")
        if move in state.guesses:
            return illegal(f"{move} was guessed before.")
        hint = "higher" if move < state.target else "lower" if move > state.target else "right"
        state.guesses.append(move)
        state.said.append(f"{move} {hint}")
        if move == state.target:
            return won(f"{move} is the number.")
        return f"it is {hint} than {move}.", 0.0, PLAYED

    def consolation(self) -> float:
        state = self.state
        return 1 - abs(state.guesses[-1] - state.target) / (state.high - state.low)

    # -- solver -----------------------------------------------------------------------------

    def solve(self) -> str:
        low, high = self._possible()
        return f"\\boxed{{{(low + high) // 2}}}"

    def distance(self) -> float:
        """Turns of the solver at most: with n numbers still possible, binary search needs log2(n + 1), rounded up."""
        if self.state.target in self.state.guesses:
            return 0
        low, high = self._possible()
        return (high - low + 1).bit_length()

    def _possible(self) -> tuple[int, int]:
        """The lowest and the highest number that the answers leave."""
        state = self.state
        low = max((guess + 1 for guess in state.guesses if guess < state.target), default=state.low)
        high = min((guess - 1 for guess in state.guesses if guess > state.target), default=state.high)
        return low, high

    def random_move(self, rng: np.random.Generator) -> str:
        return str(rng.integers(self.state.low, self.state.high, endpoint=True))
