"""Tasks that are done by calling the tools of a server, and judged by the state that it is left in.

| id | the server keeps | tasks |
|-|-|-|
| `mcp:Files-v1` | text files in folders | 4 |
| `mcp:Sqlite-v1` | a small database | 4 |
| `mcp:Notes-v1` | texts under keys | 3 |
| `mcp:Calendar-v1` | events of several people | 3 |

A turn is one call, as `gem.mcp.calls` reads it; what the tool says is the observation. A reply without a call ends the
episode, and so does the last turn. Whenever it ends, the state decides: 1 if it is exactly what was asked for, else 0.
With `partial_credit` a state in which nothing was changed that should not be earns the share of the changes that are
made; what is only taken away counts no further than what was to come in its place. Whoever changes nothing, or
something else as well, earns 0.

The servers live in this process, and their states are values: an episode can be copied at any moment.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, cast

import numpy as np

from gem.build import closest
from gem.core import Env, Info, StepResult, termination, transition, truncation
from gem.envs.mcp_tasks import TASKS, Call, Level
from gem.envs.mcp_tasks.task import pick
from gem.envs.mcp_tasks.worlds import WORLDS, Entries
from gem.errors import ConfigError
from gem.mcp.calls import first_call
from gem.mcp.protocol import ToolSpec
from gem.mcp.render import listed, rendered
from gem.seeding import generator

MAX_TURNS: dict[Level, int] = {"easy": 25, "hard": 40}
HOW_TO_CALL = """\
Call one tool at a time, and wait for its answer:
<tool_call><tool_name>NAME</tool_name><arguments>{"ARGUMENT": "VALUE"}</arguments></tool_call>
"""
FINISHED = "Done."
"""How the expert ends an episode; any text without a call does."""


@dataclass(slots=True)
class State:
    """The task, and how far it is."""

    task: str
    """Its name."""
    world: Any
    """The state of the server."""
    begin: Entries
    """What counted of it at the start."""
    goal: Entries
    """What is to count at the end."""
    plan: list[Call] = field(default_factory=list[Call])
    done: int = 0
    """How many calls of the plan were made, in their order."""
    turn: int = 0


class McpEnv(Env[str, str]):
    """One task over a server of our own; `tasks` chooses some of those that there are.

    The info of a call has "use_tool", "tool_name" and "tool_error"; that of the last step "success", "changes_made"
    (the share of the changes that were asked for) and "damage" (how many things were changed that should not be).
    Raises `ConfigError` for a server, task or level that there is not.
    """

    tiers: ClassVar[dict[str, dict[str, Any]]] = {"easy": {"level": "easy"}, "hard": {"level": "hard"}}
    needs_memory = True
    state: State

    def __init__(
        self,
        server: Literal["files", "sqlite", "notes", "calendar"] = "files",
        tasks: Sequence[str] | None = None,
        level: Level = "easy",
        max_turns: int | None = None,
        partial_credit: bool = False,
    ) -> None:
        super().__init__()
        server, level = cast("Any", str(server)), cast("Level", str(level))
        if server not in TASKS:
            raise ConfigError(
                f"there is no server {server!r}.{closest(server, list(TASKS))} There are: {', '.join(TASKS)}"
            )
        if level not in MAX_TURNS:
            raise ConfigError(f"there is no level {level!r}; there are easy and hard")
        if max_turns is not None and (not isinstance(cast("Any", max_turns), int) or max_turns < 1):
            raise ConfigError(f"max_turns is a whole number of at least 1, not {max_turns!r}")
        self.server, self.world = server, WORLDS[server]
        self.level: Level = level
        self.tasks = _chosen(server, tasks)
        self.max_turns = max_turns or MAX_TURNS[level]
        self.partial_credit = partial_credit

    @property
    def tools(self) -> Sequence[ToolSpec]:
        """What the agent can call."""
        return self.world.server(None).tools()

    def _reset(self) -> tuple[str, Info]:
        task = pick(self.rng, self.tasks)
        instance = TASKS[self.server][task](self.rng, self.level)
        begin, goal = self.world.entries(instance.begin), self.world.entries(instance.goal)
        self.state = State(task, instance.begin, begin, goal, instance.plan)
        asked = (
            f"{instance.text}\n\nYou have these tools:\n{listed(self.tools)}\n\n{HOW_TO_CALL}"
            f"You have {self.max_turns} turns. A reply without a call says that you are done.\n"
        )
        return asked, {"task": task}

    def _step(self, action: str) -> StepResult[str]:
        state = self.state
        state.turn += 1
        call = first_call(action) if isinstance(action, str) else None  # pyright: ignore[reportUnnecessaryIsInstance]
        if call is None:
            told, info = self._judged()
            return termination(told, self._reward(info), **info, use_tool=False)
        if call.trouble is not None:
            told, failed = f"That is no call: {call.trouble}.", True
        else:
            told, failed = self._carried_out(Call(call.name, call.arguments))
        info: Info = {"use_tool": True, "tool_name": call.name, "tool_error": failed}
        if state.turn < self.max_turns:
            return transition(f"{told}\n[turn {state.turn} of {self.max_turns}]", **info)
        verdict, more = self._judged()
        return truncation(f"{told}\nThat was the last turn. {verdict}", self._reward(more), **info, **more)

    def _carried_out(self, call: Call) -> tuple[str, bool]:
        """What the tool says, and whether it is an error."""
        state = self.state
        if state.done < len(state.plan) and call == state.plan[state.done]:
            state.done += 1
        result = self.world.server(state.world).call(*call)
        return rendered(result), result.is_error

    def _judged(self) -> tuple[str, Info]:
        """What is said of the state that there is, and what is noted."""
        begin, goal, now = self.state.begin, self.state.goal, self.world.entries(self.state.world)
        wanted = {key for key in begin.keys() | goal.keys() if begin.get(key) != goal.get(key)}
        wrong = {key for key in now.keys() | goal.keys() if now.get(key) != goal.get(key)}
        share = _share_made(wanted, wanted - wrong, {key for key in wanted if key in goal})
        info: Info = {"success": not wrong, "changes_made": share, "damage": len(wrong - wanted)}
        return ("That is what was asked for." if not wrong else "That is not what was asked for."), info

    def _reward(self, info: Info) -> float:
        if self.partial_credit and not info["damage"]:
            return float(info["changes_made"])
        return float(info["success"])

    def solve(self) -> str:
        """The next call of an expert, who looks first and knows no more than what was said; then `FINISHED`.

        It goes on where its calls so far have led, and does not mend what other calls have done.
        """
        state = self.state
        return written(state.plan[state.done]) if state.done < len(state.plan) else FINISHED

    def sample_random_action(self, rng: np.random.Generator | None = None) -> str:
        """A call of some tool, with arguments that mostly lead to nothing."""
        rng = generator(None) if rng is None else rng
        tool = pick(rng, self.tools)
        properties: dict[str, Any] = tool.schema["properties"]
        values = {name: _random_value(rng, schema["type"]) for name, schema in properties.items()}
        required: list[str] = tool.schema["required"]
        return written(Call(tool.name, {name: values[name] for name in values if name in required or rng.integers(2)}))


def written(call: Call) -> str:
    """A call as an agent writes it."""
    arguments = json.dumps(call.arguments, ensure_ascii=False)
    return f"<tool_call><tool_name>{call.tool}</tool_name><arguments>{arguments}</arguments></tool_call>"


def _share_made(wanted: set[Any], made: set[Any], put: set[Any]) -> float:
    """The share of changes that are made; those that only take away count no further than those that put something.

    What is renamed is taken away and put elsewhere: to delete it is not half of the way.
    """
    put_made, taken_made = len(made & put), len(made - put)
    if put:
        taken_made = min(taken_made, len(wanted - put) * put_made // len(put))
    return (put_made + taken_made) / len(wanted)


def _chosen(server: str, tasks: Any) -> tuple[str, ...]:
    known = list(TASKS[server])
    given = known if tasks is None else [tasks] if isinstance(tasks, str) else tasks
    if not isinstance(given, Sequence):
        raise ConfigError(f"tasks is a list of names, not {tasks!r}")
    chosen = [str(task) for task in cast("Sequence[Any]", given)]
    for task in chosen:
        if task not in known:
            raise ConfigError(
                f"there is no task {task!r} over {server}.{closest(task, known)} There are: {', '.join(known)}"
            )
    if not chosen:
        raise ConfigError(f"tasks names at least one of {', '.join(known)}")
    return tuple(chosen)


RANDOM_TEXTS = (
    "",
    "notes",
    "inbox",
    "services",
    "note/",
    "SELECT 1",
    "2026-03-02",
    "2026-03-02 10:00",
    "e1",
    "Ada",
    "task",
)


def _random_value(rng: np.random.Generator, kind: str | list[str]) -> Any:
    match kind if isinstance(kind, str) else kind[0]:
        case "integer":
            return int(rng.integers(1, 9))
        case "boolean":
            return bool(rng.integers(2))
        case "array":
            return [pick(rng, RANDOM_TEXTS)]
        case _:
            return pick(rng, RANDOM_TEXTS)
