"""Mathematical problems of our own: so many kinds, each at three levels, drawn without end.

    from gem.envs.math_problems import draw

    problem = draw(rng, "remainders", "hard")
    problem.text, problem.answer

A kind is a module that says in `LEVELS` how to draw it. Every question has one right answer, an int or a `Fraction`.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib import import_module

from gem.build import closest
from gem.envs.math_problems.problem import Level as Level
from gem.envs.math_problems.problem import Levels as Levels
from gem.envs.math_problems.problem import Problem as Problem
from gem.envs.math_problems.problem import Rng
from gem.errors import ConfigError

TOPICS: dict[str, tuple[str, ...]] = {
    "stories": (
        "ages", "gardens", "herds", "journeys", "machines", "mixtures", "prices", "savings", "sharing", "shopping",
        "stocks", "timetables",
    ),
    "algebra": (
        "expansions", "functions", "linear_equations", "linear_systems", "quadratics", "sequences", "series",
    ),
    "modular": ("congruences", "inverses_modulo", "powers_modulo", "remainders"),
    "probability": ("causes", "coins", "decks", "dice", "expectations", "urns"),
    "numbers": ("bases", "common_multiples", "digits", "diophantine", "divisors", "multiples", "primes"),
    "counting": ("anagrams", "codes", "committees", "grid_paths", "handouts"),
}  # fmt: skip
"""Topic → kinds."""
ALL: tuple[str, ...] = tuple(kind for kinds in TOPICS.values() for kind in kinds)


def kinds_of(names: Iterable[str] | None) -> tuple[str, ...]:
    """The kinds that are meant by names of kinds and topics; all of them by None. Raises `ConfigError`."""
    if names is None:
        return ALL
    meant: list[str] = []
    for name in (names,) if isinstance(names, str) else names:
        if name not in TOPICS and name not in ALL:
            hint = closest(str(name), [*TOPICS, *ALL])
            raise ConfigError(f"there are no problems of the kind {name!r}.{hint} The topics are {', '.join(TOPICS)}.")
        meant.extend(TOPICS.get(name, (name,)))
    if not meant:
        raise ConfigError(f"kinds is empty; name some of {', '.join(TOPICS)}, or leave it out for all")
    return tuple(dict.fromkeys(meant))


def draw(rng: Rng, kind: str, level: Level) -> Problem:
    """A problem of this kind and level."""
    return levels(kind)[level](rng)


@cache
def levels(kind: str) -> Levels:
    """How to draw a problem of this kind, by level."""
    return import_module(f"{__name__}.{kind}").LEVELS
