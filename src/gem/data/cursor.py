"""The order in which rows are asked: a place in an endless sequence of epochs, as a value.

It holds no rows and no list of indices, so that it can lie in an env's state: snapshots, forks and JSON carry it.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from gem.errors import ConfigError, DataError
from gem.seeding import derive, seed_sequence

FEW = 1024
"""Up to so many rows an epoch's order is a list that is kept; of more, each index is computed by itself."""
ROUNDS = 6


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in the order of `length` rows: which row it is at, and what the next place is.

        cursor = Cursor(len(rows), seed=3)
        row = rows[cursor.index]
        cursor = cursor.next()

    Each epoch goes through every row once, in an order of its own; the order depends on the seed, the epoch and the
    length alone, on any machine and with any numpy. `shuffle=False` keeps the order of the rows, as an evaluation does.
    """

    length: int
    seed: int = 0
    shuffle: bool = True
    step: int = 0
    """How many rows stand before this place, over all epochs."""
    stride: int = 1
    """How many workers share the order; each takes every so-manieth row."""

    def __post_init__(self) -> None:
        for name in ("length", "seed", "step", "stride"):
            object.__setattr__(self, name, operator.index(getattr(self, name)))
        if self.length < 1:
            raise DataError("there are no rows to go through")
        if self.step < 0 or self.stride < 1:
            raise ConfigError(f"a cursor stands at step 0 or later, in strides of 1 or more, not {self}")

    @property
    def epoch(self) -> int:
        """How many times all rows have been gone through before this place."""
        return self.step // self.length

    @property
    def position(self) -> int:
        """How many rows of this epoch stand before this place."""
        return self.step % self.length

    @property
    def index(self) -> int:
        """The row at this place."""
        if not self.shuffle:
            return self.position
        if self.length <= FEW:
            return int(_shuffled(self.length, self.seed, self.epoch)[self.position])
        return permuted(self.position, self.length, derive(self.seed, "order of rows", self.epoch))

    def next(self) -> Cursor:
        """The place after this one."""
        return replace(self, step=self.step + self.stride)

    def shard(self, worker: int, workers: int) -> Cursor:
        """The place where one of several workers begins: together they ask each row once an epoch, and none twice.

        Epochs follow one another without a gap, so that no worker runs short where the rows don't divide evenly.
        """
        if not 0 <= worker < workers:
            raise ConfigError(f"of {workers} workers, one is numbered 0 to {workers - 1}, not {worker}")
        return replace(self, step=self.step + worker * self.stride, stride=self.stride * workers)


@lru_cache(maxsize=256)
def _shuffled(length: int, seed: int, epoch: int) -> NDArray[np.int64]:
    """All of an epoch's order: rows sorted by random numbers. numpy promises these bits, and no shuffle, for ever."""
    bits = np.random.PCG64(seed_sequence(derive(seed, "order of rows", epoch)))
    return np.argsort(bits.random_raw(length), kind="stable")


def permuted(position: int, length: int, key: int) -> int:
    """Where a keyed permutation of `range(length)` puts `position`: microseconds and no memory, of any length.

    A Feistel network permutes the numbers of as many bits as `length - 1` has; one that lands outside is permuted
    again until it lands inside, less than once more on average (Black and Rogaway, "Ciphers with arbitrary finite
    domains", 2002).
    """
    bits = (length - 1).bit_length()
    low_bits = bits // 2
    low_mask, high_mask = (1 << low_bits) - 1, (1 << (bits - low_bits)) - 1
    prefix = key.to_bytes(8, "little")
    while True:
        high, low = position >> low_bits, position & low_mask
        for number in range(0, ROUNDS, 2):
            high ^= _mixed(prefix, number, low) & high_mask
            low ^= _mixed(prefix, number + 1, high) & low_mask
        position = high << low_bits | low
        if position < length:
            return position


def _mixed(prefix: bytes, number: int, half: int) -> int:
    content = prefix + bytes((number,)) + half.to_bytes(8, "little")
    return int.from_bytes(blake2b(content, digest_size=8).digest(), "little")
