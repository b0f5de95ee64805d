r"""Toy tasks in which a tool raises the chance of success from 0.3 to 0.9: a test bed for credit assignment.

| id | what it takes |
|-|-|
| `tool:Hint-v1` | one call, then the answer |
| `tool:TwoStep-v1` | two calls in order: the first gives the key that the second needs |
| `tool:Decoy-v1` | the one of two tools that helps; each call costs 0.05 |
| `tool:Delayed-v1` | a call in the first of ten turns, which pays in the last one |

A coin lies in one of eight boxes, each as likely. A rumour names its box with probability `base_rate`, and otherwise
one of the seven others, each as likely; what the tool says is right with probability `tool_rate` likewise, whatever
the rumour says. Asking again tells nothing new, each call costs `price`, and only the right answer pays: 1.

The best player without tools believes the rumour and wins exactly `base_rate`. One that has heard both believes the
tool. Where they differ, the odds of the tool against the rumour are those of tool_rate (1 - base_rate) against
base_rate (1 - tool_rate), so that is right as long as tool_rate >= base_rate, and it wins exactly `tool_rate`. So with
n calls on the way to the answer the optimal return is max(base_rate, tool_rate - n price). `strategies()` has the
players that are known exactly, with what they are promised to earn; `gem-gym bench tools` plays them all.

Random moves answer with boxes that somebody has named. So a small model that was cloned from them can read and write,
and what is left to learn is what a call is worth.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple

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
    """What the tasks share: the coin, the rumour, and the price of a call. See the module for the parameters.

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
        return f"the best source is right in {max(self.base_rate, self.tool_rate):.0%} of all episodes"

    @property
    def optimal_return(self) -> float:
        """What the best player earns on average."""
        return max(self.base_rate, self.tool_rate - self.calls * self.price)

    @property
    def worth_asking(self) -> bool:
        """Whether the best player calls the tool."""
        return self.optimal_return > self.base_rate

    def strategies(self) -> tuple[Strategy, ...]:
        """The players that are known exactly, the one without tools first and the expert last."""
        turns = self.calls + 1 if self.worth_asking else 1
        success = self.tool_rate if self.worth_asking else self.base_rate
        return (
            Strategy("without tools", self.believe_rumour, self.base_rate, self.base_rate, 1),
            *self.other_strategies(),
            Strategy("expert", self.solve, success, self.optimal_return, turns),
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


class HintEnv(ToolTask):
    """One tool, one call: "ask"."""

    def offer(self) -> str:
        return "The oracle knows better: \\boxed{ask}."

    def consult(self, call: Move) -> str | None:
        return self.hear("oracle") if call == ("ask",) else None

    def next_call(self) -> str | None:
        return None if "oracle" in self.state.heard else "ask"


class TwoStepEnv(ToolTask):
    """Two tools in order: "look" finds the key to a note, "open" with that key shows it.

    A wrong key breaks in the lock, and the note is lost. Who tries a key by chance wins
    (tool_rate + 7 base_rate) / 8 of all episodes, and pays one call.
    """

    calls = 2
    source = "note"

    def sources(self, coin: int) -> dict[str, int]:
        key = int(self.rng.integers(1, BOXES, endpoint=True))
        return {"key": key, "note": self._said(coin, self.tool_rate)}

    def offer(self) -> str:
        return "A locked note knows better: \\boxed{look} for its key, then \\boxed{open 1}, say, if the key is 1."

    def consult(self, call: Move) -> str | None:
        state = self.state
        if call == ("look",):
            return self.hear("key")
        if len(call) != 2 or call[0] != "open" or not call[1].isdigit() or "note" not in state.told:
            return None
        if int(call[1]) == state.told["key"]:
            return self.hear("note")
        if "note" in state.heard:
            return None
        del state.told["note"]
        state.heard["broken key"] = int(call[1])
        return "the key breaks, and the note is lost."

    def next_call(self) -> str | None:
        heard = self.state.heard
        if "note" in heard or "broken key" in heard:
            return None
        return f"open {heard['key']}" if "key" in heard else "look"

    def other_strategies(self) -> tuple[Strategy, ...]:
        success = (self.tool_rate + (BOXES - 1) * self.base_rate) / BOXES
        return (Strategy("guesses the key", self._guess_key, success, success - self.price, 2),)

    def _guess_key(self) -> str:
        return self._boxed(self._best_guess() if self.state.heard else "open 1")

    def new_calls(self) -> list[str]:
        heard = self.state.heard
        if "note" in heard or "broken key" in heard:
            return []
        if "key" in heard:
            return [f"open {heard['key']}"]
        return ["look"] * BOXES + [f"open {box}" for box in range(1, BOXES + 1)]  # either tool is as likely


class DecoyEnv(ToolTask):
    """Two tools that look alike: the owl knows, the fox names any box."""

    source = "owl"

    def sources(self, coin: int) -> dict[str, int]:
        return {"owl": self._said(coin, self.tool_rate), "fox": int(self.rng.integers(1, BOXES, endpoint=True))}

    def offer(self) -> str:
        return "Two may be asked: \\boxed{ask owl}, \\boxed{ask fox}. Only one of them knows better."

    def consult(self, call: Move) -> str | None:
        return self.hear(call[1]) if len(call) == 2 and call[0] == "ask" and call[1] in self.state.told else None

    def next_call(self) -> str | None:
        return None if "owl" in self.state.heard else "ask owl"

    def other_strategies(self) -> tuple[Strategy, ...]:
        both = self.tool_rate - 2 * self.price
        return (
            Strategy("believes the fox", self._believe_fox, 1 / BOXES, 1 / BOXES - self.price, 2),
            Strategy("asks both", self._ask_both, self.tool_rate, both, 3),
        )

    def _believe_fox(self) -> str:
        fox = self.state.heard.get("fox")
        return self._boxed("ask fox" if fox is None else str(fox))

    def _ask_both(self) -> str:
        asked = self.state.heard
        return self._boxed("ask fox" if "fox" not in asked else "ask owl" if "owl" not in asked else self._best_guess())

    def new_calls(self) -> list[str]:
        return [f"ask {who}" for who in ("owl", "fox") if who not in self.state.heard]


class DelayedEnv(ToolTask):
    """A letter is answered `delay` turns later, and the boxes open after so many turns that only the first is in time.

    Every episode has `delay` + 2 turns: "ask" or "wait" in each but the last, and the answer in the last. An answer
    before that is no legal move, so discounting favours nobody.
    """

    source = "letter"
    tiers: ClassVar[dict[str, dict[str, Any]]] = {
        "easy": {"delay": 2},
        "medium": {"delay": 8},
        "hard": {"delay": 24},
    }

    def __init__(self, base_rate: float = 0.3, tool_rate: float = 0.9, price: float = 0.0, delay: int = 8) -> None:
        super().__init__(base_rate, tool_rate, price)
        if delay < 1:
            raise ConfigError(f"delay is at least 1 turn, not {delay}")
        self.delay = delay

    def new_game(self) -> State:
        state = super().new_game()
        state.max_turns = self.delay + 2
        return state

    def sources(self, coin: int) -> dict[str, int]:
        return {"letter": self._said(coin, self.tool_rate)}

    def offer(self) -> str:
        return (
            f"A letter to the oracle, \\boxed{{ask}}, is answered {self.delay} turns later. Until the boxes open, "
            "\\boxed{wait}."
        )

    def board(self) -> str:
        state = self.state
        to_wait = max(0, state.max_turns - 1 - state.turn)
        under_way = "letter sent\n" if state.asked and "letter" not in state.heard else ""
        return f"{super().board()}{under_way}boxes open in {to_wait}\n" if to_wait else super().board()

    def play(self, move: Move) -> Outcome:
        state = self.state
        open_now = state.turn >= state.max_turns
        if move[0].isdigit() and not open_now:
            outcome = illegal("the boxes are not open yet.")
        elif move == ("wait",) and not open_now:
            outcome = played("you wait.")
        else:
            outcome = super().play(move)
        state.asked = min(state.asked, state.turn)
        if state.asked and state.turn == state.asked + self.delay:
            self.hear("letter")
        return outcome

    def consult(self, call: Move) -> str | None:
        """Send the letter. What asks here without a turn of the env's, as a tool does, asks in the turn to come."""
        state = self.state
        if call != ("ask",) or state.asked:
            return None
        state.asked = state.turn + 1
        return "the letter is sent."

    def next_call(self) -> str | None:
        if self.state.turn + 1 >= self.max_turns:
            return None
        return "ask" if not self.state.turn else "wait"

    def believe_rumour(self) -> str:
        return self._boxed(str(self.state.rumour) if self.state.turn + 1 >= self.max_turns else "wait")

    def strategies(self) -> tuple[Strategy, ...]:
        return tuple(strategy._replace(turns=self.delay + 2) for strategy in super().strategies())

    def other_strategies(self) -> tuple[Strategy, ...]:
        return (Strategy("asks too late", self._ask_late, self.base_rate, self.base_rate - self.price, 0),)

    def _ask_late(self) -> str:
        return self._boxed("ask") if self.state.turn == 1 else self.believe_rumour()

    def random_move(self, rng: np.random.Generator) -> str:
        options = ["ask", "wait"] if self.state.turn + 1 < self.max_turns else self.named_boxes()
        return options[int(rng.integers(len(options)))]
