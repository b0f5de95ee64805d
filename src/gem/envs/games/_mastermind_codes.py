"""An expert at Mastermind: the guess that splits the codes still possible into the smallest parts.

Numbers that no guess has named yet are interchangeable, so of guesses that differ in nothing else only one
is weighed. In large spaces guesses and codes are thinned out evenly, to what time allows.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import permutations, product
from operator import eq
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Code = tuple[int, ...]
Guess = tuple[Code, int, int]
"""A code, how many of its numbers are in place (black pegs), how many more are misplaced (white pegs)."""
Codes = NDArray[np.uint8]
"""A code a row."""

MAX_CODES, MAX_COMPARED = 599, 150_000
"""Possible codes that guesses are weighed against, and pairs of a guess and a code, at most, for one turn."""


class Space(NamedTuple):
    """Which codes there are."""

    length: int
    numbers: int
    duplicates: bool


def pegs(guess: Code, code: Code) -> tuple[int, int]:
    """Black and white pegs of a guess."""
    black, rest, both = sum(map(eq, guess, code)), list(code), 0
    for number in guess:
        if number in rest:
            rest.remove(number)
            both += 1
    return black, both - black


@lru_cache(maxsize=4096)
def best_guess(space: Space, guesses: tuple[Guess, ...]) -> Code:
    """The code to guess next."""
    left = possible(space, guesses)
    if len(left) > 2:
        sample = _thinned(left, MAX_CODES)
        pool = _distinct_guesses(space, frozenset(number for code, _, _ in guesses for number in code))
        pool = np.concatenate((sample, pool)) if guesses else pool
        pool = _thinned(pool, MAX_COMPARED // max(len(sample), _answer(space, space.length, 0)))
        left = pool[_split_by(pool, sample, space).argmax()][None]
    return tuple(left[0].tolist())


@lru_cache(maxsize=512)
def possible(space: Space, guesses: tuple[Guess, ...]) -> Codes:
    """The codes that fit all answers so far."""
    if not guesses:
        return _all_codes(space)
    codes = possible(space, guesses[:-1])
    code, black, white = guesses[-1]
    answers = _answers(np.array([code], np.uint8), codes, space)[0]
    return codes[answers == _answer(space, black, white)]


@lru_cache(maxsize=16)
def _all_codes(space: Space) -> Codes:
    numbers = range(1, space.numbers + 1)
    codes = product(numbers, repeat=space.length) if space.duplicates else permutations(numbers, space.length)
    return np.array(list(codes), np.uint8)


@lru_cache(maxsize=64)
def _distinct_guesses(space: Space, named: frozenset[int]) -> Codes:
    """All codes in which the numbers not `named` yet appear in rising order, beginning with the smallest."""
    fresh = [number for number in range(1, space.numbers + 1) if number not in named]
    rank = np.full(space.numbers + 1, -1)
    rank[fresh] = range(len(fresh))
    codes = _all_codes(space)
    in_order, seen = np.ones(len(codes), np.bool_), np.zeros(len(codes), np.int64)
    for column in rank[codes].T:
        in_order &= column <= seen
        seen += column == seen
    return codes[in_order]


def _thinned(codes: Codes, most: int) -> Codes:
    return codes if len(codes) <= most else codes[np.arange(most) * len(codes) // most]


def _split_by(pool: Codes, left: Codes, space: Space) -> NDArray[np.float64]:
    """The bits that the answer to each guess of `pool` tells about `left`; a code of `left` itself beats its equals."""
    n_answers = _answer(space, space.length, 0) + 1
    answers = _answers(pool, left, space) + np.arange(len(pool))[:, None] * n_answers
    sizes = np.bincount(answers.ravel(), minlength=len(pool) * n_answers).reshape(len(pool), n_answers)
    counts = np.arange(len(left) + 1)
    bits = -(counts * np.log2(np.maximum(counts, 1)))[sizes].sum(1) / len(left)
    return bits.round(9) + 1e-6 * sizes[:, -1]


def _answers(guesses: Codes, codes: Codes, space: Space) -> NDArray[np.uint8]:
    """For each guess (row) and code (column) its pegs as one number."""
    black = both = np.zeros((len(guesses), len(codes)), np.uint8)
    for guess, code in zip(guesses.T, codes.T, strict=True):
        black = black + (guess[:, None] == code)
    for number in range(1, space.numbers + 1):
        both = both + np.minimum(_count(guesses, number)[:, None], _count(codes, number))
    return black * np.uint8(space.length) + both


def _count(codes: Codes, number: int) -> NDArray[np.uint8]:
    """How often each code has the number; column by column, which is far faster than a sum along rows."""
    count = np.zeros(len(codes), np.uint8)
    for column in codes.T:
        count += column == number
    return count


def _answer(space: Space, black: int, white: int) -> int:
    return black * space.length + black + white
