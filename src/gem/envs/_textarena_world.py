"""One game of TextArena with its chances under our control. Text and rules are the package's; nothing here is an `Env`.

TextArena draws from the global `random`, prints while it plays, and keeps each player's messages until they are
asked for. Inside its modules the names `random` and `print` are therefore replaced: a draw goes to the generator of
the game that is being played, whatever else runs in the process, and what is printed is dropped.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from importlib import import_module
from typing import Any, NamedTuple

from gem._extras import need
from gem.errors import UnavailableEnv

Dice = random.Random
"""Chance as TextArena's games and their players draw it."""
_playing: ContextVar[Dice] = ContextVar("the generator of the game that is being played")
GAME = -1
"""Who speaks when the game does."""


class Message(NamedTuple):
    """Something a player is told."""

    speaker: int
    text: str
    kind: str
    """TextArena's name for it: PROMPT, PLAYER_ACTION, GAME_MESSAGE, GAME_BOARD, …"""


class World:
    """A game in progress: its seed and the moves so far make it, and make it again."""

    def __init__(self, make: Callable[[], Any], num_players: int, seed: int) -> None:
        self.seed = seed
        self.moves: list[str] = []
        """What was said so far, by whoever's turn it was."""
        self.heard: list[list[Message]] = [[] for _ in range(num_players)]
        """All that each player has been told."""
        self._dice = Dice(seed)
        with _drawing_from(self._dice):  # some games bind their chance as they are made
            self.game = make()
        self._call(self.game.reset, num_players=num_players, seed=seed)

    @property
    def to_move(self) -> int:
        """Whose turn it is."""
        return int(self.game.state.current_player_id)

    @property
    def done(self) -> bool:
        """Whether the game is over."""
        return bool(self.game.state.done)

    def step(self, move: str) -> None:
        """Let the player whose turn it is say something."""
        self.moves.append(move)
        self._call(self.game.step, move)

    def dice(self) -> Dice:
        """Chance for whoever moves next, apart from the game's own."""
        return Dice(f"{self.seed} {len(self.moves)}")

    def rewards(self) -> dict[int, float]:
        """What each player has earned, once the game is over."""
        rewards: dict[int, Any] = self.game.state.rewards or {}
        return {int(player): _number(reward) for player, reward in rewards.items()}

    def reason(self, player: int) -> str:
        """Why the game ended, as TextArena tells the player."""
        return str(self._info(player).get("reason") or "")

    def broke_the_rules(self, player: int) -> bool:
        """Whether the game ended for a player because their moves were invalid."""
        return bool(self._info(player).get("invalid_move"))

    def _info(self, player: int) -> dict[str, Any]:
        return self.game.state.game_info.get(player, {})

    def _call(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
        """Call into the game with its own dice, and take down what everybody is told."""
        with _drawing_from(self._dice):
            function(*args, **kwargs)
        for player, heard in enumerate(self.heard):
            told: list[Any] = self.game.state.observations.get(player, [])
            heard += [Message(speaker, str(text), getattr(kind, "name", str(kind))) for speaker, text, kind in told]
            self.game.state.observations[player] = []


def open_world(name: str, arguments: dict[str, Any], num_players: int, seed: int) -> World:
    """A game of TextArena by its name there. Raises `MissingExtra`, or `UnavailableEnv` with what TextArena says."""
    package = need("textarena", extra="textarena")
    try:
        module = str(package.envs.registration.ENV_REGISTRY[f"{name}-raw"].entry_point).partition(":")[0]
        import_module(module)
        _take_over()
        return World(partial(package.make, f"{name}-raw", **arguments), num_players, seed)
    except Exception as error:  # a stranger's code raises what it likes
        raise UnavailableEnv(f"TextArena cannot start {name}: {type(error).__name__}: {_first_line(error)}") from error


@contextmanager
def _drawing_from(dice: Dice) -> Generator[None]:
    token = _playing.set(dice)
    try:
        yield
    finally:
        _playing.reset(token)


class _Dice:
    """What TextArena's modules see as `random`: the generator of the game that is being played."""

    def __getattr__(self, name: str) -> Any:
        generator = _playing.get(None)
        return getattr(random if generator is None or not hasattr(generator, name) else generator, name)


def _take_over() -> None:
    """Replace `random` and `print` in each module of TextArena that has been imported since the last time."""
    for name, module in list(sys.modules.items()):
        if name.startswith("textarena.") and module.__dict__.get("random") is random:
            module.__dict__.update(random=_DICE, print=_say_nothing)


def _say_nothing(*_: Any, **__: Any) -> None:
    pass


def _number(reward: Any) -> float:
    """A reward; some games give the reason for an invalid move in its place, which earns the least."""
    return float(reward) if isinstance(reward, int | float) else -1.0


def _first_line(error: Exception) -> str:
    return next((line.strip(" *") for line in str(error).splitlines() if line.strip(" *")), "no reason given")


_DICE = _Dice()
