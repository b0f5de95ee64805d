"""Tiny models that the package carries: warm-started on an env each, before any RL.

A file is a NumPy archive, read without pickle, so that loading one runs no code. Matrices are kept as one byte a
weight with a scale for each row: a quarter of float32, and all of them together stay under `MOST_BYTES`. What is read
from a file is the same on every machine. `scripts/make_checkpoints.py` makes the files.
"""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from gem.agents.tiny.agent import TinyAgent
from gem.build import closest
from gem.errors import CheckpointError, ConfigError, StorageError

FOLDER = Path(__file__).parent / "checkpoints"
MOST_BYTES = 5_000_000
"""Of all embedded files together."""
SETTINGS, SCALE = "settings", "scale of "
"""Names in the archive: of the agent's settings, and before the name of the matrix that a scale belongs to."""

Arrays = dict[str, NDArray[np.generic]]


def embedded(env_id: str) -> TinyAgent:
    """The warm-started model of `env_id`. Raises `ConfigError`, naming those that there are, if it has none."""
    path = file_of(env_id)
    if not path.exists():
        known = embedded_ids()
        raise ConfigError(
            f"no tiny model is embedded for {env_id!r}.{closest(env_id, known)} There are: {', '.join(known) or 'none'}"
        )
    return load(path)


def embedded_ids() -> list[str]:
    """The ids that have a model, sorted."""
    return sorted(path.stem.replace("-", ":", 1) for path in FOLDER.glob("*.npz"))


def file_of(env_id: str) -> Path:
    """Where the model of `env_id` lies, or would lie."""
    return FOLDER / f"{env_id.replace(':', '-', 1)}.npz"


def save(agent: TinyAgent, path: Path) -> None:
    """Write an agent's settings and its weights, rounded. Raises `StorageError`."""
    arrays: Arrays = {SETTINGS: np.frombuffer(json.dumps(agent.settings()).encode(), np.uint8)}
    for name, weight in agent.weights().items():
        values = weight.detach().float().numpy()
        if values.ndim == 2:
            arrays[name], arrays[SCALE + name] = quantised(values)
        else:
            arrays[name] = values.astype(np.float16)
    fresh = path.with_suffix(".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with fresh.open("wb") as file:
            np.savez_compressed(file, allow_pickle=False, **arrays)
        fresh.replace(path)
    except OSError as error:
        if fresh.is_file():
            fresh.unlink()
        raise StorageError(f"{path} could not be written: {error.strerror or error}") from error


def load(path: Path) -> TinyAgent:
    """The agent in a file that `save` wrote. Raises `CheckpointError` if it is not whole."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            arrays: Arrays = dict(archive)
        agent = TinyAgent.from_settings(json.loads(arrays.pop(SETTINGS).tobytes()))
        weights = {
            name: torch.from_numpy(_restored(values, arrays.get(SCALE + name)))
            for name, values in arrays.items()
            if not name.startswith(SCALE)
        }
    except (OSError, KeyError, ValueError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise CheckpointError(f"{path} is not a whole embedded model: {error}") from error
    agent.load_weights(weights)
    return agent


def quantised(values_R_C: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float16]]:
    """Each row as whole numbers from -127 to 127 and the scale that makes them weights again."""
    largest_R = np.abs(values_R_C).max(axis=1)
    scale_R = (largest_R / 127).astype(np.float16)
    divisor_R = np.where(scale_R > 0, scale_R, 1).astype(np.float32)
    whole_R_C = np.clip(np.rint(values_R_C / divisor_R[:, None]), -127, 127)
    return whole_R_C.astype(np.int8), scale_R


def _restored(values: NDArray[np.generic], scale_R: NDArray[np.generic] | None) -> NDArray[np.float32]:
    whole = values.astype(np.float32)
    return whole if scale_R is None else whole * scale_R.astype(np.float32)[:, None]
