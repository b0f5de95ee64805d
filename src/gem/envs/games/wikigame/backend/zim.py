"""A .zim file as a wiki, read with libzim (GPL-3.0, the extra `zim`), which no other file imports."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from gem._extras import need
from gem.envs.games.wikigame.backend import PAGES_KEPT
from gem.envs.games.wikigame.backend.article import read_article
from gem.envs.games.wikigame.errors import BackendUnavailable, PageNotFound
from gem.envs.games.wikigame.wikipage import WikipediaPage
from gem.errors import ConfigError

DRAWS = 1000
"""Random entries looked at until one is an article."""


class ZimBackend:
    """The file at `path`; its articles lie below `root` ("A/" in files from before 2022).

    Raises `MissingExtra` without libzim, `ConfigError` if the file is none.
    """

    def __init__(self, path: str, root: str = "") -> None:
        reader: Any = need("libzim.reader", extra="zim")
        if not Path(path).is_file():
            raise ConfigError(f"there is no ZIM file at {path!r}")
        try:
            self.archive: Any = reader.Archive(Path(path))
        except RuntimeError as error:
            raise ConfigError(f"{path!r} is no ZIM file: {error}") from error
        self.root, self.entries = root, int(self.archive.all_entry_count)
        self.page = lru_cache(PAGES_KEPT)(self._page)

    def random_title(self, rng: np.random.Generator) -> str:
        """The title of an entry drawn by its number: the same draw gives the same article."""
        for _ in range(DRAWS):
            item = self._item(self.archive._get_entry_by_id(int(rng.integers(self.entries))))
            if item.mimetype.startswith("text/html") and item.path.startswith(self.root):
                return self._title(item)
        raise BackendUnavailable(f"none of {DRAWS} random entries of the ZIM file is an article")

    def _page(self, title: str) -> WikipediaPage:
        for path in (title.replace(" ", "_"), title):
            if self.archive.has_entry_by_path(self.root + path):
                item = self._item(self.archive.get_entry_by_path(self.root + path))
                break
        else:
            raise PageNotFound(f"the ZIM file has no page called {title!r}")
        if not item.mimetype.startswith("text/html"):
            raise PageNotFound(f"{title!r} is no article")
        article = read_article(bytes(item.content).decode("utf-8", "replace"), item.path, self.root)
        return WikipediaPage(self._title(item), article.summary, article.links)

    def _title(self, item: Any) -> str:
        return " ".join(item.path[len(self.root) :].replace("_", " ").split())

    @staticmethod
    def _item(entry: Any) -> Any:
        """The content of an entry, after its redirects."""
        return entry.get_item()
