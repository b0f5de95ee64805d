"""Tools for an env: an action that calls one is answered by the tool, any other one by the env.

A turn that calls a tool is none of the env's: it draws no random number and uses up no turn of the game's. What
bounds such turns is `max_tool_uses`; `gem.wrappers.TurnLimit`, put around, counts turns of both kinds.
"""

from __future__ import annotations

import copy
import logging
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, Self

from gem.core import Env, Info, StepCost, StepResult, Wrapper, new_result
from gem.errors import ConfigError, ResetNeeded
from gem.tools.base_tool import UNKNOWN, BaseTool, ToolUnavailable
from gem.tools.first_message import introduced, surroundings

ToolLike = BaseTool | Callable[[], BaseTool]
"""A tool, or a class or function without arguments that makes one."""

LAST_USE = "\n\nReached the maximum number of tool use. Please output final answer directly."
REFUSAL = "No tool was run: the maximum number of tool use is reached. Please output final answer directly.\n"
MAX_REFUSALS = 3
"""Calls beyond `max_tool_uses` that are answered in an episode; the next one ends it."""


@dataclass(slots=True)
class ToolUse:
    """What the wrapper remembers of the episode."""

    uses: int = 0
    successes: int = 0
    refusals: int = 0
    surroundings: dict[str, str] = field(default_factory=dict[str, str])
    """The env's present state as a prefix and suffix, for the observations of tools."""
    over: bool = True


