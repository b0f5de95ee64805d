"""The settings of a training run: checked when made, written beside the results, readable again."""

from __future__ import annotations

import json
import tomllib
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from gem.build import closest
from gem.errors import ConfigError
from gem.train.advantages import ESTIMATORS

KINDS: dict[str, tuple[type, ...]] = {
    "int": (int,),
    "float": (float, int),
    "str": (str,),
    "int | None": (int, type(None)),
}
"""What a field of each annotation may hold."""


def setting(default: Any, meaning: str, *, low: float | None = None) -> Any:
    """A field with its meaning, for `--help`, and the lowest value that makes sense."""
    return field(default=default, metadata={"help": meaning, "low": low})


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """One training run. Raises `ConfigError` for values out of range."""

    env: str
    algo: str = setting("rebn", f"advantage estimator: {' or '.join(ESTIMATORS)}")
    seed: int = setting(0, "of everything random: instances, sampling, initial weights")
    iterations: int = setting(350, "updates of the policy", low=0)
    episodes: int = setting(64, "episodes collected for each update", low=1)
    gamma: float = setting(0.9, "discount per turn", low=0)
    lr: float = setting(1e-3, "learning rate of AdamW", low=0)
    lr_warmup: int = setting(10, "iterations until the full learning rate", low=0)
    lr_decay: float = setting(0.8, "share of the learning rate that is gone at the end (linear)", low=0)
    clip: float = setting(0.2, "how far a probability ratio may move before its gradient stops", low=0)
    minibatches: int = setting(2, "optimiser steps each pass over the episodes is split into", low=1)
    epochs: int = setting(1, "passes over each iteration's episodes", low=1)
    entropy_bonus: float = setting(0.0, "weight of the policy's entropy in the loss", low=0)
    grad_clip: float = setting(1.0, "largest norm of a gradient", low=0)
    temperature: float = setting(1.0, "of sampling, in training and evaluation", low=0)
    max_new_tokens: int = setting(8, "most tokens of one reply", low=1)
    max_turns: int | None = setting(None, "end episodes after this many turns (default: the env decides)", low=1)
    warm_episodes: int = setting(3000, "episodes of the noisy solver to imitate first; 0: none", low=0)
    warm_noise: float = setting(0.65, "probability of a random action in them", low=0)
    warm_epochs: int = setting(3, "passes over them", low=1)
    warm_lr: float = setting(2e-3, "learning rate of the imitation, warmed up and decayed to 0", low=0)
    warm_batch: int = setting(16, "episodes in one step of the imitation", low=1)
    vocab_size: int = setting(640, "most tokens of the tokenizer", low=261)
    width: int = setting(64, "of the model's residual stream", low=8)
    layers: int = setting(3, "of the model", low=1)
    heads: int = setting(4, "of attention", low=1)
    context: int = setting(512, "most tokens of an episode", low=16)
    eval_episodes: int = setting(1000, "episodes of each evaluation", low=1)
    checkpoint_every: int = setting(50, "iterations between checkpoints", low=1)
    threads: int = setting(1, "threads of torch; more than one slows small models down", low=1)

    def __post_init__(self) -> None:
        for entry in fields(self):
            value, low = getattr(self, entry.name), entry.metadata.get("low")
            if not isinstance(value, KINDS[str(entry.type)]):
                raise ConfigError(f"{entry.name} is {value!r}; it must be of type {entry.type}")
            if low is not None and value is not None and not value >= low:
                raise ConfigError(f"{entry.name} is {value}; it must be at least {low}")
        if self.algo not in ESTIMATORS:
            raise ConfigError(f"unknown algo {self.algo!r}.{closest(self.algo, list(ESTIMATORS))}")
        if self.width % (2 * self.heads):
            raise ConfigError(f"width {self.width} must be a multiple of twice the {self.heads} heads")
        for name in ("gamma", "warm_noise", "lr_decay"):
            if getattr(self, name) > 1:
                raise ConfigError(f"{name} is {getattr(self, name)}; it must be at most 1")

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> TrainConfig:
        """Build a config; raises `ConfigError`, with the closest names, for an unknown setting."""
        names = [entry.name for entry in fields(cls)]
        for name in values:
            if name not in names:
                raise ConfigError(f"unknown setting {name!r}.{closest(name, names)}")
        if "env" not in values:
            raise ConfigError("no env is named")
        return cls(**values)

    @classmethod
    def load(cls, path: Path) -> TrainConfig:
        """Read a JSON or TOML file. Raises `ConfigError` if that can't be done."""
        return cls.from_dict(read_settings(path))

    def save(self, path: Path) -> None:
        """Write every setting as JSON."""
        path.write_text(json.dumps(asdict(self), indent=2) + "\n")


def read_settings(path: Path) -> dict[str, Any]:
    """The settings in a JSON or TOML file, not yet checked."""
    try:
        text = path.read_text()
        values = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path} cannot be read as a config: {error}") from error
    if not isinstance(values, dict):
        raise ConfigError(f"{path} holds no table of settings")
    return values
