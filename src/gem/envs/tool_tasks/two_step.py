"""Two calls that must come in order: what the first tells, the second needs."""

from __future__ import annotations

from gem.envs.tool_tasks.task import BOXES, Move, Strategy, ToolTask


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
