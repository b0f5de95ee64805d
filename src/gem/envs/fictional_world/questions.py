"""Questions on a fictional world: a walk along facts, told as one question for what lies at its end.

Every question has a place among those of as many hops, in an order that looks random; what is at a place depends on
the world alone. No list is made of them: there are tens of thousands, and places are reckoned with.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate, combinations
from typing import Any, NamedTuple

from gem.data.cursor import permuted
from gem.envs.fictional_world.prose import written
from gem.envs.fictional_world.relations import RELATIONS, Relation
from gem.envs.fictional_world.world import Value, World
from gem.seeding import derive

_WORD = re.compile(r"\w+")


class Question(NamedTuple):
    """A question with exactly one right answer."""

    text: str
    answers: tuple[str, ...]
    """The answer as the passage writes it, and other ways to write the same."""
    titles: tuple[str, ...]
    """Of the passages that lead to the answer, in the order in which they are needed: one for each hop."""

    def row(self) -> dict[str, Any]:
        """The question as a row of a data set."""
        return {"question": self.text, "answer": list(self.answers), "titles": list(self.titles)}


class Questions:
    """The questions of `hops` hops on a world, by place."""

    def __init__(self, world: World, hops: int) -> None:
        self.world, self.hops = world, hops
        self.paths = list(paths(hops))
        self._starts = [world.having[path[0].kind, path[0].name] for path in self.paths]
        self._ends = list(accumulate(map(len, self._starts)))
        self._key = derive(world.number, "questions", len(world.things), hops)

    def __len__(self) -> int:
        """How many places there are; at some of them is no question."""
        return self._ends[-1]

    def at(self, place: int) -> Question | None:
        """The question at a place; None where the walk breaks off, or would give something away."""
        number = permuted(place, len(self), self._key)
        index = bisect_right(self._ends, number)
        path, starts = self.paths[index], self._starts[index]
        start = starts[number - self._ends[index]]  # counted from the end, which is as good
        values = self._walked(start, path)
        if values is None or not self._is_roundabout([start, *values]):
            return None
        text = _text(start, path, derive(self._key, "words", place))
        if any(_mentions(text, written(value)) for value in values):
            return None
        titles = [start, *map(str, values[:-1])]
        return Question(text, answers(values[-1], path[-1]), tuple(titles))

    def _walked(self, start: str, path: tuple[Relation, ...]) -> list[Value] | None:
        """What each step of a path leads to; None if something is not known."""
        values: list[Value] = [start]
        for relation in path:
            facts = self.world.things[str(values[-1])].facts
            if relation.name not in facts:
                return None
            values.append(facts[relation.name])
        return values[1:]

    def _is_roundabout(self, stations: list[Value]) -> bool:
        """Whether no passage spares a step: none names two stations of a walk that aren't neighbours."""
        return len(set(stations)) == len(stations) and not any(
            self.world.one_passage_tells(str(stations[one]), stations[other])
            for one, other in combinations(range(len(stations)), 2)
            if other - one > 1
        )


def paths(hops: int) -> Iterator[tuple[Relation, ...]]:
    """Every sequence of relations, each of which leads on to the next."""
    if hops == 1:
        yield from ((relation,) for relation in RELATIONS)
        return
    for path in paths(hops - 1):
        if path[-1].leads_on:
            yield from ((*path, further) for further in RELATIONS if further.kind == path[-1].target)


def _text(start: str, path: tuple[Relation, ...], choice: int) -> str:
    """The question; `choice` picks its words."""
    phrase = start
    for relation in path[:-1]:
        phrase = relation.named[choice % len(relation.named)].format(x=phrase)
        choice //= 2
    return path[-1].asked[choice % len(path[-1].asked)].format(x=phrase)


def _mentions(text: str, name: str) -> bool:
    """Whether the words of `name` stand in `text`, one after the other."""
    return f" {_words(name)} " in f" {_words(text)} "


def _words(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))


def answers(value: Value, relation: Relation) -> tuple[str, ...]:
    """A value as the passage writes it, and a number with its unit; graders know other ways to write a date."""
    if isinstance(value, int) and relation.unit:
        number = written(value, grouped=True)
        return number, f"{number} {relation.unit}"
    return (written(value),)
