"""Python for agents: programs between `<python>` and `</python>`, or in a fenced block, run in a sandbox.

Knows nothing of how a sandbox holds them (`gem.sandbox`), nor of rewards (`gem.tools.tool_env_wrapper`).
"""

from __future__ import annotations

from textwrap import dedent
from typing import Self

from gem.blocks import Block, first_fenced, first_tagged
from gem.build import closest
from gem.errors import ConfigError, SandboxUnavailable
from gem.sandbox import BACKENDS, Limits, Profile, Result, Sandbox, make, shared
from gem.sandbox.calls import DEFAULT_NAMES
from gem.sandbox.profile import profile_of
from gem.sandbox.result import unavailable
from gem.tools.base_tool import BaseTool, ToolAnswer, ToolUnavailable, no_call
from gem.tools.held_session import HeldSession
from gem.tools.program_output import told

LOST = "The session before was lost: this is a new one, without its variables."
ENDED = "The session has ended with it, and its variables are gone; the next call starts a new one."


class PythonCodeTool(BaseTool):
    """Runs the first Python block of an action; the agent reads what it printed and how it ended.

    `timeout` is in seconds. `sandbox` is where the programs run, yours to close; without one it is the sandbox that
    this process shares ("none", "bwrap", "auto": the safest that the machine gives), or one of the backend that
    `sandbox_type` names. `profile` says what can be imported beyond the standard library. With `stateful=True`
    variables stay from call to call within an episode. `keep_error_last_line` keeps of a traceback the line that
    names the error; `max_output_chars` bounds what is shown.

    PythonCodeTool().execute_action("<python>print(6 * 7)</python>")
    """

    tool_type = "python_code"
    state: HeldSession | None = None

    def __init__(
        self,
        timeout: float = 5,
        sandbox_type: str = "none",
        keep_error_last_line: bool = False,
        *,
        sandbox: Sandbox | None = None,
        stateful: bool = False,
        profile: str | Profile = "auto",
        max_output_chars: int = 8000,
        num_workers: int = 1,
    ) -> None:
        super().__init__(num_workers)
        self.timeout = Limits(timeout_s=timeout).timeout_s
        self.sandbox_type = _known(sandbox_type)
        self.keep_error_last_line = keep_error_last_line
        self.sandbox = sandbox
        self.stateful = stateful
        self.profile = profile_of(profile) if sandbox is None else sandbox.profile
        if max_output_chars < 1:
            raise ConfigError(f"max_output_chars is at least 1, not {max_output_chars}")
        self.max_output_chars = max_output_chars
        self._own: Sandbox | None = None

    def instruction_string(self) -> str:
        """How to call it, what is kept, and what can be imported."""
        kept = (
            "Variables, imports and files are kept for your next block, and the value of a last expression is shown."
            if self.stateful
            else "Each block is a whole program with its own imports: nothing is kept for the next one."
        )
        packages = " and ".join(dict.fromkeys(name.partition(".")[0] for name in self.profile.imports))
        importable = f"the standard library{' and ' if packages else ''}{packages}"
        return (
            "You can run Python code: write it between <python> and </python>, or in a ```python ... ``` block, and "
            "stop there. It runs in a sandbox, and what it prints is given back to you after "
            f'"Code execution result: ". It has {self.timeout:g} seconds, {importable}, and no network. {kept}'
        )

    def find_call(self, action: str) -> int | None:
        """Where the first Python block begins."""
        block = _first_block(action)
        return None if block is None else block.start

    def execute_action(self, action: str) -> ToolAnswer:
        """Run the first Python block. Raises `ToolUnavailable` if the sandbox fails."""
        block = _first_block(action)
        if block is None:
            return no_call(action)
        notes: list[str] = []
        result = self._ran(_code(block), notes)
        if result.status == "unavailable":
            raise ToolUnavailable(result.stderr or "the sandbox could not run the program")
        output = told(
            result,
            timeout_s=self.timeout,
            last_line_only=self.keep_error_last_line,
            most_chars=self.max_output_chars,
            notes=notes,
        )
        return ToolAnswer(True, not result.ok, f"Code execution result: {output}\n", action[: block.end])

    def reset(self) -> None:
        """Begin without variables. Raises `SandboxUnavailable` where no sandbox can be had."""
        self._forget()
        self._place()

    def spawn(self) -> Self:
        """The same tool for another env: with a session of its own, in the same sandbox if that was given."""
        twin = super().spawn()
        twin._own = None
        return twin

    def close(self) -> None:
        """End the session, and the sandbox if it is this tool's own."""
        self._forget()
        if self._own is not None:
            self._own.close()
            self._own = None

    def _ran(self, code: str, notes: list[str]) -> Result:
        try:
            if self.stateful:
                return self._ran_in_session(code, notes)
            return self._place().run(code, timeout_s=self.timeout)
        except SandboxUnavailable as error:
            raise ToolUnavailable(str(error)) from error

    def _ran_in_session(self, code: str, notes: list[str]) -> Result:
        """The result of a cell; `notes` take what the agent must know of its variables."""
        had_one = self.state is not None
        result = self._cell(code)
        if result.status == "unavailable" and had_one:  # it died since the last call
            notes.append(LOST)
            result = self._cell(code)
        if self.state is None:
            notes.append(ENDED)
        return result

    def _cell(self, code: str) -> Result:
        """Run `code` in the session, a new one if there is none; one that cannot go on is forgotten."""
        if self.state is None:
            self.state = HeldSession(self._place().session())
        session = self.state
        result = session.cell(code, self.timeout) if session.alive else unavailable("the session has ended")
        if result.status == "unavailable" or not session.alive:
            self._forget()
        return result

    def _place(self) -> Sandbox:
        """Where programs run."""
        if self.sandbox is not None:
            return self.sandbox
        if self.sandbox_type in DEFAULT_NAMES:
            return shared(self.profile)
        if self._own is None:
            self._own = make(self.sandbox_type, profile=self.profile)
        return self._own

    def _forget(self) -> None:
        if self.state is not None:
            self.state.close()
            self.state = None


def _known(sandbox_type: str) -> str:
    known = [*DEFAULT_NAMES, *(name for name in BACKENDS if name not in DEFAULT_NAMES)]
    if sandbox_type in known:
        return sandbox_type
    raise ConfigError(
        f"there is no sandbox_type {sandbox_type!r}.{closest(sandbox_type, known)} There are: {', '.join(known)}."
    )


def _first_block(action: str) -> Block | None:
    """The block that opens first, of either kind."""
    blocks = (first_tagged(action, "python"), first_fenced(action, "python", "python3", "py"))
    return min((block for block in blocks if block is not None), default=None)


def _code(block: Block) -> str:
    """The program, without the indentation that a list or a quotation gives to all of its lines."""
    code = block.content.strip("\r\n")
    return (dedent(code) if code[:1].isspace() else code).strip()
