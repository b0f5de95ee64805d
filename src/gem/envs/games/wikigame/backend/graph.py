"""An invented country as a wiki: offline, without end, and with every distance known."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from gem.envs.games.wikigame.errors import PageNotFound
from gem.envs.games.wikigame.founding import FEWEST_PAGES, MOST_PAGES, build_world
from gem.envs.games.wikigame.wikipage import WikipediaPage
from gem.envs.games.wikigame.world import World
from gem.envs.games.wikigame.world_prose import summary
from gem.errors import ConfigError


class GraphBackend:
    """The country with the number `world`, of `pages` pages; built when first looked at.

    Where `world` is None, the game draws a country for each episode.
    """

    def __init__(self, pages: int = 400, world: int | None = None) -> None:
        if not FEWEST_PAGES <= pages <= MOST_PAGES:
            raise ConfigError(f"a world has {FEWEST_PAGES} to {MOST_PAGES} pages, not {pages}")
        self.pages, self.number = pages, world

    @cached_property
    def world(self) -> World:
        """The facts behind the pages."""
        return build_world(self.number or 0, self.pages)

    def page(self, title: str) -> WikipediaPage:
        """The page of exactly this title. Raises `PageNotFound`."""
        world = self.world
        if title not in world.entities:
            raise PageNotFound(f"no page is called {title!r}")
        return WikipediaPage(title, summary(world, title), world.links[title])

    def random_title(self, rng: np.random.Generator) -> str:
        """Any page, evenly drawn."""
        titles = self.world.titles
        return titles[int(rng.integers(len(titles)))]
