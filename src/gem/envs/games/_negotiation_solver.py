"""What a negotiator can work out: which values explain what the other side asked for and refused.

Pure functions of what both sides have said. The other side is taken at its word: it never asks for more
than before, and it refuses only what is worth less to it than what it asks for next.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import product

TOTAL = 10
"""What all items together are worth to each side."""
LIKELY_DROP = 3
"""How far below its last demand the other side may already agree, as far as the solver hopes."""

Split = tuple[int, ...]
"""How many items of each kind somebody gets; also what one of each kind is worth to somebody."""
Ledger = dict[Split, int]
"""What each share is worth to somebody."""


@lru_cache(maxsize=128)
def splits(counts: Split) -> list[Split]:
    """Every share that somebody may ask for."""
    return list(product(*(range(count + 1) for count in counts)))


@lru_cache(maxsize=128)
def ledgers(counts: Split) -> dict[Split, Ledger]:
    """The ledger of everybody to whom all items together are worth `TOTAL`."""
    *first, last = counts
    ledgers: dict[Split, Ledger] = {}
    for values in product(*(range(TOTAL // count + 1) for count in first)):
        left = TOTAL - _worth(values, tuple(first))
        if left >= 0 and left % last == 0:
            all_values = (*values, left // last)
            ledgers[all_values] = {share: _worth(all_values, share) for share in splits(counts)}
    return ledgers


def rest(counts: Split, share: Split) -> Split:
    """What a share leaves to the other."""
    return tuple(map(int.__sub__, counts, share))


@lru_cache(maxsize=4096)
def leanest(counts: Split, values: Split, goal: int) -> list[Split]:
    """The shares worth `goal` or more to somebody with these values, of which nothing can be given away."""
    return [
        share
        for share, worth in ledgers(counts)[values].items()
        if worth >= goal and all(value > worth - goal for value, number in zip(values, share, strict=True) if number)
    ]


@lru_cache(maxsize=4096)
def best_offer(counts: Split, values: Split, goal: int, asked: tuple[Split, ...], refused: tuple[Split, ...]) -> Split:
    """The share worth `goal` or more that the other side most likely leaves to us.

    `asked` is what it asked for itself, in order; `refused` what each refused offer of ours left to it.
    """
    others = [(ledger, TOTAL + LIKELY_DROP - ledger[asked[-1]]) for ledger in _explaining(counts, asked, refused)]

    def chance(share: Split) -> tuple[int, int]:
        losses = [ledger[share] for ledger, _ in others]
        hopes = [min(max(hope - loss, 0), LIKELY_DROP) for (_, hope), loss in zip(others, losses, strict=True)]
        return sum(hopes), -sum(losses)

    return max(leanest(counts, values, goal), key=chance)


@lru_cache(maxsize=4096)
def _explaining(counts: Split, asked: tuple[Split, ...], refused: tuple[Split, ...]) -> list[Ledger]:
    """The ledgers with which the other side would have asked and refused as it did."""
    if len(asked) == 1:
        return list(ledgers(counts).values())
    before, now, offer = asked[-2], asked[-1], refused[-1]
    fitting = _explaining(counts, asked[:-1], refused[:-1])
    return [ledger for ledger in fitting if ledger[offer] < ledger[now] <= ledger[before]]


def _worth(values: Split, share: Split) -> int:
    return sum(map(int.__mul__, values, share))
