"""Several agents in one world: the env, and who acts next.

An env of this kind is an `Env` whose actions, observations and rewards are dicts by agent. It
trains nobody and knows no models: a driver asks each agent for its action, as `play_match` does.
"""

from __future__ import annotations

from gem.multiagent.agent_selector import AgentSelector as AgentSelector
from gem.multiagent.multi_agent_env import MultiAgentEnv as MultiAgentEnv
from gem.multiagent.multi_agent_env import MultiStep as MultiStep
from gem.multiagent.multi_agent_env import play_match as play_match
