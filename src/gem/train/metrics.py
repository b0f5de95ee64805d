"""The metrics of a run: one JSON line an iteration, TensorBoard where it is installed, Weights & Biases on request."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from gem._extras import need
from gem.errors import StorageError
from gem.train.config import TrainConfig


class MetricsLog:
    """Appends to `metrics.jsonl` in the run's directory.

    A resumed run first drops the lines from its first iteration on, so that each appears once.
    """

    def __init__(self, directory: Path, first: int = 0, config: TrainConfig | None = None) -> None:
        self.path = directory / "metrics.jsonl"
        kept = [line for line in read_metrics(self.path) if line["iteration"] <= first] if first else []
        fresh = self.path.with_suffix(".new")
        try:
            fresh.write_text("".join(json.dumps(line) + "\n" for line in kept))
            fresh.replace(self.path)
        except OSError as error:
            fresh.unlink(missing_ok=True)
            raise StorageError(f"{self.path}: {error.strerror or error}") from error
        self._board = _tensorboard(directory)
        self._wandb = None if config is None or config.wandb is None else _wandb(config, directory)

    def write(self, metrics: dict[str, float]) -> None:
        """Record one iteration. Raises `StorageError`."""
        try:
            with self.path.open("a") as file:
                file.write(json.dumps(metrics) + "\n")
        except OSError as error:
            raise StorageError(f"{self.path}: {error.strerror or error}") from error
        if self._board is not None:
            for name, value in metrics.items():
                self._board.add_scalar(name, value, int(metrics["iteration"]))
        if self._wandb is not None:
            self._wandb.log(metrics, step=int(metrics["iteration"]))

    def close(self) -> None:
        """Flush what TensorBoard and Weights & Biases hold back."""
        if self._board is not None:
            self._board.close()
        if self._wandb is not None:
            self._wandb.finish()


def read_metrics(path: Path) -> list[dict[str, float]]:
    """The whole lines of a metrics file; [] if there is none."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text().splitlines(keepends=True) if line.endswith("\n")]


def _tensorboard(directory: Path) -> Any:
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        return None
    return SummaryWriter(str(directory / "tensorboard"))


def _wandb(config: TrainConfig, directory: Path) -> Any:
    """A run of the project that the config names; a run that is resumed goes on there under its directory's name."""
    wandb = need("wandb", extra="logging")
    name = directory.resolve().name
    return wandb.init(
        project=config.wandb, name=name, id=name, resume="allow", dir=str(directory), config=asdict(config)
    )
