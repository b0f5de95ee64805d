"""A fictional world as a web of typed facts: who made what, who taught whom, what lies where.

    world = build_world(number=0, size=3000)
    world.things["The Pale Mirror"].facts      # {"maker": "Wilric Ostgate", "finished": 1633, ...}
    world.named_by["Wilric Ostgate"]           # the things whose passages name him

Each fact stands in the passage of the thing that it is about. What can be a fact is listed in `relations`; `founding`
invents the facts, `prose` puts them into words, `questions` asks for them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from gem.envs.fictional_world.relations import OF_KIND, Kind

Value = str | int | date
"""What a fact says: the title of another thing, a number or year, or a day."""


@dataclass(slots=True)
class Thing:
    """One passage's worth of facts; not to be changed once its world stands."""

    title: str
    kind: Kind
    noun: str
    """What a sentence calls it: "opera", "glassblower", "town"."""
    facts: dict[str, Value] = field(default_factory=dict[str, Value])
    """Relation → value; few things have a value for every relation of their kind."""


class World:
    """The things of a world by title; no two have the same."""

    def __init__(self, number: int, things: dict[str, Thing]) -> None:
        self.number, self.things = number, things

    @cached_property
    def named_by(self) -> dict[str, set[str]]:
        """Title → those whose passages name it, itself included."""
        named = {title: {title} for title in self.things}
        for title, thing in self.things.items():
            for value in thing.facts.values():
                if isinstance(value, str):
                    named[value].add(title)
        return named

    @cached_property
    def having(self) -> dict[tuple[Kind, str], list[str]]:
        """Kind and relation → the titles of that kind that have the relation."""
        found: dict[tuple[Kind, str], list[str]] = {
            (kind, one.name): [] for kind, relations in OF_KIND.items() for one in relations
        }
        for title, thing in self.things.items():
            for name in thing.facts:
                found[thing.kind, name].append(title)
        return found

    def one_passage_tells(self, first: str, second: Value) -> bool:
        """Whether some passage names `first` and also `second`."""
        if isinstance(second, str):
            return not self.named_by[first].isdisjoint(self.named_by[second])
        return any(second in self.things[title].facts.values() for title in self.named_by[first])
