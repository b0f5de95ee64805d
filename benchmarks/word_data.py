"""English words for both sides: those that our package bundles, read as a plain file, never through `gem`.

The policies of the word games draw their guesses from them, and peer.py makes the peer's word corpus of them.
"""

import gzip
from functools import lru_cache
from pathlib import Path

WORDS = Path(__file__).parents[1] / "src/gem/envs/games/words/words_by_level.txt.gz"
"""A line for each level and length: the two numbers, then the words. Levels are SCOWL's, 10 (common) to 70."""


@lru_cache(maxsize=8)
def words(max_level: int) -> tuple[str, ...]:
    """The words up to a level, sorted."""
    with gzip.open(WORDS, "rt", encoding="ascii") as lines:
        rows = [line.split() for line in lines]
    return tuple(sorted(word for level, _, *found in rows if int(level) <= max_level for word in found))
