"""The env of MCPMark's tasks: one task an episode, over a scratch folder or database that is made anew for each."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from gem.core import Env, Info, StepCost, StepResult, termination, transition, truncation
from gem.data import Cursor
from gem.envs.mcpmark.filesystem import FilesystemService
from gem.envs.mcpmark.layout import MarkTask, checkout, find_tasks
from gem.envs.mcpmark.postgres import PostgresService
from gem.envs.mcpmark.scripts import Verdict, run_script
from gem.errors import ConfigError, McpUnavailable, SnapshotUnsupported
from gem.mcp.calls import first_call
from gem.mcp.protocol import ToolSource
from gem.mcp.render import listed, rendered
from gem.seeding import generator

HOW_TO_CALL = """\
Call one tool at a time, and wait for its answer:
<tool_call><tool_name>NAME</tool_name><arguments>{"ARGUMENT": "VALUE"}</arguments></tool_call>
A reply without a call says that you are done.
"""


class Service(Protocol):
    """A place where tasks are done."""

    def begin(self, task: MarkTask) -> None:
        """Make the place as the task finds it."""
        ...

    def source(self) -> ToolSource:
        """Tools of our own over it."""
        ...

    def environ(self) -> dict[str, str]:
        """What the scripts of tasks read."""
        ...

    def close(self) -> None:
        """Leave nothing behind; safe to call twice."""
        ...


@dataclass(slots=True)
class State:
    """Which task is set, and how far it is."""

    cursor: Cursor
    """Where the next task stands in the order."""
    index: int
    turn: int = 0


class MCPMarkEnv(Env[str, str]):
    """The tasks of a service, in an order that the seed draws; `tasks` is "all", a category or "category/task".

    The tools are our own servers over the place, unless `connect` makes a `ToolSource` from the variables of the place
    (so `env.service.environ()`); `connect=False` offers none, for tools that a wrapper brings. An action without a call
    ends the episode: verify.py judges, 1 or 0. So it does after `max_turns`. What it prints is `info["verify_output"]`.
    A script that breaks down judges nobody: truncated, with `info["error"]`.

    The state lies on disk or in a database: no snapshots and no forks. Raises `DataNotFound` where the checkout or the
    state of a category is missing, `ConfigError` for tasks that there are not, `McpUnavailable` without PostgreSQL.
    """

    step_cost: StepCost = "blocking"
    state: State

    def __init__(
        self,
        mcp_service: str,
        tasks: str | Sequence[str] = "all",
        seed: int | None = 42,
        root: str | Path | None = None,
        *,
        split: str = "standard",
        connect: Callable[[dict[str, str]], ToolSource] | bool = True,
        max_turns: int = 100,
        verify_timeout_s: float = 90.0,
        python: str = sys.executable,
    ) -> None:
        super().__init__()
        if max_turns < 1 or verify_timeout_s <= 0:
            raise ConfigError(f"max_turns and verify_timeout_s are above 0, not {max_turns} and {verify_timeout_s}")
        self.tasks = find_tasks(mcp_service, tasks, root, split)
        self.checkout = checkout(root)
        self.seed, self.max_turns, self.connect = seed, max_turns, connect
        self.verify_timeout_s, self.python = verify_timeout_s, python
        self.rng = generator(seed)
        services: dict[str, Callable[..., Service]] = {"filesystem": FilesystemService, "postgres": PostgresService}
        self.service = services[mcp_service](self.checkout, self.tasks)
        self._source: ToolSource | None = None

    @property
    def task(self) -> MarkTask:
        """The task that is set."""
        return self.tasks[self.state.index]

    def reset(self, seed: int | None = None, **options: Any) -> tuple[str, Info]:
        """Set the next task, or task `idx`. A seed begins another order."""
        if seed is not None:
            self.state = State(Cursor(len(self.tasks), seed), 0)
        return super().reset(seed, **options)

    def _reset(self, idx: int | None = None) -> tuple[str, Info]:
        if idx is not None and not 0 <= idx < len(self.tasks):
            raise ConfigError(f"there are tasks 0 to {len(self.tasks) - 1}, and no {idx}")
        cursor = self.state.cursor if "state" in vars(self) else Cursor(len(self.tasks), self._first_order())
        self.state = State(cursor.next(), cursor.index) if idx is None else State(cursor, idx)
        self._disconnect()
        task = self.task
        self.service.begin(task)
        if task.prepare is not None:
            prepared = self._run(task.prepare)
            if not prepared.passed:
                raise McpUnavailable(
                    f"{task.name} could not be made ready: {prepared.trouble or prepared.output[-500:]}"
                )
        info = {"task_name": task.name, "difficulty": task.meta.get("difficulty")}
        return "\n\n".join(part for part in (task.description, self._offered()) if part), info

    def _first_order(self) -> int:
        return int(self.rng.integers(2**63)) if self.seed is None else self.seed

    def _offered(self) -> str:
        """What is said of the tools; opens the session with them."""
        if self.connect is False:
            return ""
        self._source = self.connect(self.service.environ()) if callable(self.connect) else self.service.source()
        return f"You have these tools:\n{listed(self._source.tools())}\n\n{HOW_TO_CALL}"

    def _step(self, action: str) -> StepResult[str]:
        self.state.turn += 1
        told: Info = {"task_name": self.task.name, "use_tool": False}
        is_text = isinstance(action, str)  # pyright: ignore[reportUnnecessaryIsInstance]
        call = first_call(action) if is_text and self._source is not None else None
        if call is None or self._source is None:
            return self._judged("", told, last_turn=False)
        told |= {"use_tool": True, "tool_name": call.name, "tool_error": True}
        if call.trouble is not None:
            said = f"That is no call: {call.trouble}."
        else:
            try:
                result = self._source.call(call.name, call.arguments)
            except McpUnavailable as error:
                return self._broken_off(f"{type(error).__name__}", str(error), told)
            said, told["tool_error"] = rendered(result), result.is_error
        if self.state.turn < self.max_turns:
            return transition(f"{said}\n[turn {self.state.turn} of {self.max_turns}]", **told)
        return self._judged(f"{said}\nThat was the last turn. ", told, last_turn=True)

    def _judged(self, said: str, told: Info, *, last_turn: bool) -> StepResult[str]:
        verdict = self._run(self.task.verify)
        if verdict.trouble is not None:
            return self._broken_off("VerifierFailed", verdict.trouble, told)
        said += "The task is done." if verdict.passed else "The task is not done."
        told |= {"success": verdict.passed, "verify_output": verdict.output}
        end = truncation if last_turn else termination
        return end(said, float(verdict.passed), **told)

    def _broken_off(self, kind: str, message: str, told: Info) -> StepResult[str]:
        error = {"type": kind, "message": message}
        return truncation("The episode ends here, for something broke down.", 0.0, **told, success=False, error=error)

    def _run(self, script: Path) -> Verdict:
        environ = self.service.environ()
        return run_script(script, environ, python=self.python, checkout=self.checkout, timeout_s=self.verify_timeout_s)

    def sample_random_action(self, rng: np.random.Generator | None = None) -> str:
        """A call of one of the tools without arguments; with tools elsewhere, the end."""
        rng = generator(None) if rng is None else rng
        if self._source is None:
            return "Done."
        tools = self._source.tools()
        name = tools[int(rng.integers(len(tools)))].name
        return f"<tool_call><tool_name>{name}</tool_name><arguments>{json.dumps({})}</arguments></tool_call>"

    def close(self) -> None:
        """End the session with the tools, and remove the folder or databases."""
        self._disconnect()
        self.service.close()

    def _disconnect(self) -> None:
        if self._source is not None:
            self._source.close()
            self._source = None

    def _copied_memory(self) -> dict[str, Any]:
        raise SnapshotUnsupported("what a task of MCPMark has changed lies on disk or in a database, and is not copied")
