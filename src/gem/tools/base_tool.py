"""What a tool is: it finds a call in an agent's text, carries it out, and says what came of it.

    class Clock(BaseTool):
        tool_type = "clock"

        def instruction_string(self):
            return "Write <clock></clock> to learn the time."

        def find_call(self, action):
            block = first_tagged(action, "clock")
            return None if block is None else block.start

        def execute_action(self, action):
            block = first_tagged(action, "clock")
            if block is None:
                return no_call(action)
            return ToolAnswer(True, False, "It is noon.", action[: block.end])

Nothing here counts, pays or ends anything: that is the part of `ToolEnvWrapper`.
"""

from __future__ import annotations

import copy
from typing import Any, NamedTuple, Self

from gem.core import Env
from gem.errors import GemError

UNKNOWN = -1
"""Where a call stands, of a tool that learns by carrying it out whether there is one."""


class ToolUnavailable(GemError, RuntimeError):
    """A tool could not be reached, which is no fault of the agent's; the message says why."""


class ToolAnswer(NamedTuple):
    """What came of an action that may call a tool. A plain tuple of the same four does as well."""

    is_valid: bool
    """The action calls this tool. If not, the action is the env's, and nothing has happened."""
    has_error: bool
    """The call failed, by the agent's own fault; True also where there is no call."""
    observation: str
    """What the agent reads next, be it a result or an error; "" where there is no call."""
    parsed_action: str
    """The action up to the end of its call: what follows was written without knowing the answer. All of it where
    there is no call."""


def no_call(action: str) -> ToolAnswer:
    """The answer of a tool that the action does not call."""
    return ToolAnswer(False, True, "", action)


class BaseTool:
    """A tool. Subclasses implement `instruction_string` and `execute_action`, and had best implement `find_call`.

    Each env has a tool of its own (`spawn`), so a tool is never called by two threads at once.
    """

    tool_type: str = "base"
    """Its name in `info["tool_type"]`."""
    state: Any = None
    """All that it remembers of the episode; snapshots and forks of the env hold deep copies of it."""

    def __init__(self, num_workers: int = 1) -> None:
        self.num_workers = num_workers

    def attach(self, env: Env[Any, Any]) -> None:
        """Meet the env that it serves, before the first episode: for a tool that reads what an env offers."""

    def instruction_string(self) -> str:
        """What the agent is told of the tool, and of how to call it, as an episode begins."""
        raise NotImplementedError(f"{type(self).__name__} does not say how it is called: no instruction_string()")

    def find_call(self, action: str) -> int | None:
        """Where the first call of this tool begins in `action`; None if there is none.

        `UNKNOWN`, unless a subclass knows: then whoever wants to know calls `execute_action`.
        """
        del action
        return UNKNOWN

    def execute_action(self, action: str) -> tuple[bool, bool, str, str]:
        """Carry out the first call in `action`, and give a `ToolAnswer`. No text of an agent's raises.

        Raises `ToolUnavailable` if the world fails: a dead sandbox, a server that cannot be reached.
        """
        raise NotImplementedError(f"{type(self).__name__} does nothing: it has no execute_action()")

    def reset(self) -> None:
        """An episode begins: forget the one before. Raises if the tool cannot be had here at all."""
        self.state = None

    def spawn(self) -> Self:
        """A tool of the same configuration for another env, which remembers no episode."""
        twin = copy.copy(self)
        twin.state = None
        return twin

    def close(self) -> None:
        """Release what the tool holds outside Python; safe to call twice."""

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """A twin at the same moment; the configuration, which may hold connections, is shared."""
        twin = self.spawn()
        twin.state = copy.deepcopy(self.state, memo)
        return twin
