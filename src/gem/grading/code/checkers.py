"""Whether what a program printed or returned is right. Pure, and an answer for any text."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, cast

from gem.build import closest
from gem.errors import ConfigError

TOLERANCE = 1e-6
"""Absolute and relative, for numbers that are not whole."""
MAX_NUMBER_CHARS = 300
"""A longer token is no number, but equal to itself: no double has more than 309 digits before its point."""

Checker = Callable[[Any, Any, Any], bool | float]
"""`checker(input, expected, actual)`: whether the actual is right, or what share of the full mark it deserves."""


def exact(given: Any, expected: str, actual: str) -> bool:
    """The same lines; spaces at the end of a line and empty lines at the end of the text do not matter."""
    del given
    return _lines(expected) == _lines(actual)


def tokens(given: Any, expected: str, actual: str) -> bool:
    """The same words in the same order, however they are spaced."""
    del given
    return expected.split() == actual.split()


def close(given: Any, expected: str, actual: str) -> bool:
    """The same words; numbers within 1e-6 of the expected (absolutely or relatively) unless both are whole."""
    del given
    return _close(expected.split(), actual.split())


def close_lines(given: Any, expected: str, actual: str) -> bool:
    """The same lines, word by word as `close` has it."""
    del given
    ours, theirs = _lines(expected), _lines(actual)
    return len(ours) == len(theirs) and all(_close(a.split(), b.split()) for a, b in zip(ours, theirs, strict=True))


def unordered(given: Any, expected: str, actual: str) -> bool:
    """The same lines in any order."""
    del given
    return sorted(line.split() for line in _lines(expected)) == sorted(line.split() for line in _lines(actual))


CHECKERS: dict[str, Checker] = {
    "exact": exact,
    "tokens": tokens,
    "float": close,
    "float_lines": close_lines,
    "unordered": unordered,
}
"""How outputs can be compared, by name."""


def checker_of(choice: str | Checker) -> Checker:
    """The checker of this name, or the function itself. Raises `ConfigError` for an unknown name."""
    if callable(choice):
        return choice
    if choice not in CHECKERS:
        hint = closest(str(choice), list(CHECKERS))
        raise ConfigError(f"there is no checker {choice!r}.{hint} There are: {', '.join(CHECKERS)}.")
    return CHECKERS[choice]


def same_number(expected: float, actual: float) -> bool:
    """Equal, both NaN, or finite and within the tolerance."""
    if math.isnan(expected) or math.isnan(actual):
        return math.isnan(expected) and math.isnan(actual)
    return math.isclose(expected, actual, rel_tol=TOLERANCE, abs_tol=TOLERANCE)


def same_value(expected: Any, tree: Any) -> bool:
    """Whether the value that a program returned, as `room.encode` writes it, is the expected JSON value.

    Tuples are lists; sets are lists in any order; the keys of a dict are compared as JSON has them. Numbers are
    equal within the tolerance if the expected one is a float. `True` is not 1. Goes through no hash of what is
    compared but those of texts, so that no program can choose colliding ones.
    """
    try:
        return _same(expected, plain(tree), unordered=_is_set(tree))
    except (RecursionError, ValueError, TypeError, AttributeError):
        return False


def plain(tree: Any) -> Any:
    """The JSON value closest to an encoded one. Raises `ValueError` or `TypeError` for what `encode` never writes."""
    if isinstance(tree, list):
        return [plain(item) for item in cast("list[Any]", tree)]
    if not isinstance(tree, dict):
        return tree
    [(kind, content)] = cast("dict[str, Any]", tree).items()
    match kind:
        case "int":
            return int(content, 16)
        case "tuple" | "iterator":
            return [plain(item) for item in content]
        case "set" | "frozenset":
            return sorted((plain(item) for item in content), key=repr)
        case "dict":
            return {_key(key): plain(value) for key, value in content}
        case _:
            raise ValueError(f"{kind} is no JSON value")


def _key(tree: Any) -> str:
    return tree if isinstance(tree, str) else repr(plain(tree))


def _same(expected: Any, actual: Any, unordered: bool = False) -> bool:
    match expected, actual:
        case (bool() | None, _) | (_, bool() | None):
            return expected is actual
        case int(), int() | float():  # an answer that is exact is not met by an approximation
            return expected == actual
        case (int() | float(), int() | float()):
            return _same_double(expected, actual)
        case (list() | tuple(), list()):
            items, found = list(cast("Sequence[Any]", expected)), cast("list[Any]", actual)
            items = sorted(items, key=repr) if unordered else items
            return len(items) == len(found) and all(map(_same, items, found))
        case dict(), dict():
            fields = {_key(key): value for key, value in cast("dict[Any, Any]", expected).items()}
            return fields.keys() == actual.keys() and all(_same(fields[key], actual[key]) for key in fields)
        case str(), str():
            return expected == actual
        case _:
            return False


def _is_set(tree: Any) -> bool:
    return isinstance(tree, dict) and not cast("dict[str, Any]", tree).keys().isdisjoint({"set", "frozenset"})


def _same_double(expected: float, actual: float) -> bool:
    try:
        return same_number(float(expected), float(actual))
    except OverflowError:  # a whole number beyond all doubles
        return False


def _close(expected: list[str], actual: list[str]) -> bool:
    return len(expected) == len(actual) and all(map(_same_token, expected, actual))


def _same_token(expected: str, actual: str) -> bool:
    if expected == actual:
        return True
    ours, theirs = _number(expected), _number(actual)
    if ours is None or theirs is None:
        return False
    return (
        ours == theirs if isinstance(ours, int) and isinstance(theirs, int) else same_number(float(ours), float(theirs))
    )


def _number(token: str) -> int | float | None:
    """The number that a token is; a word with an underscore, which Python would take for one, is none."""
    if len(token) > MAX_NUMBER_CHARS or not token.isascii() or "_" in token:
        return None
    for kind in (int, float):
        try:
            return kind(token)
        except ValueError:
            continue
    return None


def _lines(text: str) -> list[str]:
    lines = [line.rstrip() for line in text.split("\n")]
    while lines and not lines[-1]:
        lines.pop()
    return lines
