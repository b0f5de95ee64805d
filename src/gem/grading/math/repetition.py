"""How much a text repeats itself: a sign of a model that runs in circles."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

THRESHOLD = 0.2
"""Above this share of repeated pieces a text counts as repetitive."""
MAX_CHARS = 20_000
"""Only the end of a longer text is looked at, where circles are."""


def repeatness(s: str) -> bool:
    """Whether more than a fifth of all pieces of a text (its substrings, counted by their places) are repeats."""
    return repeated_share(s[-MAX_CHARS:]) > THRESHOLD


def repeated_share(text: str) -> float:
    """The share of a text's substrings that occur earlier in sorted order: 0 for all different, near 1 for one letter.

    Sorted suffixes share as many pieces as their common beginnings are long (Kasai et al., 2001).
    """
    if not text:
        return 0.0
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    order, rank = _sorted_suffixes(codes.astype(np.int64))
    length, common, repeated = len(text), 0, 0
    for start in range(length):
        if rank[start] == 0:
            common = 0
            continue
        before = order[rank[start] - 1]
        while max(start, before) + common < length and text[start + common] == text[before + common]:
            common += 1
        repeated += common
        common = max(common - 1, 0)
    return 2 * repeated / (length * (length + 1))


def _sorted_suffixes(codes: NDArray[np.int64]) -> tuple[list[int], list[int]]:
    """Where each suffix starts in sorted order, and each one's rank; by doubling the compared length."""
    length = len(codes)
    rank = np.unique(codes, return_inverse=True)[1].astype(np.int64)
    width = 1
    while True:
        following = np.full(length, -1, dtype=np.int64)
        following[: max(length - width, 0)] = rank[width:]
        keys = rank * (length + 1) + following + 1
        order = np.argsort(keys, kind="stable")
        in_order = keys[order]
        rank = np.empty(length, dtype=np.int64)
        rank[order] = np.concatenate(([0], np.cumsum(in_order[1:] != in_order[:-1])))
        if rank[order[-1]] == length - 1:
            return order.tolist(), rank.tolist()
        width *= 2
