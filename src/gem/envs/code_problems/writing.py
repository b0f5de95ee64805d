"""Small pieces that the problems are written with: drawing inputs, laying out text, spoiling a program."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np

_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")


def integers(rng: np.random.Generator, size: int, low: int, high: int) -> list[int]:
    """So many numbers from `low` to `high`, both included."""
    return [int(number) for number in rng.integers(low, high, size, endpoint=True)]


def integer(rng: np.random.Generator, low: int, high: int) -> int:
    """One number from `low` to `high`, both included."""
    return int(rng.integers(low, high, endpoint=True))


def letters(rng: np.random.Generator, size: int, alphabet: str = "abcdefghijklmnopqrstuvwxyz") -> str:
    """A word of so many letters."""
    return "".join(alphabet[index] for index in rng.integers(0, len(alphabet), size))


def shuffled(rng: np.random.Generator, size: int) -> list[int]:
    """The numbers from 1 to `size` in some order."""
    return [int(number) + 1 for number in rng.permutation(size)]


def two_of(rng: np.random.Generator, size: int, count: int) -> list[list[int]]:
    """So many pairs of two different numbers from 1 to `count`."""
    first = rng.integers(0, count, size)
    second = (first + rng.integers(1, count, size)) % count
    return [[int(a) + 1, int(b) + 1] for a, b in zip(first, second, strict=True)]


def spans(rng: np.random.Generator, size: int, low: int, high: int, longest: int, shortest: int = 0) -> list[list[int]]:
    """So many intervals from `low` to `high`, their lengths from `shortest` to `longest`."""
    starts = integers(rng, size, low, high - longest)
    return [[a, a + length] for a, length in zip(starts, integers(rng, size, shortest, longest), strict=True)]


def lines(*rows: Iterable[object] | int) -> str:
    """One line for each row: a text or a number as it is, else the items with blanks between them."""
    texts = [str(row) if isinstance(row, str | int) else " ".join(map(str, row)) for row in rows]
    return "\n".join(texts) + "\n"


def rows_of(text: str) -> list[list[int]]:
    """The numbers of each line."""
    return [[int(word) for word in line.split()] for line in text.splitlines()]


def integers_in(output: object) -> list[int] | None:
    """The words of a program's output as whole numbers; None if one of them is none."""
    words = str(output).split()
    if not all(_INTEGER.fullmatch(word) for word in words):
        return None
    return [int(word) for word in words]


def altered(program: str, old: str, new: str) -> str:
    """The program with its only `old` replaced. Raises `ValueError` if there is not exactly one."""
    if program.count(old) != 1:
        raise ValueError(f"the program has {program.count(old)} times {old!r}")
    return program.replace(old, new)
