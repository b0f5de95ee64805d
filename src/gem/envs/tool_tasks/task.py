"""What the toy tasks share: a coin in a box, a rumour, sources that speak when they are called, and their price."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar, NamedTuple

import numpy as np

from gem.envs.games._game import Game, GameState, Outcome, illegal, lost, played, won
from gem.errors import ConfigError

BOXES = 8
WORDS = frozenset({"ask", "look", "open", "wait", "owl", "fox"})
"""All words that a move may have."""

Move = tuple[str, ...]
"""A call, such as ("open", "3"), or an answer, such as ("3",)."""


class Strategy(NamedTuple):
    """A player that is known exactly: its moves, and what it earns on average over all episodes."""

    name: str
    move: Callable[[], str]
    """Its next move in this env."""
    success: float
    mean_return: float
    turns: int


@dataclass(slots=True)
class State(GameState):
    """Where the coin is, and who says what."""

    coin: int = 1
    rumour: int = 1
    told: dict[str, int] = field(default_factory=dict[str, int])
    """What each source would say; drawn as the episode begins."""
    heard: dict[str, int] = field(default_factory=dict[str, int])
    """What was said so far."""
    asked: int = 0
    """The turn in which the letter was sent; 0: it was not."""


class ToolTask(Game[State, Move]):
    """What the tasks share: the coin, the rumour, and the price of a call. `gem.envs.tool_tasks` explains them.

    Raises `ConfigError` unless 1/8 <= `base_rate` <= `tool_rate` <= 1 and `price` >= 0.
    """

    suffix = "Enter a call or your answer in \\boxed{}.\n"
    calls: ClassVar[int] = 1
    """Calls on the way to the tool's answer."""
    spare_turns: ClassVar[int] = 2
    """Turns beyond those that the expert needs."""

    def __init__(self, base_rate: float = 0.3, tool_rate: float = 0.9, price: float = 0.0) -> None:
        super().__init__(partial_credit=True)
        if not 1 / BOXES <= base_rate <= tool_rate <= 1:
            raise ConfigError(f"1/{BOXES} <= base_rate <= tool_rate <= 1 does not hold for {base_rate} and {tool_rate}")
        if not 0 <= price < float("inf"):
            raise ConfigError(f"price is at least 0, not {price}")
        self.base_rate, self.tool_rate, self.price = base_rate, tool_rate, price

    @property
    def luck(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Why the expert may lose."""
        source = "the tool" if self.worth_asking else "the rumour, as the tool costs more than it is worth,"
        return f"{source} is right in {self._success:.0%} of all episodes"

    @property
    def optimal_return(self) -> float:
        """What the best player earns on average."""
        return max(self.base_rate, self.tool_rate - self.calls * self.price)

    @property
    def worth_asking(self) -> bool:
        """Whether the best player calls the tool."""
        return self.optimal_return > self.base_rate

    @property
    def _success(self) -> float:
        """How often the best player finds the coin."""
        return self.tool_rate if self.worth_asking else self.base_rate

    def strategies(self) -> tuple[Strategy, ...]:
        """The players that are known exactly, the one without tools first and the expert last."""
        turns = self.calls + 1 if self.worth_asking else 1
        return (
            Strategy("without tools", self.believe_rumour, self.base_rate, self.base_rate, 1),
            *self.other_strategies(),
            Strategy("expert", self.solve, self._success, self.optimal_return, turns),
        )

    def other_strategies(self) -> tuple[Strategy, ...]:
        """Players that do what only this task allows."""
        return ()

    # -- instance ---------------------------------------------------------------------------

    def new_game(self) -> State:
        coin = int(self.rng.integers(1, BOXES, endpoint=True))
        rumour = self._said(coin, self.base_rate)
        return State(self.calls + 1 + self.spare_turns, coin=coin, rumour=rumour, told=self.sources(coin))

    def sources(self, coin: int) -> dict[str, int]:
        """What each source would say."""
        return {"oracle": self._said(coin, self.tool_rate)}

    def _said(self, coin: int, rate: float) -> int:
        """The coin's box with this probability, else one of the others."""
        other = (coin - 1 + int(self.rng.integers(1, BOXES))) % BOXES + 1
        return coin if self.rng.random() < rate else other

    # -- text -------------------------------------------------------------------------------

    def rules(self) -> str:
        return (
            f"A coin is in one of {BOXES} boxes. A rumour names one, and is rarely right. {self.offer()}\n"
            "Answer by \\boxed{1}, say.\n"
        )

    @abstractmethod
    def offer(self) -> str:
        """What the tools are, and how they are called."""

    def board(self) -> str:
        return "".join(f"{who}: {box}\n" for who, box in {"rumour": self.state.rumour, **self.state.heard}.items())

    @staticmethod
    def parse(words: list[str]) -> Move | None:
        known = all(word in WORDS or (len(word) == 1 and "1" <= word <= str(BOXES)) for word in words)
        return tuple(words) if known and 1 <= len(words) <= 2 else None

    # -- rules ------------------------------------------------------------------------------

    def play(self, move: Move) -> Outcome:
        if len(move) == 1 and move[0].isdigit():
            return self.answer(int(move[0]))
        said = self.consult(move)
        return illegal("that cannot be done now.") if said is None else played(said, 0.0 - self.price)

    def answer(self, box: int) -> Outcome:
        """Open a box."""
        if box == self.state.coin:
            return won(f"the coin is in box {box}.")
        return lost(f"box {box} is empty, the coin is in {self.state.coin}.")

    @abstractmethod
    def consult(self, call: Move) -> str | None:
        """Carry out a call: what comes of it, in a sentence. None, and nothing happens, where it makes no sense now."""

    def hear(self, who: str) -> str | None:
        """Let a source speak; None if it has spoken before."""
        if who in self.state.heard:
            return None
        box = self.state.heard[who] = self.state.told[who]
        return f"{who}: {box}."

    # -- solver -----------------------------------------------------------------------------

    def solve(self) -> str:
        return self._boxed(self.next_call() or self._best_guess()) if self.worth_asking else self.believe_rumour()

    @abstractmethod
    def next_call(self) -> str | None:
        """What is still to be done before the answer of an expert; None if nothing is."""

    def believe_rumour(self) -> str:
        """The move of a player that never uses a tool."""
        return self._boxed(str(self.state.rumour))

    def _best_guess(self) -> str:
        return str(self.state.heard.get(self.source, self.state.rumour))

    source: ClassVar[str] = "oracle"
    """The one to be trusted."""

    @staticmethod
    def _boxed(move: str) -> str:
        return f"\\boxed{{{move}}}"

    def random_move(self, rng: np.random.Generator) -> str:
        """A call that may tell something new, or as likely an answer: a box that was named."""
        calls = self.new_calls()
        options = calls if calls and rng.random() < 0.5 else self.named_boxes()
        return options[int(rng.integers(len(options)))]

    def named_boxes(self) -> list[str]:
        """Where the coin is, according to the rumour and to each source that has spoken of it."""
        heard = self.state.heard.items()
        return [str(self.state.rumour), *(str(box) for who, box in heard if "key" not in who)]

    def new_calls(self) -> list[str]:
        """The calls that a random player draws from: none that is known to be idle."""
        return [] if "oracle" in self.state.heard else ["ask"]
