"""An invented country as a web of typed facts: who made what, who taught whom, what lies where.

    world = build_world(number=7, pages=600)
    world.entities["The Miller's Dream"].facts    # {"year": 1287, "subject": "Harwick", "model": "The Lost Ring"}
    world.links["Anka Tolvar"]                    # the pages that hers leads to

Every entity but the country has a *home*: a region the country, a town its region, a person the town of birth, a
work its maker. A page links to its home and to what its facts name, and a home also to all that it is home of. So
whoever reads finds a way: up to a common home, and down again. Facts across are short cuts, most of them one-way.

Here are the data and what follows from them; `founding` invents them, `world_prose` puts them into sentences.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

Value = str | int
"""What a fact says: the title of another entity, or a number."""


@dataclass(slots=True)
class Entity:
    """One page's worth of facts; not to be changed once its world stands."""

    title: str
    kind: str
    """country, discipline, region, river, town, school, person, work or incident."""
    noun: str
    """What a sentence calls it: "opera", "composer", "town"."""
    home: str | None
    facts: dict[str, Value] = field(default_factory=dict[str, Value])
    """Relation → value: each has one value, so a question for it has one answer."""


class World:
    """The entities by title, from the large to the small, and the links between their pages."""

    def __init__(self, entities: dict[str, Entity]) -> None:
        self.entities = entities
        self.titles = list(entities)
        outward: dict[str, dict[str, None]] = {}  # a dict without values is a set that keeps its order
        for title, entity in entities.items():
            named = dict.fromkeys([value for value in entity.facts.values() if type(value) is str])
            outward[title] = {entity.home: None, **named} if entity.home else named
        for title, entity in entities.items():
            if entity.home:
                outward[entity.home][title] = None
        self.links = {title: tuple(targets) for title, targets in outward.items()}

    @cached_property
    def backlinks(self) -> dict[str, list[str]]:
        """The pages that link to each page."""
        sources: dict[str, list[str]] = {title: [] for title in self.entities}
        for title, targets in self.links.items():
            for target in targets:
                sources[target].append(title)
        return sources

    def ancestry(self, title: str) -> list[str]:
        """The entity, its home, the home of that, up to the country."""
        line = [title]
        while home := self.entities[line[-1]].home:
            line.append(home)
        return line

    def distances_from(self, title: str) -> dict[str, int]:
        """Fewest links from `title` to each page, nearest first."""
        return _breadth_first(self.links, title)


@lru_cache(maxsize=64)
def distances_to(world: World, title: str) -> dict[str, int]:
    """Fewest links from each page to `title`, nearest first; the same one is often asked for."""
    return _breadth_first(world.backlinks, title)


def _breadth_first(edges: Mapping[str, Sequence[str]], start: str) -> dict[str, int]:
    found, queue = {start: 0}, deque([start])
    while queue:
        title = queue.popleft()
        distance = found[title] + 1
        for target in edges[title]:
            if target not in found:
                found[target] = distance
                queue.append(target)
    return found
