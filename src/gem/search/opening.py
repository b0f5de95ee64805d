"""Opening an index that was built before, with the engine that built it."""

from __future__ import annotations

from pathlib import Path

from gem.errors import ConfigError, SearchUnavailable
from gem.search.embedders import Embed, embedder
from gem.search.manifest import Manifest
from gem.search.protocol import Retriever


def open(path: str | Path, *, embed: Embed | str | None = None) -> Retriever:
    """The retriever over the index in a folder: `gem.search.open("wiki.index")`.

    A dense index made by a function of the caller's needs the same function again, as `embed`.

    Raises `SearchUnavailable` if there is none, or one whose build has not ended; `ConfigError` for `embed` where
    nothing is embedded, or for its lack.
    """
    folder = Path(path)
    manifest = Manifest.read(folder)
    if not manifest.finished:
        raise SearchUnavailable(
            f"the build of {folder} was interrupted at {manifest.passages:,} passages; the call that began it goes on"
        )
    if manifest.engine != "dense" and embed is not None:
        raise ConfigError(f"{folder} is an index of {manifest.engine}, which embeds nothing")
    match manifest.engine:
        case "fts5":
            from gem.search.fts5 import Fts5Retriever

            return Fts5Retriever(folder)
        case "tantivy":
            from gem.search.tantivy_index import TantivyRetriever

            return TantivyRetriever(folder)
        case "dense":
            from gem.search.dense import DenseRetriever

            embed = embed or manifest.embedder
            if embed is None:
                raise ConfigError(f"{folder} was embedded by a function; give it again: open({str(path)!r}, embed=...)")
            return DenseRetriever(folder, embedder(embed) if isinstance(embed, str) else embed)
        case _:
            raise SearchUnavailable(f"{folder} is an index of {manifest.engine!r}, an engine that is not known here")
