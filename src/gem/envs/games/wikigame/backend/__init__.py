"""The worlds that the wiki game is played in, behind one protocol.

    graph              an invented country, drawn anew for each episode; needs nothing
    zim                a .zim file on disk (extra `zim`), such as a dump of Wikipedia from Kiwix
    kiwix              a kiwix-serve, over HTTP
    mw, mediawiki      a MediaWiki such as Wikipedia, over the HTTP of its Action API

Only the first is imported with the game.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, Protocol

import numpy as np

from gem.build import build, closest
from gem.envs.games.wikigame.wikipage import WikipediaPage
from gem.errors import ConfigError

BACKENDS = {
    "graph": "graph:GraphBackend",
    "zim": "zim:ZimBackend",
    "kiwix": "kiwix:KiwixBackend",
    "mw": "mediawiki:MediaWikiBackend",
    "mediawiki": "mediawiki:MediaWikiBackend",
}
"""Name → module and class."""
PAGES_KEPT = 256
"""Pages that a backend remembers: an episode looks at each of its pages more than once."""


class Backend(Protocol):
    """A wiki. Both methods raise `BackendUnavailable` when it does not answer."""

    def page(self, title: str) -> WikipediaPage:
        """The page of this title, after redirects. Raises `PageNotFound`."""
        ...

    def random_title(self, rng: np.random.Generator) -> str:
        """The title of some article; the same for the same draws and the same wiki."""
        ...


def open_backend(name: str, arguments: Mapping[str, Any]) -> Backend:
    """The backend of this name. Reads no page yet.

    Raises `ConfigError` for an unknown name, `UnknownArgument` for an argument that it doesn't take.
    """
    if name not in BACKENDS:
        raise ConfigError(f"no backend is called {name!r}.{closest(name, list(BACKENDS))} There are {list(BACKENDS)}.")
    module, _, cls = BACKENDS[name].partition(":")
    return build(getattr(import_module(f"{__name__}.{module}"), cls), arguments, label=f"the backend {name!r}")
