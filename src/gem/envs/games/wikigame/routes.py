"""Starts and targets, and the way that a good reader takes between them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gem.envs.games.wikigame.errors import NoInstance, PageNotFound
from gem.envs.games.wikigame.wikipage import WikipediaPage
from gem.envs.games.wikigame.world import World

DRAWS = 1000
"""Starts looked at until one has a target as far away as asked, in an invented country; there they cost little."""
WALKS = 20
"""Random walks begun until one does not end early, in a real wiki; there they cost requests."""
TRIES = 5
"""Links followed from one page of a walk until one leads somewhere new."""


def reader_s_link(world: World, here: str, target: str) -> str:
    """The link of a player who knows only the target's summary and the page at hand.

    The first sentence of a summary names where its subject belongs: a work its maker, whose town, whose region. The
    reader takes a link to the target or to the nearest of its homes; without one, the link to the present page's own.
    """
    links = world.links[here]
    homes = world.ancestry(target)
    return next((title for title in homes if title in links), world.entities[here].home or homes[-1])


def reader_s_turns(world: World, start: str, target: str) -> int:
    """Turns that `reader_s_link` takes: up from home to home, and down again."""
    turns, here = 0, start
    while here != target:
        here = reader_s_link(world, here, target)
        turns += 1
    return turns


def known_route(world: World, par: tuple[int, int], max_turns: int, rng: np.random.Generator) -> tuple[str, str, int]:
    """A start, a target that a reader reaches from it within `max_turns`, and the fewest links between them."""
    titles = world.titles
    for _ in range(DRAWS):
        links = int(rng.integers(par[0], par[1], endpoint=True))
        start = titles[int(rng.integers(len(titles)))]
        targets = [title for title, distance in world.distances_from(start).items() if distance == links]
        if targets:
            target = targets[int(rng.integers(len(targets)))]
            if reader_s_turns(world, start, target) <= max_turns:
                return start, target, links
    raise NoInstance(f"no two of the {len(titles)} pages are {par[0]} to {par[1]} links and {max_turns} turns apart")


def random_walk(
    page: Callable[[str], WikipediaPage],
    random_title: Callable[[np.random.Generator], str],
    steps: tuple[int, int],
    rng: np.random.Generator,
) -> tuple[str, str]:
    """A start and a target that a walk of `steps[0]` to `steps[1]` links leads to, over pages that it meets once.

    From two steps on, the start has no link to the target.
    """
    for _ in range(WALKS):
        length = int(rng.integers(steps[0], steps[1], endpoint=True))
        try:
            walk = [page(random_title(rng))]
        except PageNotFound:
            continue
        while len(walk) <= length and (further := _next_page(page, walk, rng)):
            walk.append(further)
        start, target = walk[0], walk[-1]
        if len(walk) > length and (length == 1 or target.title not in start.links):
            return start.title, target.title
    raise NoInstance(f"none of {WALKS} random walks went {steps[0]} to {steps[1]} links far")


def _next_page(
    page: Callable[[str], WikipediaPage], walk: list[WikipediaPage], rng: np.random.Generator
) -> WikipediaPage | None:
    """A page that the last of `walk` links to and that is not in it, if one is found soon."""
    seen = {visited.title for visited in walk}
    links = [title for title in walk[-1].links if title not in seen]
    for _ in range(min(len(links), TRIES)):
        try:
            further = page(links.pop(int(rng.integers(len(links)))))
        except PageNotFound:
            continue
        if further.title not in seen:
            return further
    return None
