"""The passages of a fictional world: one for each thing, which says what it is and all that is known of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from gem.envs.fictional_world.relations import OF_KIND, Kind
from gem.envs.fictional_world.world import Thing, Value, World
from gem.search import Passage
from gem.seeding import derive, generator

INTRODUCTIONS: dict[Kind, tuple[str, ...]] = {
    "province": (
        "{title} is a province of windy plateaus and old orchards.",
        "{title} is a province better known for its cheese than for its roads.",
        "{title}, a province, has more sheep than chimneys.",
    ),
    "mountain": (
        "{title} is a mountain that shepherds keep away from.",
        "{title} is a lonely mountain, white for most months.",
        "{title}, a mountain of dark slate, is often lost in cloud.",
    ),
    "river": (
        "{title} is a river with more herons than boats.",
        "{title}, a slow brown river, freezes in hard winters.",
        "{title} is a river of rapids and gravel banks.",
    ),
    "town": (
        "{title} is a town of narrow lanes and wide arcades.",
        "{title}, a town of dyers and ropemakers, goes to bed early.",
        "{title} is a town that travellers pass through and remember.",
    ),
    "person": (
        "{title} was {a_noun} of some renown.",
        "{title}, {a_noun}, left many letters and few debts.",
        "{title} was {a_noun}, admired by rivals and feared by creditors.",
    ),
    "organisation": (
        "{title} is {a_noun} with a good cellar.",
        "{title}, {a_noun}, has outlived every prophecy of its ruin.",
        "{title} is {a_noun} that takes strangers in on Thursdays.",
    ),
    "work": (
        "{title} is {a_noun} that has often been copied.",
        "{title}, {a_noun}, divided the critics.",
        "{title} is {a_noun} of unusual size.",
    ),
    "event": (
        "{title} is still argued over in taverns.",
        "{title} changed less than was hoped and more than was feared.",
        "Songs have been made of {title}.",
    ),
}
"""Kind → first sentences, which tell nothing that is ever asked for."""

_MONTHS = "January February March April May June July August September October November December"
MONTHS = _MONTHS.split()


def passages_of(world: World) -> tuple[Passage, ...]:
    """A passage for each thing, in the order of the world."""
    rng = generator(derive(world.number, "passages", len(world.things)))
    return tuple(
        Passage(str(number), thing.title, " ".join(_sentences(thing, rng)))
        for number, thing in enumerate(world.things.values())
    )


def _sentences(thing: Thing, rng: np.random.Generator) -> list[str]:
    """The introduction, then the facts in any order."""
    words = {"title": thing.title, "a_noun": f"{'an' if thing.noun[0] in 'aeiou' else 'a'} {thing.noun}"}
    subject = thing.title.rpartition(" ")[2]
    told = [
        _one_of(one.told, rng).format(s=subject, y=written(thing.facts[one.name], grouped=one.target == "number"))
        for one in OF_KIND[thing.kind]
        if one.name in thing.facts
    ]
    return [_one_of(INTRODUCTIONS[thing.kind], rng).format(**words), *(told[at] for at in rng.permutation(len(told)))]


def _one_of(texts: Sequence[str], rng: np.random.Generator) -> str:
    return texts[int(rng.integers(len(texts)))]


def written(value: Value, *, grouped: bool = False) -> str:
    """A value as a passage has it: `Harwick`, `3 May 1625`, `1625`, and `12,480` where thousands are grouped."""
    if isinstance(value, date):
        return f"{value.day} {MONTHS[value.month - 1]} {value.year}"
    return f"{value:,}" if grouped and isinstance(value, int) else str(value)
