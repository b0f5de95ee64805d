"""A generated corpus to measure search engines with: made-up words as frequent as real ones are (Zipf), and queries.

It says how fast an engine is, and whether it finds a passage by its own words; nothing about relevance.
"""

from collections.abc import Iterator
from itertools import islice, pairwise, product

import numpy as np

from gem.search import Passage

VOCABULARY, SHORTEST, LONGEST = 60_000, 60, 140
ZIPF, SHIFT = 1.0, 2.7
"""A word's share falls with its rank as in English (Mandelbrot's form of Zipf's law)."""
QUERY_WORDS = 6
BLOCK = 10_000
"""Passages that are made at once."""


def vocabulary() -> list[str]:
    """Words of two to four syllables, the frequent ones short; no two have the same stem."""
    syllables = [a + b for a, b in product("bdfgklmnprstvz", "aiou")]
    words = ("".join(parts) for length in (2, 3, 4) for parts in product(syllables, repeat=length))
    return list(islice(words, VOCABULARY))


def passages(count: int, seed: int = 0) -> Iterator[Passage]:
    """The first `count` passages of the corpus of a seed."""
    words = vocabulary()
    weights = 1 / (np.arange(VOCABULARY) + 1 + SHIFT) ** ZIPF
    bounds = np.cumsum(weights / weights.sum())
    for start in range(0, count, BLOCK):
        rng = np.random.default_rng((seed, start))
        ends = np.cumsum(rng.integers(SHORTEST, LONGEST + 1, BLOCK))
        ranks = np.minimum(np.searchsorted(bounds, rng.random(ends[-1])), VOCABULARY - 1)
        drawn = [words[rank] for rank in ranks.tolist()]
        parts = pairwise([0, *ends.tolist()])
        for number, (begin, end) in zip(range(start, min(start + BLOCK, count)), parts, strict=False):
            yield Passage(str(number), f"Passage {number}", " ".join(drawn[begin:end]))


def questions(count: int, seed: int = 1) -> list[tuple[str, str]]:
    """Queries of words drawn from a passage, and the id of that passage, which is among the first of the corpus."""
    rng = np.random.default_rng(seed)
    corpus = list(passages(BLOCK))
    targets = [corpus[number] for number in rng.choice(BLOCK, count, replace=False)]
    return [(" ".join(rng.choice(target.text.split(), QUERY_WORDS, replace=False)), target.id) for target in targets]
