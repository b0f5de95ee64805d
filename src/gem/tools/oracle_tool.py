"""The tools of the toy tasks `tool:*` as a tool of its own kind: `<ask>look</ask>` for the env's `\\boxed{look}`.

It makes of each task the same test bed for agents whose tools are wrappers: a call takes no turn of the env's, and is
paid for by what the wrapper says (`tool_reward`), not by the env's `price`.
"""

from __future__ import annotations

from typing import Any

from gem.blocks import first_tagged
from gem.core import Env
from gem.envs.tool_tasks import ToolTask
from gem.errors import ConfigError
from gem.parsing import move_words
from gem.tools.base_tool import BaseTool, ToolAnswer, no_call

TAG = "ask"


class OracleTool(BaseTool):
    """Asks the env that it is wrapped around, which must be one of `gem.envs.tool_tasks`; else raises `ConfigError`.

    env = ToolEnvWrapper(gem.make("tool:Hint-v1"), [OracleTool()], tool_reward=-0.05)
    env.step("<ask>ask</ask>")
    """

    tool_type = "oracle"
    _task: ToolTask | None = None

    def attach(self, env: Env[Any, Any]) -> None:
        if not isinstance(env.unwrapped, ToolTask):
            raise ConfigError(f"OracleTool serves the tasks tool:*, and {type(env.unwrapped).__name__} is none")
        self._task = env.unwrapped

    def instruction_string(self) -> str:
        return f"Calls may also be written as <{TAG}>…</{TAG}>, with what would stand in their box.\n"

    def find_call(self, action: str) -> int | None:
        block = first_tagged(action, TAG)
        return None if block is None else block.start

    def execute_action(self, action: str) -> ToolAnswer:
        block = first_tagged(action, TAG)
        if block is None:
            return no_call(action)
        if self._task is None:
            raise ConfigError("OracleTool serves an env: put it into a ToolEnvWrapper")
        said = self._task.consult(tuple(move_words(block.content)))
        answer = "That cannot be done now." if said is None else said
        return ToolAnswer(True, said is None, f"{answer}\n", action[: block.end])
