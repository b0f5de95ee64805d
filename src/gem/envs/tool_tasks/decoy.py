"""Two tools that look alike, of which one is worth its price."""

from __future__ import annotations

from gem.envs.tool_tasks.task import BOXES, Move, Strategy, ToolTask


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
