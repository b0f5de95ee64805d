"""WikiGame: get from one page of a wiki to another by its links, in a few turns.

The game itself, over any backend; the package's docstring has its variants, tiers and figures.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import numpy as np

from gem.core import StepResult, new_result
from gem.envs.games._game import PLAYED, Game, GameState, Kind, Outcome, won
from gem.envs.games.wikigame._titles import BACK, NO_MOVE, match, read_reply
from gem.envs.games.wikigame.backend import Backend, open_backend
from gem.envs.games.wikigame.backend.graph import GraphBackend
from gem.envs.games.wikigame.dynamics import DEPTHS, Trail, costs_back, go_back, go_to, named_at_will
from gem.envs.games.wikigame.errors import NoMap, PageNotFound, WikiGameError
from gem.envs.games.wikigame.rewards import WikiGameReward
from gem.envs.games.wikigame.routes import known_route, random_walk, reader_s_link
from gem.envs.games.wikigame.wikipage import UNITS, WikipediaPage, shortened
from gem.envs.games.wikigame.world import World, distances_to
from gem.errors import ConfigError

RETURNS = {
    "noregrets": "There is no way back but by links.\n",
    "oneback": f"{BACK} leads back to the page before, but not twice in a row.\n",
    "freenav": f"{BACK} leads back one page, and again to the page before that, as in a browser.\n",
    "eidetic": f"{BACK} leads back one page as in a browser. You may also name any page you have visited.\n",
}
COUNTRIES = 1 << 40


@dataclass(slots=True)
class State(GameState):
    """Where the player is, was, and wants to be: titles only, the pages are the backend's."""

    target: str = ""
    trail: Trail = field(default_factory=lambda: Trail([]))
    par: int | None = None
    """Fewest links from start to target, in an invented country."""
    country: int | None = None
    """The number of the invented country, if the episode is in one."""
    variant: str = "noregrets"


