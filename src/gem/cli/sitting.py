"""A person's episode in the terminal: what is shown, and the way back to each turn. It neither prints nor asks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, cast

from gem.cli import paint
from gem.constants import TERMINAL_STATE
from gem.core import Env
from gem.errors import SnapshotUnsupported
from gem.messages import readable
from gem.seeding import generator

SHOWN_MOVES, TRIED_MOVES = 8, 60
"""Legal moves that are suggested, and random ones that are tried for them."""


class Sitting:
    """One player's episode, with the way back to each of its turns."""

    def __init__(self, env: Env[Any, Any], seed: int | None, as_action: Callable[[str], str], colours: bool) -> None:
        self.env, self.seed, self.as_action, self.colours = env, seed, as_action, colours
        self.observation: Any = env.reset(seed=seed)[0]
        self.turns: list[tuple[Any, str, float]] = []
        """What was shown, what was answered, what it earned."""
        self.moments: list[Any] = []
        self.info: dict[str, Any] = {}
        self.over = self.won = self.truncated = False
        self._folder: Path | None = None

    @property
    def total(self) -> float:
        """The return so far."""
        return sum(reward for _, _, reward in self.turns)

    def shown(self) -> str:
        """The observation as it goes on the screen."""
        text = "" if self.observation == TERMINAL_STATE else readable(self.observation).rstrip("\n")
        text = "\n".join((text, *(f"The picture is in {path}" for path in self.pictures())))
        return paint.board(text) if self.colours else text

    def pictures(self) -> list[Path]:
        """Where the images of the present observation lie; they are written when they are first shown."""
        images = _images(self.observation)
        if images and self._folder is None:
            self._folder = Path(mkdtemp(prefix="gem-play-"))
        paths = [self._folder / f"{len(self.turns)}-{number}.png" for number in range(len(images)) if self._folder]
        for path, image in zip(paths, images, strict=True):
            if not path.exists():
                image.save(path)
        return paths

    def step(self, action: str) -> float:
        """Take a turn; its reward."""
        self.moments.append(self._moment())
        before = self.observation
        self.observation, reward, terminated, truncated, self.info = self.env.step(action)
        self.turns.append((before, action, float(reward)))
        self.over, self.truncated = terminated or truncated, truncated
        self.won = bool(self.info.get("success"))
        return float(reward)

    def undo(self) -> bool:
        """Go back by one turn; False if there is none, or the env cannot be copied."""
        if not self.moments or self.moments[-1] is None:
            return False
        self.env.restore(self.moments.pop())
        self.observation = self.turns.pop()[0]
        self.over = self.won = self.truncated = False
        return True

    def expert_move(self) -> str | None:
        """What the env's solver would play; None if it has none."""
        solve: Any = getattr(self.env, "solve", None)
        try:
            return str(solve()) if callable(solve) else None
        except NotImplementedError:
            return None

    def legal_moves(self) -> list[str]:
        """Some moves that the env would accept now."""
        rng = generator(len(self.turns))
        try:
            drawn = dict.fromkeys(str(self.env.sample_random_action(rng)) for _ in range(TRIED_MOVES))
        except NotImplementedError:
            return []
        legal: Callable[[str], bool] = getattr(self.env, "is_legal", lambda _: True)
        return [move for move in drawn if legal(move)][:SHOWN_MOVES]

    def news(self, reward: float) -> str:
        """What a turn led to."""
        return f"{self.shown()}\n{self.coloured(f'reward {reward:g}', paint.DIM)}".lstrip("\n")

    def ending(self) -> str:
        """How it ended, for the player."""
        verdict = "You won." if self.won else "Out of turns." if self.truncated else "You lost."
        return self.coloured(verdict, paint.GREEN if self.won else paint.RED) + f" Return {self.total:g}."

    def coloured(self, text: str, colour: str) -> str:
        """The text in a colour, if colours are wanted."""
        return paint.in_colour(text, colour) if self.colours else text

    def record(self, path: Path) -> None:
        """Append the episode to a file that `EpisodeStore` reads. Raises `StorageError`."""
        from gem.rollout import Episode, EpisodeStore, Turn

        episode = Episode(self.env.env_id, self.seed)
        episode.turns = [Turn(readable(shown), action, reward) for shown, action, reward in self.turns]
        episode.end = "truncated" if self.truncated else "terminated" if self.over else "turns"
        episode.success, episode.final_observation = self.won, readable(self.observation)
        EpisodeStore(path).append([episode])

    def _moment(self) -> Any:
        try:
            return self.env.snapshot()
        except SnapshotUnsupported:
            return None


def _images(observation: Any) -> list[Any]:
    """The images in an observation that is a dict."""
    entries = cast("dict[str, Any]", observation) if isinstance(observation, dict) else {}
    return list(entries.get("images", ()))
