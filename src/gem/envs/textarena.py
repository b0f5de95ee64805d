r"""TextArena's games, by their names there: alone, or against scripted opponents.

The games are the package's own (extra `textarena`); their seeds are made effective, and no game touches the global
generator. A reply is passed on as it is, with `\boxed{move}` turned into the `[move]` that TextArena reads. The
observation is all that the player was told since the prompt, the board only as it is now. Rewards are TextArena's, from
-1 to 1 at the end of a game, except that invalid moves never earn, and that an opponent who breaks the rules ends the
episode without a winner (`info["error"]`). There is no solver.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gem.constants import LanguageGameReward
from gem.core import Env, Info, StepResult, termination, transition, truncation
from gem.envs._textarena_world import GAME, Dice, Message, World, open_world
from gem.errors import ConfigError, UnavailableEnv
from gem.parsing import boxed_answers

MAX_REPLY_CHARS = 4000
"""What is passed on of a longer reply is its end."""
MAX_REPLIES, MAX_STARTS = 20, 20
"""Replies of each opponent before the agent has its turn, and games that are begun until it has one."""
NOTHING = "nothing\n"
SUFFIX = "Put your move in \\boxed{}: it is read as if it stood in square brackets.\n"
_TOKEN = re.compile(r"\[\s*([^\[\]\n]{1,40}?)\s*\]")
_BOX = re.compile(r"\\boxed\s*\{([^{}]*)\}")

Opponent = Callable[[list[Message], Dice], str]
"""What another player says, given what they were told, and a source of chance."""


def bracketed(told: list[Message], dice: Dice) -> str:
    """A move that stands in brackets in what the player was told: the opponent where none is given; no strong one."""
    options = options_in(told)
    return f"[{dice.choice(options)}]" if options else f"[{dice.randrange(10)}]"


def options_in(told: list[Message]) -> list[str]:
    """What stands in brackets in the last board or message that has any, else in the prompt."""
    for message in reversed(told):
        if message.kind != "PLAYER_ACTION" and (found := _TOKEN.findall(message.text)):
            return list(dict.fromkeys(found))
    return []


@dataclass(slots=True)
class State:
    """What a game is made of: playing the moves again makes it again."""

    seed: int
    moves: list[str] = field(default_factory=list[str])
    """What was said so far, by all players."""
    heard: int = 0
    """Messages that the agent has been told."""
    seen: int = 0
    """Those among them that were told before the last reply."""
    turn: int = 0


class TextArenaEnv(Env[str, str]):
    """A game of TextArena for one agent, who sits at `seat`; `opponent` plays the other seats.

    `max_turns` bounds the agent's turns; `arguments` go to TextArena. A snapshot holds the moves, and restoring it
    plays them again. Raises `MissingExtra` or `UnavailableEnv`.
    """

    _world: World | None = None

    def __init__(
        self,
        name: str,
        num_players: int = 1,
        seat: int = 0,
        opponent: Opponent = bracketed,
        max_turns: int = 200,
        **arguments: Any,
    ) -> None:
        super().__init__()
        if not 0 <= seat < num_players:
            raise ConfigError(f"there is no seat {seat} at a table of {num_players}")
        self.name, self.num_players, self.seat, self.opponent = name, num_players, seat, opponent
        self.max_turns, self.arguments = max_turns, arguments

    @property
    def world(self) -> World:
        """The game as the state says it is."""
        state, world = self.state, self._world
        if world is None or world.seed != state.seed or world.moves != state.moves:
            world = open_world(self.name, self.arguments, self.num_players, state.seed)
            for move in state.moves:
                world.step(move)
            self._world = world
        return world

    def _reset(self) -> tuple[str, Info]:
        for seed in self.rng.integers(2**31, size=MAX_STARTS).tolist():
            self._world, self.state = None, State(seed)
            world = self.world
            if self._let_others_play() is None and not world.done:
                event = self._news()
                return event, {"suffix": SUFFIX, "event": event}
        raise UnavailableEnv(f"the opponents end every game of {self.name} before player {self.seat} can move")

    def _step(self, action: str) -> StepResult[str]:
        state, world = self.state, self.world
        state.turn += 1
        try:
            self._say(as_move(action))
            trouble = self._let_others_play()
        except Exception as error:  # noqa: BLE001 - TextArena fell over the reply: an end of this episode alone
            return self._broken_off(f"{type(error).__name__}: {error}", LanguageGameReward.format_error)
        if trouble is not None:
            return self._broken_off(trouble, 0.0)
        event = self._news()
        if world.done:
            return self._ended(event)
        info = {"suffix": SUFFIX, "event": event}
        if state.turn >= self.max_turns:
            return truncation(f"{event}That was the last turn.\n", 0.0, **info, success=False)
        return transition(self._picture(event), 0.0, **info)

    def _say(self, move: str) -> None:
        world = self.world
        self.state.moves.append(move)
        world.step(move)

    def _let_others_play(self) -> str | None:
        """Ask the opponents until it is the agent's turn or the game is over; what went wrong, if they broke it."""
        world = self.world
        for _ in range(MAX_REPLIES * self.num_players):
            if world.done or world.to_move == self.seat:
                return None
            player = world.to_move
            self._say(self.opponent(world.heard[player], world.dice()))
            if world.done and world.broke_the_rules(player):
                return f"player {player}, an opponent, made an invalid move"
        return "the opponents come to no end"

    def _news(self) -> str:
        """What the agent has been told since the last time."""
        heard, state = self.world.heard[self.seat], self.state
        state.seen, state.heard = state.heard, len(heard)
        return self._text(heard[state.seen :]) or NOTHING

    def _picture(self, event: str) -> str:
        """The whole observation: what was said before the news, the news, and the board if the news lacks it."""
        heard = self.world.heard[self.seat]
        past, new = heard[: self.state.seen], heard[self.state.seen :]
        said = self._text([message for message in past if message.kind not in {"PROMPT", "GAME_BOARD"}])
        boards = [message for message in heard if message.kind == "GAME_BOARD"][-1:]
        shown = any(message.kind == "GAME_BOARD" for message in new)
        return f"Said before:\n{said or NOTHING}{event}{'' if shown else self._text(boards)}"

    def _text(self, messages: list[Message]) -> str:
        return "".join(
            f"{self._named(message)}{message.text.strip()}\n" for message in messages if message.text.strip()
        )

    def _named(self, message: Message) -> str:
        if message.speaker == GAME or message.kind != "PLAYER_ACTION":
            return ""
        return "You: " if message.speaker == self.seat else f"Player {message.speaker}: "

    def _ended(self, event: str) -> StepResult[str]:
        world = self.world
        rewards = world.rewards()
        reward = rewards.get(self.seat, 0.0)
        if world.broke_the_rules(self.seat):
            reward = min(reward, LanguageGameReward.format_error)
        success = reward > 0 if self.num_players > 1 else reward >= 1
        reason = world.reason(self.seat)
        told = f"{event}{reason}\n" if reason else event
        return termination(told, reward, suffix=SUFFIX, event=told, success=success, rewards=rewards)

    def _broken_off(self, error: str, reward: float) -> StepResult[str]:
        event = f"The game was broken off: {error[:200]}\n"
        return truncation(event, reward, suffix=SUFFIX, event=event, success=False, error=error)

    def sample_random_action(self, rng: np.random.Generator | None = None) -> str:
        """Something that stands in brackets in what the agent was told, else a digit."""
        rng = np.random.default_rng() if rng is None else rng
        options = options_in(self.world.heard[self.seat])
        return f"\\boxed{{{options[rng.integers(len(options))] if options else rng.integers(10)}}}"

    def _take(self, memory: dict[str, Any], rng: dict[str, Any] | None, in_episode: bool) -> None:
        super()._take(memory, rng, in_episode)
        self._world = None  # a twin has a game of its own

    def __getstate__(self) -> dict[str, Any]:
        """Without the game, which is played again where it is needed."""
        return {name: value for name, value in vars(self).items() if name != "_world"}


def as_move(action: Any) -> str:
    r"""A reply as TextArena reads it: `\boxed{4}` becomes `[4]`; what is no text says nothing."""
    if not isinstance(action, str):
        return ""
    text = action[-MAX_REPLY_CHARS:]
    answers = boxed_answers(text)
    return _BOX.sub(lambda box: f"[{box[1].strip()}]", text) if answers else text