class ToolEnvWrapper(Wrapper[Any, Any]):
    """An env whose agent may call `tools`. The tool whose call comes first in an action acts, and no other.

    Each env has tools of its own: a tool that is given is a pattern, from which each env spawns one; a class or
    function makes one for each. Their instructions stand below the rules, in the first observation.

    A call pays `tool_reward`, and on top of it `tool_success_reward` or `tool_execute_error_reward`. Its info has
    "use_tool" (True; False for the env's own turns), "tool_type", "tool_error", "parsed_action", and every info has
    "tool_use_counter" and "tool_success_counter"; a reset's also those of the episode before, as "prev_ep_…". After
    `max_tool_uses` (None: no limit) a call is refused by an observation, without a reward; the episode is
    truncated at the fourth such call ("truncated_by": "tool_limit"). A tool that cannot be reached
    ends the episode as well: truncated, with `info["error"]`.

    A history wrapper goes around this one. It finds the env's present state (a board) in the "prefix" and "suffix"
    of a tool's turn, and tools' answers under the role "tool".

    env = ToolEnvWrapper(gem.make("game:GuessTheNumber-v0-hard"), [PythonCodeTool(timeout=2)])
    """

    def __init__(
        self,
        env: Env[Any, Any],
        tools: Sequence[ToolLike],
        tool_reward: float = 0.0,
        tool_success_reward: float = 0.0,
        tool_execute_error_reward: float = 0.0,
        max_tool_uses: int | None = 10,
    ) -> None:
        super().__init__(env)
        if tool_execute_error_reward > 0:
            raise ConfigError(f"tool_execute_error_reward is no reward: {tool_execute_error_reward} is above 0")
        if max_tool_uses is not None and max_tool_uses < 0:
            raise ConfigError(f"max_tool_uses is a number of calls or None, not {max_tool_uses}")
        self.tools = _built(tools)
        for tool in self.tools:
            tool.attach(env)
        self.tool_reward = tool_reward
        self.tool_success_reward = tool_success_reward
        self.tool_execute_error_reward = tool_execute_error_reward
        self.max_tool_uses = max_tool_uses
        self.state = ToolUse()

    @property
    def step_cost(self) -> StepCost:  # pyright: ignore[reportIncompatibleVariableOverride]
        """That of waiting for a tool, unless the env's own is more than that."""
        return "cpu-heavy" if self.env.step_cost == "cpu-heavy" else "blocking"

    @property
    def tool_use_counter(self) -> int:
        """Calls of this episode, failed ones included."""
        return self.state.uses

    @property
    def tool_success_counter(self) -> int:
        """Calls of this episode without an error."""
        return self.state.successes

    def reset(self, seed: int | None = None, **options: Any) -> tuple[Any, Info]:
        """Start an episode; the options are the env's. Raises what a tool raises that cannot be had here at all."""
        for tool in self.tools:
            tool.reset()
        obs, info = self.env.reset(seed=seed, **options)
        before, self.state = self.state, ToolUse(surroundings=surroundings(obs, info), over=False)
        obs, info = introduced(obs, info, [tool.instruction_string() for tool in self.tools])
        return obs, {
            **info,
            **self._counters(),
            "prev_ep_tool_use_counter": before.uses,
            "prev_ep_tool_success_counter": before.successes,
            "use_tool": False,
        }

    def step(self, action: Any, verbose: bool = False) -> StepResult[Any]:
        """Let a tool or the env answer; `verbose` logs which. Raises `ResetNeeded` outside an episode."""
        if self.state.over:
            raise ResetNeeded("ToolEnvWrapper.step(): no episode goes on; call reset() first")
        result = self._tool_turn(action) if isinstance(action, str) else None
        if result is None:
            result = self._env_turn(action)
        self.state.over = bool(result[2] or result[3])
        if verbose:
            who = result[4].get("tool_type", "the env")
            logging.getLogger(__name__).info("answered by %s, tool use %d", who, self.state.uses)
        return result

    def fork(self) -> Self:
        """A twin around a twin of the env, with tools of its own at the same moment."""
        twin = copy.copy(self)
        twin.env, twin.tools = self.env.fork(), [tool.spawn() for tool in self.tools]
        for tool in twin.tools:
            tool.attach(twin.env)
        twin._take(self._copied_memory(), None, False)
        return twin

    def close(self) -> None:
        """Close the tools and the env, also if one of them fails to close."""
        with ExitStack() as closing:
            closing.callback(self.env.close)
            for tool in self.tools:
                closing.callback(tool.close)

    def _tool_turn(self, action: str) -> StepResult[Any] | None:
        """What came of the first call in `action`; None if there is none."""
        spent = self.max_tool_uses is not None and self.state.uses >= self.max_tool_uses
        for tool, place in _called(self.tools, action):
            try:
                if spent and place != UNKNOWN:
                    return self._refused(tool, action)
                answer = tool.execute_action(action)
            except ToolUnavailable as error:
                return self._refused(tool, action) if spent else self._broken_off(tool, action, error)
            if answer[0]:
                return self._refused(tool, action) if spent else self._answered(tool, answer)
        return None

    def _answered(self, tool: BaseTool, answer: tuple[bool, bool, str, str]) -> StepResult[Any]:
        _, has_error, observation, parsed_action = answer
        state = self.state
        state.uses += 1
        state.successes += not has_error
        if state.uses == self.max_tool_uses:
            observation += LAST_USE
        bonus = self.tool_execute_error_reward if has_error else self.tool_success_reward
        info = self._tool_info(tool, parsed_action, tool_error=bool(has_error))
        return StepResult(observation, float(self.tool_reward + bonus), False, False, info)

    def _refused(self, tool: BaseTool, action: str) -> StepResult[Any]:
        self.state.refusals += 1
        info = self._tool_info(tool, action, tool_error=True)
        if self.state.refusals <= MAX_REFUSALS:
            return StepResult(REFUSAL, 0.0, False, False, info)
        return StepResult(REFUSAL, 0.0, False, True, {**info, "success": False, "truncated_by": "tool_limit"})

    def _broken_off(self, tool: BaseTool, action: str, error: ToolUnavailable) -> StepResult[Any]:
        logging.getLogger(__name__).warning("the tool %s could not be reached: %s", tool.tool_type, error)
        record = {"type": type(error).__name__, "message": str(error)}
        info = self._tool_info(tool, action, tool_error=True)
        observation = f"The tool {tool.tool_type} could not be reached, so the episode ends here.\n"
        return StepResult(observation, 0.0, False, True, {**info, "success": False, "error": record})

    def _env_turn(self, action: Any) -> StepResult[Any]:
        obs, reward, terminated, truncated, info = self.env.step(action)
        self.state.surroundings = surroundings(obs, info)
        return new_result((obs, reward, terminated, truncated, {**info, **self._counters(), "use_tool": False}))

    def _tool_info(self, tool: BaseTool, parsed_action: str, *, tool_error: bool) -> Info:
        return {
            **self.state.surroundings,
            "parsed_action": parsed_action,
            "tool_type": tool.tool_type,
            "tool_error": tool_error,
            **self._counters(),
            "use_tool": True,
        }

    def _counters(self) -> Info:
        return {"tool_use_counter": self.state.uses, "tool_success_counter": self.state.successes}

    def _copied_memory(self) -> dict[str, Any]:
        return {**super()._copied_memory(), "tool_states": [copy.deepcopy(tool.state) for tool in self.tools]}

    def _take(self, memory: dict[str, Any], rng: dict[str, Any] | None, in_episode: bool) -> None:
        tool_states = memory.pop("tool_states")
        super()._take(memory, rng, in_episode)
        for tool, state in zip(self.tools, tool_states, strict=True):
            tool.state = state


def _built(tools: Sequence[ToolLike]) -> list[BaseTool]:
    """A tool of this env's own for each that was given. Raises `ConfigError` for what is none."""
    if isinstance(tools, BaseTool) or callable(tools):
        raise ConfigError(f"tools is a list of tools, not {tools!r}: put it in brackets")
    built = [tool.spawn() if isinstance(tool, BaseTool) else tool() for tool in tools]
    for tool in built:
        if not isinstance(tool, BaseTool):  # pyright: ignore[reportUnnecessaryIsInstance] - the caller may be untyped
            raise ConfigError(f"a tool is a BaseTool, or makes one without arguments; this is none: {tool!r}")
    return built


def _called(tools: Sequence[BaseTool], action: str) -> list[tuple[BaseTool, int]]:
    """The tools that `action` may call, with the places of their calls, in that order."""
    places = [(tool, tool.find_call(action)) for tool in tools]
    return sorted(((tool, place) for tool, place in places if place is not None), key=lambda call: call[1])
