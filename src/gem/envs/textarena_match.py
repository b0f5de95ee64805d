r"""TextArena's games with an agent in every seat: `TextArenaMatch("SecretMafia-v0", num_players=6)`.

The agents are called "Player 0", "Player 1", … as the games call them. Rewards are TextArena's, paid at the end.
Single-player use, with scripted opponents, is `gem.envs.textarena`.
"""

from __future__ import annotations

from typing import Any

from gem.core import Info
from gem.envs._textarena_world import GAME, Message, World, open_world
from gem.envs.textarena import SUFFIX, as_move
from gem.multiagent import AgentSelector, MultiAgentEnv


class TextArenaMatch(MultiAgentEnv):
    """A game of TextArena for `num_players` agents. Raises `MissingExtra` or `UnavailableEnv` at `reset`."""

    world: World

    def __init__(self, name: str, num_players: int = 2, **arguments: Any) -> None:
        super().__init__()
        self.name, self.arguments = name, arguments
        self.possible_agents = [f"Player {number}" for number in range(num_players)]
        self.agent_selector = AgentSelector(self.possible_agents)
        self.shown = [0] * num_players
        """Messages that each player had seen before their last reply."""

    def reset(self, seed: int | None = None, **options: Any) -> tuple[dict[str, Any], dict[str, Info]]:
        """Start a game; what each player is told."""
        super(MultiAgentEnv, self).reset(seed)
        self.shown = [0] * len(self.possible_agents)
        game_seed = int(self.rng.integers(2**31))
        self.world = open_world(self.name, self.arguments, len(self.possible_agents), game_seed)
        first = super().reset(None, **options)
        self._pass_turn()
        return first

    def observe(self, agent: str) -> str:
        """What the agent has been told since its last reply."""
        player = self.possible_agents.index(agent)
        return "".join(_line(message) for message in self.world.heard[player][self.shown[player] :]) or "Nothing new.\n"

    def _pass_turn(self) -> None:
        self.agent_selector.select(self.possible_agents[self.world.to_move])

    def _process_actions(self, actions: dict[str, Any]) -> tuple[dict[str, Any], ...]:
        world, names = self.world, self.possible_agents
        player = world.to_move
        self.shown[player] = len(world.heard[player])
        infos: dict[str, Info] = {name: {"suffix": SUFFIX} for name in names}
        try:
            world.step(as_move(actions.get(names[player])))
        except Exception as error:  # noqa: BLE001 - TextArena fell over the reply: an end of this episode alone
            for info in infos.values():
                info.update(error=f"{type(error).__name__}: {error}", success=False)
            return {}, {}, {}, dict.fromkeys(names, True), infos
        if not world.done:
            return {}, {}, {}, {}, infos
        rewards = {names[number]: reward for number, reward in world.rewards().items()}
        for number, name in enumerate(names):
            infos[name].update(success=rewards.get(name, 0.0) > 0, reason=world.reason(number))
        return {}, rewards, dict.fromkeys(names, True), {}, infos


def _line(message: Message) -> str:
    said = f"Player {message.speaker}: " if message.kind == "PLAYER_ACTION" and message.speaker != GAME else ""
    return f"{said}{message.text.strip()}\n"
