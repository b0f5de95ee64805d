"""Episodes in random parts, and parts that fit into memory; turns keep the numbers that they have in the whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from gem.rollout.trajectory import Episode
from gem.train.batch import Batch
from gem.train.policy import Policy, device_of

Numbers = np.ndarray


def minibatches(episodes: Sequence[Episode], count: int, rng: np.random.Generator) -> Iterator[tuple[Numbers, Numbers]]:
    """`count` random parts: the numbers of their episodes, and of these episodes' turns among all turns."""
    turns_of = _turns_of(episodes)
    for part in np.array_split(rng.permutation(len(episodes)), min(count, len(episodes))):
        yield part, np.concatenate([turns_of[index] for index in part])


def packed(episodes: Sequence[Episode], size: int | None, policy: Policy) -> Iterator[tuple[Batch, range, Numbers]]:
    """Batches of at most `size` episodes where the policy's weights lie, with the numbers of episodes and turns."""
    turns_of = _turns_of(episodes)
    size = size or len(episodes)
    for start in range(0, len(episodes), size):
        part = range(start, min(start + size, len(episodes)))
        batch = Batch.of([episodes[index] for index in part], policy.pad, policy.context)
        yield batch.to(device_of(policy)), part, np.concatenate([turns_of[index] for index in part])


def _turns_of(episodes: Sequence[Episode]) -> list[Numbers]:
    ends = np.cumsum([len(episode.turns) for episode in episodes])
    return [np.arange(end - len(episode.turns), end) for end, episode in zip(ends, episodes, strict=True)]
