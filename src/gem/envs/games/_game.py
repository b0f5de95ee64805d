"""What all text games share: a boxed move, a turn limit, and four outcomes of a turn.

A game file adds its instances, its text, its rules and its solver; nothing else.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, ClassVar, Generic, TypeVar, cast

import numpy as np

from gem.constants import LanguageGameReward
from gem.core import Env, Info, StepResult, new_result
from gem.errors import ConfigError
from gem.parsing import MAX_MOVE_CHARS, boxed_answers, last_box, move_words

KNOWN_CHARS, KNOWN_REPLIES = 64, 4096
"""Longest reply whose meaning is remembered, and how many of them for each game."""
WIN = LanguageGameReward.success
FORMAT_ERROR = LanguageGameReward.format_error


class Kind(Enum):
    """How a turn went."""

    PLAYED = auto()
    ILLEGAL = auto()
    WON = auto()
    LOST = auto()


PLAYED, WON, LOST = Kind.PLAYED, Kind.WON, Kind.LOST  # plain names: an enum's members are slow to look up

Outcome = tuple[str, float, Kind]
"""What a move did: one sentence on it, its reward, how the turn went."""


def played(event: str, reward: float = 0.0) -> Outcome:
    """A legal move; the game goes on."""
    return event, reward, PLAYED


def illegal(event: str) -> Outcome:
    """A move that the rules forbid: it changes nothing and earns nothing, but costs its turn."""
    return event, LanguageGameReward.invalid_action, Kind.ILLEGAL


def won(event: str, reward: float = WIN) -> Outcome:
    """The goal is reached."""
    return event, reward, WON


def lost(event: str, reward: float = LanguageGameReward.fail) -> Outcome:
    """The goal can no longer be reached."""
    return event, reward, LOST


@dataclass(slots=True)
class GameState:
    """Per-episode state; each game adds its own fields."""

    max_turns: int
    turn: int = 0
    """Turns taken so far."""


StateT = TypeVar("StateT", bound=GameState)
MoveT = TypeVar("MoveT")


class Game(Env[str, str], Generic[StateT, MoveT]):
    r"""A turn-limited text game. Subclasses implement the abstract methods below, in this order.

    A reply that holds no readable `\boxed{move}` ends the game with `FORMAT_ERROR`. When the turns
    run out after a legal move, `consolation` is added to its reward. With `partial_credit=False`
    only the win pays, and format errors cost: the return says what success says.
    """

    suffix: ClassVar[str]
    """The short ask for the next move."""
    tiers: ClassVar[dict[str, dict[str, Any]]] = {}
    """What `make(id, difficulty=)` knows, from trivial to very hard: names, and the arguments that they stand for."""
    luck: ClassVar[str] = ""
    """Why even perfect play may lose, in one sentence; empty where it never does."""
    turn_cost: float = 0.0
    """What every turn before the win costs the expert, where the rules make turns dear."""
    state: StateT
    _known: ClassVar[dict[str, Any]]
    """What short replies mean: games have few moves, and see them often."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls._known = {}

    def __init__(self, partial_credit: bool) -> None:
        super().__init__()
        self.partial_credit = partial_credit
        self._turn_limit: int | None = None

    # -- instance ---------------------------------------------------------------------------

    @abstractmethod
    def new_game(self) -> StateT:
        """Draw an instance from `self.rng` that can be won within its turns."""

    # -- text -------------------------------------------------------------------------------

    @abstractmethod
    def rules(self) -> str:
        """What the player must know; the same during the whole episode."""

    @abstractmethod
    def board(self) -> str:
        """The state as the player may see it: enough to go on without the past."""

    @staticmethod
    @abstractmethod
    def parse(words: list[str]) -> MoveT | None:
        """The move that the words and whole numbers of a boxed answer mean, or None. A pure function."""

    # -- rules ------------------------------------------------------------------------------

    @abstractmethod
    def play(self, move: MoveT) -> Outcome:
        """Apply a readable move."""

    def consolation(self) -> float:
        """Partial credit when the turns run out after a legal move."""
        return 0.0

    # -- solver -----------------------------------------------------------------------------

    @abstractmethod
    def solve(self) -> str:
        """An action that an expert would take now, knowing only what the player was shown."""

    @abstractmethod
    def random_move(self, rng: np.random.Generator) -> str:
        """The text of a well-formed move, without its box."""

    def distance(self) -> float:
        """Turns that the expert still needs, exactly or at most (each game says which); 0 only once the game is won.

        Raises `NotImplementedError` in games that have no such measure.
        """
        raise NotImplementedError(f"{type(self).__name__} knows no distance to its goal")

    # -- the turn ---------------------------------------------------------------------------

    @property
    def turn_limit(self) -> Any:
        """The turn limit that the env was made with; None where each instance has its own."""
        return self._turn_limit

    @turn_limit.setter
    def turn_limit(self, turns: int | None) -> None:
        if turns is not None and (not isinstance(cast("Any", turns), int) or turns < 1):
            raise ConfigError(f"max_turns is {turns!r}; a game has at least one turn")
        self._turn_limit = turns

    @property
    def turn_count(self) -> int:
        """Turns taken in this episode."""
        return self.state.turn

    @property
    def max_turns(self) -> int:
        """Turns of this episode."""
        return self.state.max_turns

    def sample_random_action(self, rng: np.random.Generator | None = None) -> str:
        """A boxed well-formed move, legal or not, drawn from `rng`."""
        return f"\\boxed{{{self.random_move(np.random.default_rng() if rng is None else rng)}}}"

    def is_legal(self, action: Any) -> bool:
        """Whether the rules allow this reply now; tried on a fork, so nothing of the episode changes."""
        twin = self.fork()
        move = twin._read(action)
        return move is not None and twin.play(move)[2] is not Kind.ILLEGAL

    def _reset(self) -> tuple[str, Info]:
        self.state = self.new_game()
        rules = self.rules()
        return f"{rules}{self.board()}", {"suffix": self.suffix, "event": rules}

    def _step(self, action: Any) -> StepResult[str]:
        state = self.state
        state.turn += 1
        move = self._known.get(action) if isinstance(action, str) else None
        if move is None and (move := self._read(action)) is None:
            event = f"Turn {state.turn}: no move could be read, so the game is over.\n"
            return self._end(event, FORMAT_ERROR, success=False)
        event, reward, kind = self.play(move)
        event = f"Turn {state.turn}: {event}\n"
        if kind is WON:
            return self._end(event, reward if self.partial_credit else WIN, success=True)
        if not self.partial_credit and reward > 0:
            reward = 0.0
        if kind is LOST:
            return self._end(event, reward, success=False)
        if state.turn >= state.max_turns:
            if kind is PLAYED and self.partial_credit:
                reward += self.consolation()
            return self._end(f"{event}That was the last turn.\n", reward, success=False, out_of_turns=True)
        info = {"suffix": self.suffix, "event": event}
        return new_result((event + self.board(), reward, False, False, info))

    def _read(self, action: Any) -> MoveT | None:
        """The last readable move of a reply; a reply that is no text holds none."""
        if not isinstance(action, str):
            return None
        move = self.parse(move_words(last_box(action)))
        if move is None:
            answers = [answer for answer in boxed_answers(action, MAX_MOVE_CHARS) if "\\boxed" not in answer]
            moves = (self.parse(move_words(answer)) for answer in reversed(answers))
            move = next((found for found in moves if found is not None), None)
        if move is not None and len(action) <= KNOWN_CHARS and len(self._known) < KNOWN_REPLIES:
            self._known[action] = move
        return move

    def _end(self, event: str, reward: float, success: bool, out_of_turns: bool = False) -> StepResult[str]:
        info = {"suffix": self.suffix, "event": event, "success": success}
        return new_result((event + self.board(), reward, not out_of_turns, out_of_turns, info))
