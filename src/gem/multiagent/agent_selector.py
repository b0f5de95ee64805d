"""Whose turn it is: one agent after the other, or all at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gem.build import closest
from gem.errors import ConfigError

MODES = ("sequential", "parallel")


@dataclass(slots=True)
class AgentSelector:
    """The agents in their order, and a pointer to the one whose turn it is.

    In the mode "sequential" the selected agent acts alone; in "parallel" all act at each step.
    Another order of turns is a subclass with its own `next`.
    """

    agents: list[str]
    mode: Literal["sequential", "parallel"] = "sequential"
    index: int = 0
    """The place of the selected agent."""

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise ConfigError(f"no mode is called {self.mode!r}; there are {MODES}")
        self.agents = list(self.agents)

    @property
    def selected(self) -> str | None:
        """The agent whose turn it is; None if there is no agent."""
        return self.agents[self.index] if self.agents else None

    def get_active_agents(self) -> list[str]:
        """Those who act at the next step."""
        return list(self.agents) if self.mode == "parallel" else self.agents[self.index : self.index + 1]

    def next(self) -> str | None:
        """Pass the turn on, and say to whom."""
        if self.agents:
            self.index = (self.index + 1) % len(self.agents)
        return self.selected

    def select(self, agent: str) -> None:
        """Give the turn to `agent`."""
        if agent not in self.agents:
            raise ConfigError(f"no agent is called {agent!r}.{closest(agent, self.agents)}")
        self.index = self.agents.index(agent)

    def is_first(self) -> bool:
        """Whether the selected agent begins the round."""
        return self.index == 0

    def is_last(self) -> bool:
        """Whether the selected agent ends the round."""
        return self.index >= len(self.agents) - 1

    def reinit(self, agents: list[str]) -> None:
        """Begin anew with these agents."""
        self.agents, self.index = list(agents), 0

    def add_agent(self, agent: str) -> None:
        """Let `agent` act after all others; nothing happens if it is there already."""
        if agent not in self.agents:
            self.agents.append(agent)

    def remove_agent(self, agent: str) -> None:
        """Take `agent` out; if it was selected, the one after it is selected now."""
        if agent not in self.agents:
            return
        place = self.agents.index(agent)
        self.agents.remove(agent)
        if place < self.index:
            self.index -= 1
        if self.index >= len(self.agents):
            self.index = 0
