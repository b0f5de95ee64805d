"""Wordle's expert: the guess that leaves the fewest words on average. Pure functions, cached.

A history is all that a player has seen: each guess with its marks. Guesses come from the words that
may be hidden, the impossible ones among them included: these often split the possible ones better.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gem.envs.games.words import words

History = tuple[tuple[str, str], ...]
"""Each guess with its marks."""
Letters = NDArray[np.uint8]
"""Words by letters, 0 to 25; one row each."""

PAIRS = 60_000
"""How many pairs of a guess and a possible word are looked at for one decision."""
A = ord("a")


@lru_cache(maxsize=65536)
def best_guess(length: int, level: int, history: History, last: bool = False) -> str:
    """A guess that an expert would make after `history`, on its `last` turn; the words up to `level` may be hidden."""
    hidden, possible = _letters(length, level), _possible(length, level, history)
    if last or len(possible) <= 2:
        return words(length, level)[int(possible[0])]
    guesses = _promising(hidden, possible)
    is_possible = np.isin(guesses, possible)
    marks = codes(hidden[guesses], hidden[possible])
    kinds = 3**length
    rows = np.arange(len(guesses))[:, None] * kinds
    sizes = np.bincount((marks + rows).ravel(), minlength=len(guesses) * kinds).reshape(-1, kinds)
    left = np.einsum("gk,gk->g", sizes, sizes) - is_possible  # the right guess leaves nothing
    return words(length, level)[int(guesses[left.argmin()])]


@lru_cache(maxsize=4096)
def _possible(length: int, level: int, history: History) -> NDArray[np.intp]:
    """Which words agree with all that was seen."""
    if not history:
        return np.arange(len(words(length, level)))
    before = _possible(length, level, history[:-1])
    guess, marks = history[-1]
    seen = codes(encoded((guess,)), _letters(length, level)[before])[0]
    return before[seen == sum("XYG".index(mark) * 3**place for place, mark in enumerate(marks))]


def _promising(hidden: Letters, possible: NDArray[np.intp]) -> NDArray[np.intp]:
    """As many words as there is time to look at, those first whose letters part the possible words best."""
    count = min(len(hidden), max(16, PAIRS // len(possible)))
    if count == len(hidden):
        return np.arange(count)
    counts = _counts(hidden)
    share = (counts[:, possible] > 0).mean(axis=1)
    worth = (counts > 0).T @ (share * (1 - share))
    for place in range(hidden.shape[1]):
        share = np.bincount(hidden[possible, place], minlength=26) / len(possible)
        worth += (share * (1 - share))[hidden[:, place]]
    worth[possible] += 1e-6
    chosen = np.argpartition(-worth, count)[:count]
    return np.union1d(chosen, possible) if len(possible) < count else chosen


def codes(guesses: Letters, targets: Letters) -> NDArray[np.int32]:
    """The marks of each guess (rows) for each target (columns): a digit to base 3 for each place; X is 0, Y 1, G 2."""
    counts = _counts(targets)
    green = [guesses[:, place, None] == targets[None, :, place] for place in range(guesses.shape[1])]
    found = np.zeros((len(guesses), len(targets)), np.int32)
    for place, hit in enumerate(green):
        unmarked = counts[guesses[:, place]]
        for other in range(len(green)):
            twice = np.flatnonzero(guesses[:, place] == guesses[:, other])
            if other != place and len(twice):  # an earlier twin has taken its letter, a later one only if it is green
                unmarked[twice] -= 1 if other < place else green[other][twice]
        digits = np.maximum(unmarked > 0, hit * np.int8(2))
        found += digits * np.int32(3**place)
    return found


def _counts(targets: Letters) -> NDArray[np.int8]:
    """How often each letter (rows) is in each word (columns)."""
    counts = np.zeros((26, len(targets)), np.int8)
    for letters in targets.T:
        counts[letters, np.arange(len(targets))] += 1
    return counts


@lru_cache(maxsize=64)
def _letters(length: int, level: int) -> Letters:
    return encoded(words(length, level))


def encoded(found: tuple[str, ...]) -> Letters:
    """Words of one length by their letters."""
    joined: NDArray[Any] = np.frombuffer("".join(found).encode("ascii"), np.uint8)
    return joined.reshape(len(found), -1) - A
