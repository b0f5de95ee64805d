"""Checkpoints: weights, optimisers, tokenizer and position in one file, replaced as a whole."""

from __future__ import annotations

import os
import pickle
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from gem.errors import CheckpointError, StorageError
from gem.train.policy import Policy

VERSION = 2
State = dict[str, Any]


@dataclass(slots=True)
class Checkpoint:
    """A moment of a run, at the end of an iteration."""

    policy: State
    """What `Policy.settings` gave."""
    weights: dict[str, torch.Tensor]
    optimiser: State | None
    critic: State | None
    """Weights and optimiser of a critic, where there is one."""
    iteration: int
    next_index: int
    """Number of the next episode to start."""
    best: float | None
    """The best success of an evaluation so far."""
    version: int = VERSION

    @classmethod
    def of(
        cls,
        policy: Policy,
        *,
        optimiser: torch.optim.Optimizer | None = None,
        critic: State | None = None,
        iteration: int = 0,
        next_index: int = 0,
        best: float | None = None,
    ) -> Checkpoint:
        """What has to be kept of a run that stands between two iterations."""
        states = None if optimiser is None else optimiser.state_dict()
        return cls(policy.settings(), policy.weights(), states, critic, iteration, next_index, best)

    def agent(self) -> Any:
        """The policy with these weights. Raises `CheckpointError` if they don't fit it."""
        policy = _policy_of(self.policy)
        policy.load_weights(self.weights)
        return policy

    def save(self, path: Path) -> None:
        """Write to a new file, then put it in the old one's place: a crash leaves one of the two whole.

        Raises `StorageError`; the old checkpoint is still there then.
        """
        fresh = path.with_suffix(".new")
        try:
            with fresh.open("wb") as file:
                torch.save({name: getattr(self, name) for name in self.__slots__}, file)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(path)
        except (OSError, RuntimeError) as error:  # torch reports a short write as a RuntimeError
            fresh.unlink(missing_ok=True)
            raise StorageError(f"{path} could not be written: {error}") from error

    @classmethod
    def load(cls, path: Path) -> Checkpoint:
        """Read a checkpoint; runs no code from the file. Raises `CheckpointError` if it is not whole."""
        try:
            fields = torch.load(path, map_location="cpu", weights_only=True)
            version = fields.get("version")
            if version == VERSION:
                return cls(**fields)
        except (
            OSError,
            RuntimeError,
            EOFError,
            ValueError,
            TypeError,
            AttributeError,
            pickle.UnpicklingError,
            zipfile.BadZipFile,
        ) as error:
            raise CheckpointError(f"{path} is not a whole checkpoint: {error}") from error
        raise CheckpointError(f"{path} is a checkpoint of version {version}; this gem reads version {VERSION}")


def _policy_of(settings: State) -> Policy:
    """The policy of these settings, with untrained weights."""
    if settings.get("kind") == "tiny":
        from gem.agents.tiny import TinyAgent

        return TinyAgent.from_settings(settings)
    if settings.get("kind") == "hf":
        from gem.agents.hf import HFAgent

        return HFAgent.from_settings(settings)
    raise CheckpointError(f"a policy of the kind {settings.get('kind')!r} is not known here")