class WikiGameEnv(Game[State, str]):
    """From page to page to the target; `trawler_kwargs` are the arguments of the backend.

    `par` bounds the fewest links from start to target in an invented country, and in a real wiki, where nobody
    knows them, the length of the random walk that finds the target; `max_turns` bounds it too. Of a page the first
    `max_links` links are shown, and only they count. A `variant` of None is drawn anew for each episode.
    """

    suffix = "Enter the title of a link as \\boxed{Title}.\n"
    tiers: ClassVar[dict[str, dict[str, Any]]] = {
        "trivial": {"max_turns": 10, "par": (1, 2), "trawler_kwargs": {"pages": 100}},
        "easy": {"max_turns": 10, "par": (3, 3), "trawler_kwargs": {"pages": 200}},
        "medium": {"max_turns": 9, "par": (4, 4), "trawler_kwargs": {"pages": 300}},
        "hard": {"max_turns": 8, "par": (5, 5), "trawler_kwargs": {"pages": 400}},
        "very hard": {"max_turns": 8, "par": (6, 6), "trawler_kwargs": {"pages": 400}},
    }

    def __init__(
        self,
        max_turns: int = 10,
        backend: str = "graph",
        trawler_kwargs: Mapping[str, Any] | None = None,
        page_summary_length: tuple[int, str] = (100, "characters"),
        variant: str | None = "noregrets",
        partial_credit: bool = True,
        par: tuple[int, int] = (3, 5),
        max_links: int = 200,
    ) -> None:
        super().__init__(partial_credit)
        length, unit = page_summary_length
        if unit not in UNITS or length < 1:
            raise ConfigError(f"page_summary_length is (a number above 0, one of {UNITS}), not {page_summary_length!r}")
        if variant is not None and variant not in DEPTHS:
            raise ConfigError(f"variant is one of {list(DEPTHS)} or None, not {variant!r}")
        if not 1 <= par[0] <= par[1]:
            raise ConfigError(f"par is a lower and an upper bound of at least 1, not {par!r}")
        if max_turns < 1 or max_links < 1:
            raise ConfigError(f"max_turns is {max_turns} and max_links {max_links}; a game needs one of each")
        self.turn_cost = -WikiGameReward.internal_step if partial_credit else 0.0
        self.turn_limit, self.variant, self.max_links = max_turns, variant, max_links
        self.par = min(par[0], max_turns), min(par[1], max_turns)
        self.summary_length, self.summary_unit = length, unit
        self._wiki = open_backend(backend, trawler_kwargs or {})
        self.step_cost = "blocking" if backend in ("kiwix", "mw") else "cheap"
        self._own_country = self._wiki.number if isinstance(self._wiki, GraphBackend) else None

    # -- world ------------------------------------------------------------------------------

    @property
    def wiki(self) -> Backend:
        """The world of this episode: a restored moment may be in another country than the last reset."""
        if isinstance(self._wiki, GraphBackend) and self._wiki.number != self.state.country:
            self._wiki = GraphBackend(self._wiki.pages, self.state.country)
        return self._wiki

    def page(self, title: str) -> WikipediaPage:
        """A page, with those of its links that are shown."""
        return self._cut(self.wiki.page(title))

    def _cut(self, page: WikipediaPage) -> WikipediaPage:
        return page if len(page.links) <= self.max_links else replace(page, links=page.links[: self.max_links])

    def _map(self) -> World:
        """The invented country as a whole."""
        wiki = self.wiki
        if not isinstance(wiki, GraphBackend):
            raise NoMap(f"{type(wiki).__name__} has no map: only the backend 'graph' has a solver and distances")
        return wiki.world

    # -- instance ---------------------------------------------------------------------------

    def new_game(self) -> State:
        variant = self.variant or list(DEPTHS)[int(self.rng.integers(len(DEPTHS)))]
        if not isinstance(self._wiki, GraphBackend):
            start, target = random_walk(self.page, self._wiki.random_title, self.par, self.rng)
            return State(self.turn_limit, target=target, trail=Trail([start]), variant=variant)
        country = self._own_country
        if country is None:
            country = int(self.rng.integers(COUNTRIES))
        self._wiki = GraphBackend(self._wiki.pages, country)
        start, target, par = known_route(self._wiki.world, self.par, self.turn_limit, self.rng)
        return State(self.turn_limit, target=target, trail=Trail([start]), variant=variant, par=par, country=country)

    # -- text -------------------------------------------------------------------------------

    def rules(self) -> str:
        target = self.state.target
        return (
            f"You are on a page of a wiki. Reach the page {target} within {self.state.max_turns} turns.\n"
            f"{self._summary(self.page(target))}"
            "Each turn, follow one link of your page. Put its title in a box, as it is written: \\boxed{Title}.\n"
            f"{RETURNS[self.state.variant]}"
        )

    def board(self) -> str:
        state = self.state
        visited = f"Visited: {' > '.join(state.trail.visited)}\n"
        if state.trail.here == state.target:
            return visited
        whole = self.wiki.page(state.trail.here)
        page = self._cut(whole)
        hidden = len(whole.links) - len(page.links)
        links = f"{' | '.join(page.links) or 'none'}{f' | ({hidden} more, not shown)' if hidden else ''}"
        back = f"{BACK} leads to {' > '.join(reversed(state.trail.behind))}\n" if state.trail.behind else ""
        left = state.max_turns - state.turn
        return (
            f"Page: {page.title}\n{self._summary(page)}Links: {links}\n{back}{visited}"
            f"Target: {state.target}. {left} turn{'' if left == 1 else 's'} left.\n"
        )

    def _summary(self, page: WikipediaPage) -> str:
        text = shortened(page.summary, self.summary_length, self.summary_unit)
        return f"{text}\n" if text else ""

    @staticmethod
    def parse(words: list[str]) -> str | None:
        return " ".join(words) or None

    def _read(self, action: Any) -> str:
        """A title, `BACK` or `NO_MOVE`; titles hold more than words and numbers, so `parse` is not asked."""
        return read_reply(action) if isinstance(action, str) else NO_MOVE

    # -- rules ------------------------------------------------------------------------------

    def play(self, move: str) -> Outcome:
        state, trail = self.state, self.state.trail
        if move == NO_MOVE:
            return "no title could be read.", WikiGameReward.format_error, Kind.ILLEGAL
        if move == BACK:
            if not trail.behind:
                return self._illegal("there is no way back from here.")
            go_back(trail)
            return f"you go back to {trail.here}.", self._cost(WikiGameReward.internal_step), PLAYED
        at_will = named_at_will(trail, state.variant)
        title = match(move, [*self.page(trail.here).links, *at_will])
        if title is None:
            return self._illegal("this page has no such link.")
        try:
            page = self.page(title)
        except PageNotFound:
            return f"the link {title} leads nowhere.", self._cost(WikiGameReward.internal_step), PLAYED
        go_to(trail, page.title, state.variant)
        if page.title == state.target:
            return won(f"you reach {page.title}, the target.", WikiGameReward.success)
        return f"you go to {page.title}.", self._cost(WikiGameReward.internal_step), PLAYED

    def consolation(self) -> float:
        """Makes the step that used the turns up a `fail`."""
        return WikiGameReward.fail - WikiGameReward.internal_step

    def _illegal(self, event: str) -> Outcome:
        return event, self._cost(WikiGameReward.invalid_action), Kind.ILLEGAL

    def _cost(self, reward: float) -> float:
        return reward if self.partial_credit else 0.0

    def _step(self, action: Any) -> StepResult[str]:
        """A turn; a world that fails ends the episode as truncated."""
        try:
            return super()._step(action)
        except WikiGameError as error:
            event = f"Turn {self.state.turn}: the wiki does not answer, so the game is over.\n"
            record = {"type": type(error).__name__, "message": str(error)}
            info = {"suffix": self.suffix, "event": event, "success": False, "error": record}
            return new_result((event, 0.0, False, True, info))

    # -- solver -----------------------------------------------------------------------------

    def solve(self) -> str:
        """What a good reader does: see `reader_s_link`. Raises `NoMap` in a real wiki."""
        return f"\\boxed{{{reader_s_link(self._map(), self.state.trail.here, self.state.target)}}}"

    def distance(self) -> float:
        """Fewest turns to the target from here, by links or by the variant's ways back; exact."""
        distances = distances_to(self._map(), self.state.target)
        costs = costs_back(self.state.trail, self.state.variant)
        return float(min(cost + distances[title] for title, cost in costs.items()))

    def random_move(self, rng: np.random.Generator) -> str:
        trail = self.state.trail
        at_will = named_at_will(trail, self.state.variant)
        moves = [*self.page(trail.here).links, *at_will, *([BACK] if trail.behind else [])]
        return moves[int(rng.integers(len(moves)))] if moves else BACK
