"""Games for two: the rules are written once, and played against a scripted opponent or by two agents.

A game file writes its rules as a `Table`: a dataclass that knows the position, who moves, what each
sees, and what a finished game pays. `Duel` makes a `Game` of it for one player; the file adds an opponent
and a solver. `Match` makes a `MultiAgentEnv` of it for two. No chance falls during play: whatever is drawn
(cards, values) is drawn before, so a position goes on alike wherever it is copied to.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, TypeVar

import numpy as np

from gem.core import Info
from gem.envs.games._game import FORMAT_ERROR, WIN, Game, GameState, Outcome, illegal, lost, played, won
from gem.multiagent import AgentSelector, MultiAgentEnv
from gem.parsing import MAX_MOVE_CHARS, boxed_answers, move_words

MoveT = TypeVar("MoveT")
Payoffs = tuple[float, float]
"""What a finished game pays each player, from 0 to 1."""


class Table(ABC, Generic[MoveT]):
    """The rules of a game for two and its position: a dataclass of plain values. Players are 0 and 1."""

    names: ClassVar[tuple[str, str]]
    """What the players are called; also the names of the agents."""
    suffix: ClassVar[str]
    """The short ask for the next move."""

    @property
    @abstractmethod
    def mover(self) -> int:
        """Whose turn it is."""

    @property
    @abstractmethod
    def payoffs(self) -> Payoffs | None:
        """What each player got; None while the game goes on."""

    @abstractmethod
    def rules(self, player: int) -> str:
        """What `player` must know; the same during the whole game."""

    @abstractmethod
    def view(self, player: int) -> str:
        """The position as `player` may see it: enough to go on without the past."""

    @staticmethod
    @abstractmethod
    def parse(words: list[str]) -> MoveT | None:
        """The move that the words and whole numbers of a boxed answer mean, or None. A pure function."""

    @abstractmethod
    def refusal(self, move: MoveT) -> str:
        """Why the rules forbid this move now; "" if they don't."""

    @abstractmethod
    def play(self, move: MoveT) -> str:
        """Apply a legal move of `mover`; a sentence on it that both may read."""

    @abstractmethod
    def random_move(self, rng: np.random.Generator) -> str:
        """The text of a legal move, without its box."""


TableT = TypeVar("TableT", bound=Table[Any])


@dataclass(slots=True)
class DuelState(GameState, Generic[TableT]):
    """A game against the scripted opponent."""

    table: TableT = field(kw_only=True)
    player: int = 0
    """Which of the two the agent is."""
    goal: float = 1.0
    """The payoff that counts as success."""
    script: Any = None
    """What the opponent has in mind for this episode; never shown."""


class Duel(Game[DuelState[TableT], MoveT], Generic[TableT, MoveT]):
    """A game for two as a game for one: the opponent answers within the turn.

    Reaching the goal is success and pays 1; with partial credit, less pays its share of the goal.
    """

    @abstractmethod
    def reply(self) -> MoveT:
        """The opponent's move in the present position, drawn with `self.rng` if need be."""

    def board(self) -> str:
        return self.state.table.view(self.state.player)

    def rules(self) -> str:
        return self.state.table.rules(self.state.player)

    def play(self, move: MoveT) -> Outcome:
        state = self.state
        if refusal := state.table.refusal(move):
            return illegal(refusal)
        event = f"{state.table.play(move)}{self.answered()}"
        if state.table.payoffs is None:
            return played(event)
        share = self.share(state.table.payoffs)
        return won(event, WIN) if share >= 1 else lost(event, max(share, 0.0))

    def share(self, payoffs: Payoffs) -> float:
        """How much of the goal a finished game reached; 1 or more is success."""
        return payoffs[self.state.player] / self.state.goal

    def answered(self) -> str:
        """Let the opponent move until it is the player's turn or the game is over; what it did."""
        state = self.state
        events = ""
        while state.table.payoffs is None and state.table.mover != state.player:
            events += f" {state.table.play(self.reply())}"
        return events

    def random_move(self, rng: np.random.Generator) -> str:
        return self.state.table.random_move(rng)


