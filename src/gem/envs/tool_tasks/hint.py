"""The simplest task: one call tells more than the rumour does."""

from __future__ import annotations

from gem.envs.tool_tasks.task import Move, ToolTask


class HintEnv(ToolTask):
    """One tool, one call: "ask"."""

    def offer(self) -> str:
        return "The oracle knows better: \\boxed{ask}."

    def consult(self, call: Move) -> str | None:
        return self.hear("oracle") if call == ("ask",) else None

    def next_call(self) -> str | None:
        return None if "oracle" in self.state.heard else "ask"
