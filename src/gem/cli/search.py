"""`gem-gym search build CORPUS --out INDEX` makes an index of a corpus; `gem-gym search query INDEX WORDS` asks it.

A corpus is whatever `gem.data` reads, a row for each passage. A build that was stopped goes on when the same command
is given again.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from textwrap import shorten
from time import monotonic, perf_counter
from typing import TYPE_CHECKING

from gem.errors import ConfigError

if TYPE_CHECKING:
    from gem.data import Rows
    from gem.search import Passage, Retriever

HELP = "build an index of passages, or ask one"
INTERRUPTED = 130
PLAIN_INTERVAL_S = 10.0
SHOWN = 300
Tell = Callable[[int], object]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, with what, and how."""
    parser.add_argument("action", choices=("build", "query"), help="make an index, or ask one")
    parser.add_argument("source", metavar="SOURCE", help="build: a corpus, as file or name; query: an index, or a URL")
    parser.add_argument("words", nargs="*", metavar="WORD", help="query: what to look for")
    building = parser.add_argument_group("build")
    building.add_argument("--out", type=Path, metavar="DIR", help="where the index goes (default: CORPUS.index)")
    building.add_argument("--engine", default="auto", metavar="NAME", help="fts5, tantivy or dense (default: auto)")
    building.add_argument(
        "--embed", metavar="MODEL", help="dense: a sentence-transformers model, or http://HOST/v1#MODEL"
    )
    building.add_argument("--split", metavar="NAME", help="of a corpus that has several")
    asking = parser.add_argument_group("query")
    asking.add_argument("--topk", type=int, default=3, metavar="N", help="passages to show (default: 3)")
    asking.add_argument("--json", action="store_true", help="a JSON object for each passage, whole")
    asking.add_argument("--format", default="json", metavar="NAME", help="of a URL: json, msgpack or search-r1")
    asking.add_argument("--token", help="of a URL")


def run(args: argparse.Namespace) -> int:
    """Build, or ask; 1 if nothing is found, 130 if a build was stopped."""
    return _build(args) if args.action == "build" else _query(args)


def _build(args: argparse.Namespace) -> int:
    from gem import data, search

    if args.words:
        raise ConfigError(f"a corpus is one name or path; {args.words[0]!r} is one too many")
    rows = data.load(args.source, args.split)
    out = args.out or Path(f"{Path(args.source).name.split('.')[0]}.index")
    done, begun = 0, perf_counter()
    try:
        with _progress(len(rows)) as show:

            def tell(number: int) -> None:
                nonlocal done
                done = number
                show(number)

            built = search.build(_passages(rows), out, args.engine, embed=args.embed, on_progress=tell)
    except KeyboardInterrupt:
        print(
            f"\nStopped at {done:,} of {len(rows):,} passages. To go on, give the same command again.", file=sys.stderr
        )
        return INTERRUPTED
    size_mb = sum(file.stat().st_size for file in out.rglob("*")) / 1e6
    print(f"{out}: {built.passages:,} passages, {built.engine}, {size_mb:,.0f} MB, {perf_counter() - begun:,.0f} s")
    print(f"  gem-gym search query {out} WORDS\n  gem-gym serve search {out}")
    return 0


def _passages(rows: Rows) -> Iterator[Passage]:
    from gem.search import passage_of

    for number, row in enumerate(rows):
        yield passage_of(row, number, rows.place)


def _query(args: argparse.Namespace) -> int:
    query = " ".join(args.words)
    if not query:
        raise ConfigError("what is to be found? For example: gem-gym search query wiki.index the glass harbour")
    with _opened(args) as retriever:
        hits = retriever.search(query, args.topk)
    for place, (passage, score) in enumerate(hits, 1):
        if args.json:
            print(json.dumps({**passage._asdict(), "score": score}))
        else:
            print(f"{place}. {passage.title or passage.id}  ({score:.3g})\n   {shorten(passage.text, SHOWN)}")
    if not hits:
        print("nothing found", file=sys.stderr)
    return 0 if hits else 1


def _opened(args: argparse.Namespace) -> Retriever:
    from gem import search

    if args.source.startswith(("http://", "https://")):
        return search.HttpRetriever(args.source, format=args.format, token=args.token)
    return search.open(args.source, embed=args.embed)


@contextmanager
def _progress(total: int) -> Generator[Tell]:
    """Shows how many are done: a bar in a terminal, if rich is there, else a line now and then."""
    if not (sys.stderr.isatty() and find_spec("rich")):
        yield _Lines(total).tell
        return
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress

    with Progress(*Progress.get_default_columns(), MofNCompleteColumn(), console=Console(stderr=True)) as bars:
        bar = bars.add_task("passages", total=total)
        yield lambda done: bars.update(bar, completed=done)


class _Lines:
    def __init__(self, total: int) -> None:
        self._total, self._spoke = total, monotonic()

    def tell(self, done: int) -> None:
        if done == self._total or monotonic() - self._spoke > PLAIN_INTERVAL_S:
            self._spoke = monotonic()
            print(f"passages {done:,}/{self._total:,}", file=sys.stderr, flush=True)
