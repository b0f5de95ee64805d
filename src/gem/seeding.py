"""Seeds: any Python int becomes a generator, and one seed becomes many independent ones.

Nothing here touches the generators of `random` or `numpy.random`: gem has no global randomness.
"""

from __future__ import annotations

import operator
import random
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

import numpy as np

NEGATIVE = 1
"""Spawn key that keeps the stream of -n apart from that of n."""


def seed_sequence(seed: int) -> np.random.SeedSequence:
    """The seed sequence of `seed`: any int, negative and beyond 2**64 included, without collisions.

    >>> seed_sequence(-3).generate_state(1) == seed_sequence(3).generate_state(1)
    array([False])
    """
    number = operator.index(seed)
    return np.random.SeedSequence(abs(number), spawn_key=(NEGATIVE,) if number < 0 else ())


def generator(seed: int | None) -> np.random.Generator:
    """A generator of its own for `seed`; `None` takes fresh entropy from the operating system."""
    if seed is None:
        return np.random.Generator(np.random.PCG64())
    try:
        return np.random.Generator(np.random.PCG64(seed_sequence(seed)))
    except TypeError as error:
        raise TypeError(f"a seed is an int or None, not {type(seed).__name__}") from error


def derive(seed: int, *keys: int | str) -> int:
    """A seed in [0, 2**63) for one purpose: `derive(seed, "episode", 7)` depends on every key.

    Streams of different keys are independent for all practical purposes (BLAKE2b over the keys).
    """
    parts = (repr(key) if isinstance(key, str) else f"{operator.index(key):x}" for key in (seed, *keys))
    text = "\0".join(parts)  # a quoted text holds no NUL, and a number has no quotes: no two lists of keys meet
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little") >> 1


def generator_from(state: Mapping[str, Any]) -> np.random.Generator:
    """A generator that goes on from `bit_generator.state`. Raises `ValueError` for anything else."""
    kind = getattr(np.random, str(state.get("bit_generator")), None)
    if not (isinstance(kind, type) and issubclass(kind, np.random.BitGenerator)):
        raise ValueError(f"no bit generator of numpy is called {state.get('bit_generator')!r}")
    bits = kind(0)  # the seed is overwritten next
    bits.state = state
    return np.random.Generator(bits)


def np_random(seed: int | None = None) -> tuple[np.random.Generator, int | None]:
    """A generator and the seed it was made from, in the form that Gymnasium users know."""
    return generator(seed), seed


def set_seed(seed: int) -> None:
    """Seed the process-wide generators of `random` and numpy, for scripts that draw from them.

    gem itself never calls this and never reads those generators.
    """
    random.seed(seed)
    np.random.seed(operator.index(seed) % 2**32)
