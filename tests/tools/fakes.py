"""A sandbox that runs no program, an env that records its actions, and tools that need no sandbox."""

from __future__ import annotations

from dataclasses import dataclass, field

from gem.blocks import first_tagged
from gem.core import Env, StepResult
from gem.errors import SandboxUnavailable, SnapshotUnsupported
from gem.sandbox import PROFILES, Result, Sandbox, Session
from gem.sandbox.level import UNSAFE
from gem.sandbox.result import unavailable
from gem.tools import BaseTool, ToolAnswer, ToolUnavailable
from gem.tools.base_tool import no_call


class FakeSandbox(Sandbox):
    """Gives the results it is told to give; any other program prints itself."""

    def __init__(self, results=None, *, can_fork=True, has_sessions=True):
        super().__init__(profile=PROFILES["bare"], concurrency=4)
        self.results = dict(results or {})
        self.can_fork, self.has_sessions = can_fork, has_sessions
        self.programs, self.timeouts, self.sessions = [], [], []
        self.closed = False

    @property
    def level(self):
        return UNSAFE

    def _run(self, code, stdin, limits):
        program = code.decode()
        self.programs.append(program)
        self.timeouts.append(limits.timeout_s)
        return self.results.get(program) or Result(status="ok", stdout=f"{program}\n")

    def session(self, limits=None):
        if not self.has_sessions:
            raise SandboxUnavailable("no sessions here")
        self.sessions.append(FakeSession(self, {}))
        return self.sessions[-1]

    def close(self):
        super().close()
        self.closed = True


class FakeSession(Session):
    """Understands `name = value`, which it keeps, and anything else as the name of what to print; "die" ends it."""

    def __init__(self, sandbox, names):
        self.sandbox, self.names = sandbox, names
        self.lives, self.closed = True, False

    @property
    def alive(self):
        return self.lives and not self.closed

    def cell(self, code, timeout_s=None):
        if not self.alive:
            return unavailable("it is dead")
        if code == "die":
            self.lives = False
            return Result(status="killed", exit_code=-9)
        if code in self.sandbox.results:
            return self.sandbox.results[code]
        name, is_kept, value = (part.strip() for part in code.partition("="))
        if is_kept:
            self.names[name] = value
            return Result(status="ok")
        if name in self.names:
            return Result(status="ok", stdout=f"{self.names[name]}\n")
        return Result(status="error", stderr=f"NameError: {name}\n", exit_code=1)

    def interrupt(self):
        pass

    def fork(self):
        if not self.sandbox.can_fork:
            raise SnapshotUnsupported("this sandbox cannot fork its sessions")
        twin = FakeSession(self.sandbox, dict(self.names))
        self.sandbox.sessions.append(twin)
        return twin

    def close(self):
        self.closed = True


@dataclass
class Heard:
    """What the env was told."""

    actions: list = field(default_factory=list)


class Listener(Env):
    """Listens for `turns` turns; with a board, or without. "stop" wins."""

    def __init__(self, turns=50, board=None):
        super().__init__()
        self.turns, self.board = turns, board
        self.closed = False

    def _shown(self, event):
        if self.board is None:
            return event, {}
        board = f"{self.board}\n"
        return f"{event}{board}", {"event": event, "suffix": "Your move?\n"}

    def _reset(self):
        self.state = Heard()
        return self._shown(f"Talk to me, {self.rng.integers(1000)}.\n")

    def _step(self, action):
        self.state.actions.append(action)
        obs, info = self._shown(f"I heard you, {self.rng.integers(1000)}.\n")
        won, over = action == "stop", len(self.state.actions) >= self.turns
        if won or over:
            info["success"] = won
        return StepResult(obs, float(won), won, over and not won, info)

    def sample_random_action(self, rng=None):
        return "hello"

    def close(self):
        self.closed = True


class TagTool(BaseTool):
    """Gives back, in capitals, what stands between its tags; "bad" is an error, "gone" finds nobody there."""

    tag = "shout"

    def __init__(self):
        super().__init__()
        self.tool_type = self.tag
        self.calls = []
        self.closed = 0

    def instruction_string(self):
        return f"Use <{self.tag}>...</{self.tag}>."

    def spawn(self):
        twin = super().spawn()
        twin.calls = []
        return twin

    def execute_action(self, action):
        block = first_tagged(action, self.tag)
        if block is None:
            return no_call(action)
        self.calls.append(block.content)
        if block.content == "gone":
            raise ToolUnavailable("nobody is there")
        if block.content == "bad":
            return True, True, f"{self.tag}: an error", action[: block.end]
        return ToolAnswer(True, False, f"{self.tag}: {block.content.upper()}", action[: block.end])

    def close(self):
        self.closed += 1


class FindingTool(TagTool):
    """The same, which also knows where its calls are."""

    tag = "whisper"

    def find_call(self, action):
        block = first_tagged(action, self.tag)
        return None if block is None else block.start