@dataclass(slots=True)
class MatchState(Generic[TableT]):
    """A game between two agents."""

    table: TableT
    replies: list[int] = field(default_factory=lambda: [0, 0])
    """How often each player has replied."""
    news: list[str] = field(default_factory=lambda: ["", ""])
    """What each player has not been told of yet."""


class Match(MultiAgentEnv, Generic[TableT, MoveT]):
    """A game for two as an env for two agents, named `Table.names`; the last step pays each its payoff.

    A reply without a readable move, and one that makes `max_replies`, loses the game: `FORMAT_ERROR` or
    nothing for its player, 1 for the other. An illegal move may be mended in the next reply. The info of
    the last step says in `success` who got as much as the other or more.
    """

    table: ClassVar[type[Table[Any]]]
    """The rules."""
    max_replies: ClassVar[int]
    """Replies of each player; no game needs so many."""
    state: MatchState[TableT]

    def __init__(self) -> None:
        super().__init__()
        self.possible_agents = list(self.table.names)
        self.agent_selector = AgentSelector(self.possible_agents)

    @abstractmethod
    def new_table(self) -> TableT:
        """A new game drawn from `self.rng`."""

    def reset(self, seed: int | None = None, **options: Any) -> tuple[dict[str, Any], dict[str, Info]]:
        """Start a game; what each player sees."""
        super(MultiAgentEnv, self).reset(seed)  # the seed comes before the draw, and the draw before the first look
        self.state = MatchState(self.new_table())
        first = super().reset(None, **options)
        self._pass_turn()
        return first

    def observe(self, agent: str) -> str:
        """What happened since the agent's last reply, and its view; the rules too until its first reply."""
        player = self.table.names.index(agent)
        rules = "" if self.state.replies[player] else self.state.table.rules(player)
        return f"{rules}{self.state.news[player]}{self.state.table.view(player)}"

    def sample_random_action(self, rng: np.random.Generator | None = None) -> dict[str, Any]:
        """A legal move of whoever is to move."""
        move = self.state.table.random_move(np.random.default_rng() if rng is None else rng)
        return {self.table.names[self.state.table.mover]: f"\\boxed{{{move}}}"}

    def _pass_turn(self) -> None:
        self.agent_selector.select(self.table.names[self.state.table.mover])

    def _process_actions(self, actions: dict[str, Any]) -> tuple[dict[str, Any], ...]:
        state, names = self.state, self.table.names
        player = state.table.mover
        state.replies[player] += 1
        event, payoffs = self._played(player, actions.get(names[player]))
        state.news[player] = ""
        for reader in (0, 1):
            state.news[reader] += f"{event}\n"
        over = dict.fromkeys(names, payoffs is not None)
        payoffs = payoffs or (0.0, 0.0)
        infos: dict[str, Info] = {name: {"suffix": state.table.suffix, "event": f"{event}\n"} for name in names}
        if all(over.values()):
            for name, payoff in zip(names, payoffs, strict=True):
                infos[name]["success"] = payoff >= max(payoffs)
        return {}, dict(zip(names, payoffs, strict=True)), over, {}, infos

    def _played(self, player: int, action: Any) -> tuple[str, Payoffs | None]:
        """What a reply did, and what each player gets if that ended the game."""
        table, name = self.state.table, self.table.names[player]
        move = _read(table, action)
        if move is None:
            return f"{name} sent no readable move and loses.", _forfeit(player, FORMAT_ERROR)
        refusal = table.refusal(move)
        event = f"{name} tried what is not allowed: {refusal}" if refusal else table.play(move)
        if table.payoffs is None and self.state.replies[player] >= self.max_replies:
            return f"{event} {name} is out of replies and loses.", _forfeit(player, 0.0)
        return event, table.payoffs


def _read(table: Table[MoveT], action: Any) -> MoveT | None:
    """The last readable move of a reply."""
    answers = reversed(boxed_answers(action, MAX_MOVE_CHARS)) if isinstance(action, str) else ()
    return next((move for answer in answers if (move := table.parse(move_words(answer))) is not None), None)


def _forfeit(player: int, payoff: float) -> Payoffs:
    return (payoff, WIN) if player == 0 else (WIN, payoff)
