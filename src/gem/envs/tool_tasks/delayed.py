"""A call that pays many turns later, or never."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from gem.envs.games._game import Outcome, illegal, played
from gem.envs.tool_tasks.task import Move, State, Strategy, ToolTask
from gem.errors import ConfigError


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
