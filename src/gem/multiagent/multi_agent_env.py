"""An env for several agents: the life of each, turns, rewards and messages.

A subclass names `possible_agents`, may set an `agent_selector`, and writes two methods:

    class Echo(MultiAgentEnv):
        def __init__(self):
            super().__init__()
            self.possible_agents = ["a", "b"]
            self.agent_selector = AgentSelector(self.possible_agents, mode="sequential")

        def observe(self, agent):
            return f"Speak, {agent}."

        def _process_actions(self, actions):  # what the agents did, by agent
            rewards = {agent: float(len(action)) for agent, action in actions.items()}
            return {}, rewards, {}, {}, {}  # observations, rewards, terminations, truncations, infos

What it leaves out of its answers is filled in: `observe(agent)`, 0, False, False, {}.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, cast

from gem.build import closest
from gem.core import Env, Info
from gem.errors import ConfigError, ResetNeeded
from gem.multiagent.agent_selector import AgentSelector


class MultiStep(NamedTuple):
    """What a step returns: five dicts by agent, each with all who took part in the step."""

    observations: dict[str, Any]
    rewards: dict[str, float]
    terminations: dict[str, bool]
    truncations: dict[str, bool]
    infos: dict[str, Info]


AgentState = tuple[Any, float, bool, bool, Info]
"""Observation, last reward, terminated, truncated and info of one agent."""


class MultiAgentEnv(Env[dict[str, Any], dict[str, Any]]):
    """An env that several agents share. The episode is over when no agent is left in `agents`.

    A copy of the env (`fork`, `snapshot`) copies every attribute, so a subclass may keep its episode as it
    likes. Whatever an agent sends reaches `_process_actions`, which answers it; it never raises for that.
    """

    def __init__(self) -> None:
        super().__init__()
        self.possible_agents: list[str] = []
        """All who begin an episode, in their order."""
        self.agents: list[str] = []
        """Those who are still in it."""
        self.agent_selector = AgentSelector([])
        self.terminations: dict[str, bool] = {}
        self.truncations: dict[str, bool] = {}
        self.rewards: dict[str, float] = {}
        """The last reward of each agent."""
        self.infos: dict[str, Info] = {}
        self._cumulative_rewards: dict[str, float] = {}
        self.shared_memory: list[dict[str, str]] = []
        """Every message of the episode: `from`, `to` and `message`."""
        self.global_context: Any = ""
        """What a subclass wants all agents to know; unused here."""

    # -- what a subclass writes -------------------------------------------------------------

    @abstractmethod
    def observe(self, agent: str) -> Any:
        """What `agent` sees now."""

    @abstractmethod
    def _process_actions(self, actions: dict[str, Any]) -> tuple[Mapping[str, Any], ...]:
        """Apply the actions of those who act; five dicts by agent: observations, rewards, terminations, …"""

    def _pass_turn(self) -> None:
        """Select who acts next; round by default."""
        self.agent_selector.next()

    # -- the episode ------------------------------------------------------------------------

    def reset(self, seed: int | None = None, **options: Any) -> tuple[dict[str, Any], dict[str, Info]]:
        """Start an episode with all possible agents; what each of them sees. Subclasses begin their own with it."""
        super().reset(seed, **options)
        self.agents = list(self.possible_agents)
        self.agent_selector.reinit(self.agents)
        for records in (self.terminations, self.truncations, self.rewards, self.infos, self._cumulative_rewards):
            records.clear()
        for agent in self.agents:
            self._record(agent)
        self.shared_memory, self.global_context = [], ""
        self._in_episode = True
        return {agent: self.observe(agent) for agent in self.agents}, {agent: {} for agent in self.agents}

    def step(self, actions: dict[str, Any]) -> MultiStep:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Let those act whose turn it is; those who left are in no later step.

        An action out of turn counts for nothing, a missing one is a pass. Raises `ResetNeeded` outside
        an episode and `ConfigError` for names that are no agents of it.
        """
        if not self._in_episode:
            raise ResetNeeded(f"{type(self).__name__}.step(): no episode is going on; call reset() first")
        if not isinstance(cast("object", actions), Mapping):
            raise ConfigError(f"actions are a dict by agent, not a {type(actions).__name__}")
        for agent in actions:
            self._expect(agent)
        turn, active = self.agent_selector.selected, self.agent_selector.get_active_agents()
        present = list(self.agents)
        for agent in present:
            self.rewards[agent], self.infos[agent] = 0.0, {}
        answers = self._process_actions({agent: actions[agent] for agent in active if agent in actions})
        result = self._completed(list(dict.fromkeys([*present, *self.agents])), answers)
        if self.agent_selector.selected == turn:  # else the one whose turn it was has left
            self._pass_turn()
        for agent in list(self.agents):
            if self.terminations[agent] or self.truncations[agent]:
                self._leave(agent)
        self._in_episode = bool(self.agents)
        return result

    def _completed(self, present: list[str], answers: tuple[Mapping[str, Any], ...]) -> MultiStep:
        """The answers, remembered; gaps are filled from the attributes, which subclasses may also set in place."""
        observations, rewards, terminations, truncations, infos = answers
        for agent in present:
            self.rewards[agent] = float(rewards.get(agent, self.rewards[agent]))
            self._cumulative_rewards[agent] += self.rewards[agent]
            self.terminations[agent] = bool(terminations.get(agent, self.terminations[agent]))
            self.truncations[agent] = bool(truncations.get(agent, self.truncations[agent]))
            self.infos[agent] = dict(infos.get(agent, self.infos[agent]))
        return MultiStep(
            {agent: observations[agent] if agent in observations else self.observe(agent) for agent in present},
            {agent: self.rewards[agent] for agent in present},
            {agent: self.terminations[agent] for agent in present},
            {agent: self.truncations[agent] for agent in present},
            {agent: dict(self.infos[agent]) for agent in present},
        )

    # -- one agent --------------------------------------------------------------------------

    def get_state(self, agent: str | None = None) -> Any:
        """An agent's `AgentState`; without a name the env's `snapshot()`, as in every env."""
        if agent is None:
            return self.snapshot()
        self._expect(agent)
        return (
            self.observe(agent),
            self.rewards[agent],
            self.terminations[agent],
            self.truncations[agent],
            dict(self.infos[agent]),
        )

    def get_active_states(self) -> dict[str, AgentState]:
        """The state of each agent that acts at the next step."""
        return {agent: self.get_state(agent) for agent in self.agent_selector.get_active_agents()}

    def add_agent(self, agent_id: str) -> None:
        """Let an agent join this episode, last in the order of turns; nothing happens if it takes part."""
        if agent_id not in self.agents:
            self.agents.append(agent_id)
            self.agent_selector.add_agent(agent_id)
            self._record(agent_id)

    def remove_agent(self, agent_id: str) -> None:
        """Let an agent leave this episode: it counts as terminated. Nothing happens if it left before."""
        self._expect(agent_id)
        if agent_id in self.agents:
            self.terminations[agent_id] = True
            self._leave(agent_id)
            self._in_episode = bool(self.agents)

    def _record(self, agent: str) -> None:
        """A clean record for an agent that joins."""
        self.terminations[agent] = self.truncations[agent] = False
        self.rewards[agent] = self._cumulative_rewards[agent] = 0.0
        self.infos[agent] = {}

    def _leave(self, agent: str) -> None:
        self.agents.remove(agent)
        self.agent_selector.remove_agent(agent)

    # -- messages ---------------------------------------------------------------------------

    def send_message(self, from_agent: str, to_agent: str, message: str) -> None:
        """Keep a message in `shared_memory`, where `observe` may find it."""
        self._expect(from_agent)
        self._expect(to_agent)
        self.shared_memory.append({"from": from_agent, "to": to_agent, "message": message})

    def broadcast_message(self, from_agent: str, message: str) -> None:
        """Send a message to every other agent that is still in the episode."""
        self._expect(from_agent)
        for agent in self.agents:
            if agent != from_agent:
                self.send_message(from_agent, agent, message)

    # -- names ------------------------------------------------------------------------------

    def _expect(self, agent: str) -> None:
        """Raise `ConfigError` unless `agent` takes or took part in this episode."""
        if agent not in self.rewards:
            raise ConfigError(f"no agent of this episode is called {agent!r}.{closest(str(agent), list(self.rewards))}")


def play_match(
    env: MultiAgentEnv, players: Mapping[str, Callable[[Any], Any]], seed: int | None = None
) -> dict[str, float]:
    """Play an episode in which `players[agent]` answers what `agent` observes; the return of each agent."""
    observations, _ = env.reset(seed=seed)
    returns = dict.fromkeys(env.agents, 0.0)
    while env.agents:
        active = env.agent_selector.get_active_agents()
        step = env.step({agent: players[agent](observations[agent]) for agent in active})
        observations = step.observations
        for agent, reward in step.rewards.items():
            returns[agent] = returns.get(agent, 0.0) + reward
    return returns
