"""Comparing numbers within groups: what is left when their mean is taken off, and when it is divided by their std."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gem.train.advantages.arguments import Codes, Floats
from gem.train.advantages.either_library import either_library

FLAT = 1e-8
"""Numbers whose spread is below this share of their size are equal but for rounding."""


@either_library
def normalise(advantages_N: Floats) -> Floats:
    """Zero mean and unit population std; all zero for equal values. Two passes, so no cancellation."""
    return normalised(advantages_N, np.zeros(len(advantages_N), dtype=np.int64))


def centred(x_N: Floats, group_N: Codes) -> Floats:
    """`x_N` less the mean of its group; exactly zero where all of a group are equal, as in a group of one."""
    return _centred_and_std(x_N, group_N)[0]


def normalised(x_N: Floats, group_N: Codes) -> Floats:
    """`x_N` less the mean of its group, by the group's population std; exactly zero where all of a group are equal."""
    centred_N, std_N = _centred_and_std(x_N, group_N)
    return centred_N / std_N


def combined(first_N: Codes, *others_N: Codes) -> Codes:
    """Numbers from 0 for what differs in any of the columns; N of at least 1."""
    code_N = first_N
    for other_N in others_N:
        code_N = np.unique(code_N * (int(other_N.max()) + 1) + other_N, return_inverse=True)[1]
    return code_N


def sizes(group_N: Codes) -> NDArray[np.int64]:
    """How many are in the group of each."""
    return np.bincount(group_N)[group_N]


def _centred_and_std(x_N: Floats, group_N: Codes) -> tuple[Floats, Floats]:
    """The std of a flat group is given as 1: what it would divide is zero."""
    size_G = np.maximum(np.bincount(group_N), 1)
    centred_N = x_N - (np.bincount(group_N, x_N) / size_G)[group_N]
    centred_N -= (np.bincount(group_N, centred_N) / size_G)[group_N]
    std_G = np.sqrt(np.bincount(group_N, centred_N**2) / size_G)
    largest_G = np.zeros(len(size_G))
    np.maximum.at(largest_G, group_N, np.abs(x_N))
    flat_N = (std_G <= FLAT * largest_G)[group_N]
    return np.where(flat_N, 0.0, centred_N), np.where(flat_N, 1.0, std_G[group_N])
