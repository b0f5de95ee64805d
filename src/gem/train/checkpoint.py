"""Checkpoints: weights, optimiser, tokenizer and position in one file, replaced as a whole."""

from __future__ import annotations

import os
import pickle
import zipfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from gem.agents.tiny import ModelConfig, TinyAgent, TinyDecoder
from gem.agents.tiny.tokenizer import TinyTokenizer
from gem.errors import CheckpointError, StorageError

VERSION = 1


@dataclass(slots=True)
class Checkpoint:
    """A moment of a run, at the end of an iteration."""

    model: dict[str, Any]
    """Arguments of `ModelConfig`."""
    weights: dict[str, torch.Tensor]
    tokenizer: str
    optimiser: dict[str, Any] | None
    iteration: int
    next_index: int
    """Number of the next episode to start."""
    max_new_tokens: int
    temperature: float
    version: int = VERSION

    @classmethod
    def of(
        cls,
        agent: TinyAgent,
        *,
        optimiser: torch.optim.Optimizer | None = None,
        iteration: int = 0,
        next_index: int = 0,
    ) -> Checkpoint:
        """What has to be kept of a run that stands between two iterations."""
        return cls(
            asdict(agent.model.config),
            agent.model.state_dict(),
            agent.renderer.to_json(),
            None if optimiser is None else optimiser.state_dict(),
            iteration,
            next_index,
            agent.sampler.max_new_tokens,
            agent.sampler.temperature,
        )

    def agent(self) -> TinyAgent:
        """The agent with these weights."""
        model = TinyDecoder(ModelConfig(**self.model))
        model.load_state_dict(self.weights)
        tokenizer = TinyTokenizer.from_json(self.tokenizer)
        return TinyAgent(model, tokenizer, max_new_tokens=self.max_new_tokens, temperature=self.temperature)

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
            found = cls(**fields)
        except (
            OSError,
            RuntimeError,
            EOFError,
            ValueError,
            TypeError,
            pickle.UnpicklingError,
            zipfile.BadZipFile,
        ) as error:
            raise CheckpointError(f"{path} is not a whole checkpoint: {error}") from error
        if found.version != VERSION:
            raise CheckpointError(
                f"{path} is a checkpoint of version {found.version}; this gem reads version {VERSION}"
            )
        return found
