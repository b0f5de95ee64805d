"""Building an index from passages, in batches that are safe once written: an interrupted build goes on where it was."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import reduce
from hashlib import blake2b
from importlib.util import find_spec
from itertools import chain, islice
from pathlib import Path
from typing import Protocol

from gem.build import closest
from gem.errors import ConfigError, DataError, StorageError
from gem.search.corpus import read_passages
from gem.search.embedders import Embed, embedder, name_of
from gem.search.manifest import FILE, Manifest
from gem.search.passages import sound
from gem.search.protocol import Passage

ENGINES = ("fts5", "tantivy", "dense")
TELL_EVERY = 1000
"""Passages between two words on the progress."""


class Writer(Protocol):
    """What an engine offers to whoever builds."""

    BATCH: int
    """How many passages are best added at once; so many are lost at most where a build is killed."""
    count: int
    """How many passages are safe."""

    @property
    def last_id(self) -> str | None:
        """The id of the last of them."""
        ...

    def add(self, passages: Sequence[Passage]) -> None:
        """Append passages: all of them, or none if it is interrupted."""

    def finish(self) -> None:
        """Do what is left once all are there; they may be more after it, if the build is stopped before its end."""

    def tidy(self) -> None:
        """Drop what only a build needs; its end is written."""

    def close(self) -> None:
        """Let go of the files."""


def build(
    passages: Iterable[Passage] | str | Path,
    out: str | Path,
    engine: str = "auto",
    *,
    embed: Embed | str | None = None,
    on_progress: Callable[[int], object] | None = None,
) -> Manifest:
    """Make an index of the passages, or of a file of JSON lines, in the folder `out`; `gem.search.open` opens it.

    The engine is "fts5" (no extra), "tantivy" (extra `search`), "dense" (extra `dense`, with `embed`), or "auto":
    tantivy if it is installed. The corpus may be larger than memory. If the build is interrupted, the same call goes
    on with it. `on_progress` hears how many passages have been read.

    Raises `DataError` for a passage that is none or a corpus without any, `ConfigError` if the folder is taken, and
    `StorageError` if it cannot be written.
    """
    folder, engine = Path(out), _chosen(engine, embed)
    embed = embedder(embed) if isinstance(embed, str) else embed
    corpus = sound(passages) if not isinstance(passages, str | Path) else read_passages(passages)
    first = next(corpus, None)
    if first is None:
        raise DataError("the corpus is empty: there are no passages to search in")
    with _storing(folder):
        manifest = _begun(folder, Manifest(engine, embedder=name_of(embed)))
        writer = _writer(folder, engine, embed)
    with closing(writer):
        corpus = chain([first], corpus)
        digest = _digest_of_written(corpus, writer, manifest, folder)
        for batch in _batches(_told(corpus, writer.count, on_progress), writer.BATCH):
            digest = reduce(_followed, batch, digest)
            with _storing(folder):
                writer.add(batch)
                manifest = replace(manifest, passages=writer.count, digest=digest)
                manifest.write(folder)
        with _storing(folder):
            writer.finish()
            manifest = replace(manifest, passages=writer.count, digest=digest, finished=True)
            manifest.write(folder)
            writer.tidy()
    return manifest


def _chosen(engine: str, embed: object) -> str:
    if engine == "auto":
        engine = "dense" if embed is not None else "tantivy" if find_spec("tantivy") else "fts5"
    if engine not in ENGINES:
        raise ConfigError(
            f"{engine!r} is no engine.{closest(engine, list(ENGINES))} There are auto, {', '.join(ENGINES)}."
        )
    if (engine == "dense") != (embed is not None):
        raise ConfigError('the engine "dense" needs `embed`, a function that makes vectors of texts; no other takes it')
    return engine


def _begun(folder: Path, manifest: Manifest) -> Manifest:
    """The manifest of a build that was interrupted, or this one, put into a folder that is new or empty."""
    if (folder / FILE).exists():
        there = Manifest.read(folder)
        if there.finished:
            raise ConfigError(f"{folder} holds a finished index of {there.passages:,} passages; take another folder")
        if (there.engine, there.embedder) != (manifest.engine, manifest.embedder):
            raise ConfigError(
                f"{folder} holds an index begun with {there.engine} {there.embedder or ''}, not {manifest.engine} "
                f"{manifest.embedder or ''}: go on with that, or take another folder"
            )
        return there
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise ConfigError(f"{folder} holds something that is no index; take another folder")
    folder.mkdir(parents=True, exist_ok=True)
    manifest.write(folder)
    return manifest


def _writer(folder: Path, engine: str, embed: Embed | None) -> Writer:
    if engine == "tantivy":
        from gem.search.tantivy_index import TantivyWriter

        return TantivyWriter(folder)
    if embed is not None:
        from gem.search.dense import DenseWriter

        return DenseWriter(folder, embed)
    from gem.search.fts5 import Fts5Writer

    return Fts5Writer(folder)


def _digest_of_written(corpus: Iterator[Passage], writer: Writer, manifest: Manifest, folder: Path) -> str:
    """Pass over what is written already, and tell its digest. Raises `DataError` if those passages are others.

    What an interrupted build has written after its last word in the manifest is known by the id of its last one.
    """
    digest, number, last = "", 0, None
    for number, last in enumerate(islice(corpus, writer.count), 1):
        digest = _followed(digest, last)
        if number == manifest.passages and digest != (manifest.digest or digest):
            raise DataError(f"{folder} was begun with another corpus: of its {number:,} passages some are others here")
    if writer.count and (last is None or number < writer.count or last.id != writer.last_id):
        here = last.id if last is not None and number == writer.count else None
        raise DataError(
            f"{folder} was begun with another corpus: its passage {writer.count:,} is {writer.last_id!r}, and "
            f"here it is {here!r}. Take another folder"
        )
    return digest


def _followed(digest: str, passage: Passage) -> str:
    """The digest of passages, and of one more."""
    return blake2b(repr((digest, *passage)).encode(), digest_size=16).hexdigest()


def _told(corpus: Iterator[Passage], done: int, tell: Callable[[int], object] | None) -> Iterator[Passage]:
    tell = tell or (lambda _: None)
    tell(done)
    for passage in corpus:
        yield passage
        done += 1
        if done % TELL_EVERY == 0:
            tell(done)
    if done % TELL_EVERY:
        tell(done)


def _batches(corpus: Iterator[Passage], size: int) -> Iterator[list[Passage]]:
    while batch := list(islice(corpus, size)):
        yield batch


@contextmanager
def _storing(folder: Path) -> Generator[None]:
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        raise StorageError(f"the index in {folder} cannot be written: {error}") from error
