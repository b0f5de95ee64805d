"""A corpus in a file of JSON lines, plain or gzipped, read one passage at a time.

Other formats are read by `gem.data`; `gem-gym search build` brings the two together.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from gem.errors import ConfigError, DataError, DataNotFound
from gem.search.passages import passage_of
from gem.search.protocol import Passage

SUFFIXES = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz")


def read_passages(path: str | Path) -> Iterator[Passage]:
    """The passages of a file, one in each line: {"id", "title", "text"}, or {"id", "contents"}, title first.

    Those without an id are called by their number from 0, as `gem-gym search build` calls them.

    Raises `DataNotFound`, or `DataError` with the line that holds none.
    """
    path = Path(path)
    if not path.name.lower().endswith(SUFFIXES):
        raise ConfigError(
            f"{path} is not one of {', '.join(SUFFIXES)}. Give the passages themselves, or use the command "
            "`gem-gym search build`, which reads parquet, csv and data sets by name too"
        )
    if not path.is_file():
        raise DataNotFound(f"{path} is not there")
    return _read(path)


def _read(path: Path) -> Iterator[Passage]:
    try:
        with _opened(path) as lines:
            filled = ((place, line) for place, line in enumerate(lines, 1) if line.strip())
            for number, (place, line) in enumerate(filled):
                told = f"{path.name}, line {place}"
                yield passage_of(_parsed(line, told), number, lambda _, told=told: told)
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise DataError(f"{path} cannot be read: {error}") from error


def _opened(path: Path) -> IO[str]:
    if path.name.lower().endswith(".gz"):
        return gzip.open(path, "rt", encoding="utf-8-sig")
    return path.open(encoding="utf-8-sig")


def _parsed(line: str, place: str) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        raise DataError(f"{place} is no JSON: {error}") from None
