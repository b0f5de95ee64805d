"""The bash tool: a machine of the agent's own, for an episode. What it is safe from is said in THREAT_MODEL.md."""

from __future__ import annotations

import os
from pathlib import Path

from gem.blocks import Block, first_fenced, first_tagged
from gem.errors import ConfigError, SandboxUnavailable
from gem.sandbox import Limits, Result
from gem.sandbox.terminal.machine import best_rung
from gem.tools.base_tool import BaseTool, ToolAnswer, ToolUnavailable, no_call
from gem.tools.held_machine import HeldMachine
from gem.tools.program_output import shortened

REPLACED = "The machine broke down. A new one stands in its place: files, variables and processes are gone."


class BashTool(BaseTool):
    """Runs the first bash block of an action in the shell of a machine that is the agent's for the episode.

    Files, the working folder, variables and background jobs stay from call to call; a reset gives a new machine.
    Snapshots and forks of the env hold its files and variables, no processes. `timeout` is in seconds, for each
    call; `rootfs` is a folder to serve as the machine's /, instead of the host's programs.

    BashTool().execute_action("<bash>cd /tmp && ls</bash>")
    """

    tool_type = "bash"
    state: HeldMachine | None = None

    def __init__(
        self,
        timeout: float = 30,
        *,
        limits: Limits | None = None,
        rootfs: str | Path | None = None,
        max_output_chars: int = 8000,
        num_workers: int = 1,
    ) -> None:
        super().__init__(num_workers)
        self.timeout = Limits(timeout_s=timeout).timeout_s
        self.limits = limits
        self.rootfs = None if rootfs is None else str(rootfs)
        if max_output_chars < 1:
            raise ConfigError(f"max_output_chars is at least 1, not {max_output_chars}")
        self.max_output_chars = max_output_chars

    def instruction_string(self) -> str:
        """How to call it, and what is kept."""
        return (
            "You have a Linux machine with bash: write commands between <bash> and </bash>, or in a ```bash ... ``` "
            'block, and stop there. What they print is given back to you after "Command result:". '
            f"They have {self.timeout:g} seconds, no keyboard and no network. "
            "Files, variables, the working folder and background jobs are kept for your next block."
        )

    def find_call(self, action: str) -> int | None:
        """Where the first bash block begins."""
        block = _first_block(action)
        return None if block is None else block.start

    def execute_action(self, action: str) -> ToolAnswer:
        """Run the first bash block. Raises `ToolUnavailable` if no machine can be started."""
        block = _first_block(action)
        if block is None:
            return no_call(action)
        if self.state is None:
            self.state = self._new()
        try:
            result = self.state.run(block.content, self.timeout)
        except SandboxUnavailable as error:
            raise ToolUnavailable(str(error)) from error
        if result.status == "unavailable":  # an agent may break its machine, which is no fault of the world's
            self.reset()
            told = REPLACED
        else:
            told = self._told(result)
        return ToolAnswer(True, not result.ok, f"Command result:\n{told}\n", action[: block.end])

    def reset(self) -> None:
        """Begin with a new machine. Raises `SandboxUnavailable` where none can be had."""
        self.close()
        best_rung(os.geteuid(), self.rootfs is not None)

    def close(self) -> None:
        """End the machine."""
        if self.state is not None:
            self.state.close()
            self.state = None

    def _new(self) -> HeldMachine:
        return HeldMachine(self.limits, self.rootfs)

    def _told(self, result: Result) -> str:
        """What was printed, the middle left out if it is long, and below it how the command ended."""
        printed = shortened(result.stdout.rstrip("\n"), self.max_output_chars)
        endings = list(result.stderr.splitlines())
        if result.timed_out:
            endings.append(f"Stopped after {self.timeout:g} seconds.")
        elif result.limit_hit is not None:
            endings.append("Stopped, for it printed too much.")
        elif result.exit_code:
            endings.append(f"Exit code {result.exit_code}.")
        parts = [part for part in (printed, *(f"[{ending}]" for ending in endings)) if part]
        return "\n".join(parts) or "(nothing was printed)"


def _first_block(action: str) -> Block | None:
    """The block that opens first, of either kind."""
    blocks = (first_tagged(action, "bash"), first_fenced(action, "bash", "sh", "shell"))
    return min((block for block in blocks if block is not None), default=None)
