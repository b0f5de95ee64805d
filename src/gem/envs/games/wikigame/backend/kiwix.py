"""A kiwix-serve as a wiki (kiwix-tools 3.3 and later), over HTTP.

kiwix-serve --port 8080 wikipedia.zim
WikiGameEnv(backend="kiwix", trawler_kwargs={"url": "http://localhost:8080", "content": "wikipedia"})
"""

from __future__ import annotations

import json
import string
from functools import lru_cache
from html import unescape
from typing import Any
from urllib.parse import quote, urlencode

import numpy as np

from gem.envs.games.wikigame.backend import PAGES_KEPT
from gem.envs.games.wikigame.backend.article import is_article, read_article, title_at
from gem.envs.games.wikigame.backend.web import Web
from gem.envs.games.wikigame.errors import BackendUnavailable, PageNotFound
from gem.envs.games.wikigame.wikipage import WikipediaPage

SUGGESTIONS = 50
DRAWS = 8
"""Prefixes tried until one begins a title."""


class KiwixBackend:
    """The ZIM file called `content` of the server at `url`; its articles lie below `root` ("A/" in old files)."""

    def __init__(
        self,
        url: str = "http://localhost:8080",
        content: str = "wikipedia",
        root: str = "",
        timeout_s: float = 10.0,
        retries: int = 1,
    ) -> None:
        self.url, self.content, self.root = url.rstrip("/"), content, root
        self.web = Web(url, timeout_s, retries)
        self.page = lru_cache(PAGES_KEPT)(self._page)

    def random_title(self, rng: np.random.Generator) -> str:
        """One of the titles suggested for a random prefix: the server's own choice (`/random`) knows no seed."""
        for letters in (*[2] * DRAWS, *[1] * DRAWS):
            prefix = "".join(string.ascii_lowercase[index] for index in rng.integers(26, size=letters))
            if titles := self._suggested(prefix):
                return titles[int(rng.integers(len(titles)))]
        raise BackendUnavailable(f"{self.url} suggests no article of {self.content!r} for {2 * DRAWS} random prefixes")

    def _suggested(self, prefix: str) -> list[str]:
        query = urlencode({"content": self.content, "term": prefix, "count": SUGGESTIONS})
        try:
            suggestions: list[dict[str, Any]] = json.loads(self.web.get(f"{self.url}/suggest?{query}").body)
            paths = [unescape(found["path"]) for found in suggestions if found.get("kind") == "path"]
        except PageNotFound:
            raise BackendUnavailable(f"{self.url} serves no content called {self.content!r}") from None
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise BackendUnavailable(f"{self.url} gave suggestions that cannot be read: {error}") from error
        titles = (path.removeprefix(self.root).replace("_", " ") for path in paths)
        return [title for title in titles if is_article(title)]

    def _page(self, title: str) -> WikipediaPage:
        answer = self.web.get(self._raw(title))
        final = title_at(answer.url, self._raw(""))
        if not final:  # a redirect leads out of /raw, to /content/… or, in old servers, to /<content>/…
            final = title_at(answer.url.replace(f"{self.url}/content/", f"{self.url}/"), self._place(self.url))
            answer = self.web.get(self._raw(final))
        html = answer.body.decode("utf-8", "replace")
        article = read_article(html, self.root + final.replace(" ", "_"), self.root)
        return WikipediaPage(final, article.summary, article.links)

    def _raw(self, title: str) -> str:
        """The address of a page as it is in the file, without the server's own frame around it."""
        return self._place(f"{self.url}/raw", "content/") + quote(title.replace(" ", "_"))

    def _place(self, parent: str, folder: str = "") -> str:
        return f"{parent}/{quote(self.content)}/{folder}{quote(self.root)}"
