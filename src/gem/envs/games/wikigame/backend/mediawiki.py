"""A MediaWiki, such as Wikipedia, as a wiki: its Action API over HTTP (https://www.mediawiki.org/wiki/API)."""

from __future__ import annotations

import json
import string
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

import numpy as np

from gem.envs.games.wikigame.backend import PAGES_KEPT
from gem.envs.games.wikigame.backend.article import read_article
from gem.envs.games.wikigame.backend.web import Web
from gem.envs.games.wikigame.errors import BackendUnavailable, PageNotFound
from gem.envs.games.wikigame.wikipage import WikipediaPage

LISTED = 50
"""Titles listed after a random place of the alphabet."""
NO_PAGE = frozenset({"missingtitle", "invalidtitle", "pagecannotexist", "nosuchrevid"})
"""Error codes that mean: there is no such page."""


class MediaWikiBackend:
    """The wiki whose `api.php` is at `url`; the addresses of its articles begin with `root` ("wiki/")."""

    def __init__(
        self,
        url: str = "https://en.wikipedia.org/w/api.php",
        root: str = "wiki/",
        timeout_s: float = 10.0,
        retries: int = 1,
    ) -> None:
        self.url, self.root = url, root
        self.web = Web(url, timeout_s, retries)
        self.page = lru_cache(PAGES_KEPT)(self._page)

    def random_title(self, rng: np.random.Generator) -> str:
        """An article near a random place of the alphabet: `list=random` knows no seed."""
        for _ in range(8):
            place = "".join(string.ascii_uppercase[index] for index in rng.integers(26, size=3)).capitalize()
            query = {"list": "allpages", "apfrom": place, "apnamespace": "0", "apfilterredir": "nonredirects"}
            found: list[dict[str, Any]] = self._ask(action="query", aplimit=str(LISTED), **query)["query"]["allpages"]
            if found:
                return str(found[int(rng.integers(len(found)))]["title"])
        raise BackendUnavailable(f"{self.url} lists no articles")

    def _page(self, title: str) -> WikipediaPage:
        parsed = self._ask(action="parse", page=title, prop="text", redirects="1")["parse"]
        final = str(parsed["title"])
        article = read_article(str(parsed["text"]), self.root + final.replace(" ", "_"), self.root)
        return WikipediaPage(final, article.summary, article.links)

    def _ask(self, **query: str) -> dict[str, Any]:
        """The API's answer to `query`."""
        answer = self.web.get(f"{self.url}?{urlencode({**query, 'format': 'json', 'formatversion': '2'})}")
        try:
            content: dict[str, Any] = json.loads(answer.body)
            error: dict[str, Any] = content.get("error") or {}
        except (ValueError, AttributeError) as trouble:
            raise BackendUnavailable(f"{self.url} answered with no JSON object: {trouble}") from trouble
        if error.get("code") in NO_PAGE:
            raise PageNotFound(str(error.get("info")))
        if error:
            raise BackendUnavailable(f"{self.url} answered {error.get('code')}: {error.get('info')}")
        return content
