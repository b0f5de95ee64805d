"""The settings of a training run: checked when made, written beside the results, readable again."""

from __future__ import annotations

import json
import math
import tomllib
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from gem.build import closest
from gem.errors import ConfigError
from gem.train.algorithms import (
    AGGREGATION_NAMES,
    ALGORITHMS,
    ANCHOR_NAMES,
    FILTER_NAMES,
    GROUPED,
    KL_NAMES,
    LOSS_NAMES,
    WHOLE_EPISODES,
)

KINDS: dict[str, tuple[type, ...]] = {
    "int": (int,),
    "float": (float, int),
    "str": (str,),
    "bool": (bool,),
    "int | None": (int, type(None)),
    "float | None": (float, int, type(None)),
    "str | None": (str, type(None)),
}
"""What a field of each annotation may hold."""


def setting(
    default: Any, meaning: str, *, low: float | None = None, high: float | None = None, of: tuple[str, ...] = ()
) -> Any:
    """A field with its meaning, for `--help`, and what it may be."""
    return field(default=default, metadata={"help": meaning, "low": low, "high": high, "of": of})


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """One training run. Raises `ConfigError` for values out of range."""

    env: str
    algo: str = setting("rebn", "algorithm", of=ALGORITHMS)
    policy: str = setting("tiny", "what is trained: tiny, tiny:embedded, tiny:CHECKPOINT, or hf:NAME|PATH")
    seed: int = setting(0, "of everything random: instances, sampling, initial weights")
    iterations: int = setting(350, "updates of the policy", low=0)
    episodes: int = setting(64, "episodes collected for each update", low=1)
    group_size: int | None = setting(
        None, "episodes that begin in one state (default: 8 for algorithms that compare them, else 1)", low=1
    )
    slots: int | None = setting(None, "episodes played side by side (default: all of an update's)", low=1)

    gamma: float | None = setting(
        None, "discount per turn (default: 1 for algorithms that compare whole episodes, else 0.9)", low=0, high=1
    )
    lam: float = setting(0.95, "λ of generalised advantage estimation (ppo, gagpo)", low=0, high=1)
    omega: float = setting(1.0, "weight of the state groups (gigpo)", low=0)
    history: int = setting(2, "steps of history that state groups share at most (hgpo)", low=0)
    anchor: str = setting("state", "what makes two turns comparable (gigpo, hgpo, gagpo)", of=ANCHOR_NAMES)
    filter: str = setting("none", "which groups are left out of the update", of=FILTER_NAMES)
    keep: float = setting(0.75, "share of the groups that the variance filter keeps", low=0.01, high=1)
    refills: int = setting(0, "more rounds of collection at most, while the filter leaves too few episodes", low=0)

    loss: str = setting("ppo", "policy loss", of=LOSS_NAMES)
    aggregation: str = setting("token_mean", "how token losses become one", of=AGGREGATION_NAMES)
    constant: float = setting(100.0, "divisor of the aggregation `constant`, in tokens", low=1)
    clip: float | None = setting(None, "how far a probability ratio may move before its gradient stops", low=0)
    clip_high: float | None = setting(None, "the same, upwards (default: as --clip)", low=0)
    importance_cap: float = setting(0.0, "truncated importance sampling: largest weight; 0: none", low=0)
    kl: float = setting(0.0, "weight of the divergence from the policy at the start", low=0)
    kl_form: str = setting("k3", "how that divergence is estimated", of=KL_NAMES)
    entropy_bonus: float = setting(0.0, "weight of the policy's entropy in the loss", low=0)
    minibatches: int = setting(2, "optimiser steps each pass over the episodes is split into", low=1)
    microbatch: int | None = setting(None, "episodes that fit into memory at once (default: all)", low=1)
    epochs: int = setting(1, "passes over each iteration's episodes", low=1)

    lr: float = setting(1e-3, "learning rate of AdamW", low=0)
    lr_warmup: int = setting(10, "iterations until the full learning rate", low=0)
    lr_decay: float = setting(0.8, "share of the learning rate that is gone at the end (linear)", low=0, high=1)
    grad_clip: float = setting(1.0, "largest norm of a gradient", low=0)
    critic_lr: float = setting(1e-3, "learning rate of the critic (ppo)", low=0)
    critic_epochs: int = setting(2, "passes of the critic over each iteration's episodes (ppo)", low=1)
    normalise: bool = setting(True, "normalise the critic's advantages over the batch (ppo)")

    temperature: float = setting(1.0, "of sampling, in training and evaluation", low=0)
    max_new_tokens: int = setting(8, "most tokens of one reply", low=1)
    max_turns: int | None = setting(None, "end episodes after this many turns (default: the env decides)", low=1)

    warm_episodes: int = setting(3000, "episodes of the noisy solver to imitate first; 0: none", low=0)
    warm_noise: float = setting(0.65, "probability of a random action in them", low=0, high=1)
    warm_epochs: int = setting(3, "passes over them", low=1)
    warm_lr: float = setting(2e-3, "learning rate of the imitation, warmed up and decayed to 0", low=0)
    warm_batch: int = setting(16, "episodes in one step of the imitation", low=1)

    vocab_size: int = setting(640, "most tokens of the tiny tokenizer", low=261)
    width: int = setting(64, "of the tiny model's residual stream", low=8)
    layers: int = setting(3, "of the tiny model", low=1)
    heads: int = setting(4, "of the tiny model's attention", low=1)
    context: int = setting(512, "most tokens of an episode", low=16)

    dtype: str = setting("float32", "of an hf model's weights", of=("float32", "bfloat16"))
    device: str = setting("auto", "where an hf model lies: auto, cpu, cuda, cuda:1, …")
    mixed: bool = setting(False, "multiply an hf model's float32 weights in bfloat16")
    rollouts: str = setting("own", "what samples an hf model's replies", of=("own", "vllm"))
    lora_rank: int = setting(0, "rank of LoRA adapters of an hf model; 0: train all weights", low=0)
    gradient_checkpointing: bool = setting(False, "less memory and more time for an hf model")
    chat_template: str | None = setting(None, "a file with a chat template, or `plain`, for a tokenizer without one")

    eval_episodes: int = setting(1000, "episodes of each evaluation", low=1)
    eval_every: int = setting(
        0, "iterations between evaluations, which choose best.pt; 0: only before and after", low=0
    )
    checkpoint_every: int = setting(50, "iterations between checkpoints", low=1)
    wandb: str | None = setting(None, "project of Weights & Biases to log to")
    threads: int = setting(1, "threads of torch; more than one slows small models down", low=1)

    def __post_init__(self) -> None:
        for entry in fields(self):
            self._check(entry.name, str(entry.type), **entry.metadata)
        if self.width % (2 * self.heads):
            raise ConfigError(f"width {self.width} must be a multiple of twice the {self.heads} heads")
        kind, _, name = self.policy.partition(":")
        if kind not in ("tiny", "hf") or (kind == "hf" and not name):
            raise ConfigError(f"policy is {self.policy!r}; it must be tiny, tiny:embedded, tiny:CHECKPOINT or hf:NAME")
        if self.algo in GROUPED and self.per_group == 1:
            raise ConfigError(f"{self.algo} compares episodes of a group: group_size must be at least 2")
        if self.episodes % self.per_group:
            raise ConfigError(f"episodes ({self.episodes}) must be a multiple of group_size ({self.per_group})")

    def _check(self, name: str, kind: str, low: Any = None, high: Any = None, of: Any = (), **_: Any) -> None:
        value = getattr(self, name)
        if not isinstance(value, KINDS[kind]) or (isinstance(value, bool) and kind != "bool"):
            raise ConfigError(f"{name} is {value!r}; it must be of type {kind}")
        if isinstance(value, float) and not math.isfinite(value):
            raise ConfigError(f"{name} is {value}; it must be at least {low} and finite")
        if low is not None and value is not None and value < low:
            raise ConfigError(f"{name} is {value}; it must be at least {low}")
        if high is not None and value is not None and value > high:
            raise ConfigError(f"{name} is {value}; it must be at most {high}")
        if of and value not in of:
            raise ConfigError(f"unknown {name} {value!r}.{closest(str(value), list(of))}")

    @property
    def discount(self) -> float:
        """γ, as given or as the algorithm has it."""
        if self.gamma is not None:
            return self.gamma
        return 1.0 if self.algo in WHOLE_EPISODES else 0.9

    @property
    def per_group(self) -> int:
        """Episodes of a group."""
        if self.group_size is not None:
            return self.group_size
        return 8 if self.algo in GROUPED else 1

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
