"""Rows become passages: which columns they may lie in, and what is no passage.

It opens no files; `gem.search.corpus` reads those that need no library.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, cast

from gem.errors import DataError
from gem.search.protocol import Passage

TEXTS = ("text", "contents", "content", "passage", "body")
"""The columns that a passage's text may lie in, the first that a row has."""
TITLED = "contents"
"""The column whose first line is the title, where the row has no title of its own."""
IDS = ("id", "_id", "docid", "doc_id", "pid")


def passage_of(row: Any, number: int, place: Callable[[int], str] = "row {}".format) -> Passage:
    """The passage in a row with id, title and text, or with id and contents as the field's corpora have them.

    A row without an id is called by its number. Raises `DataError` if there is no text in it; `place` says of a
    number where that row lies.
    """
    if not isinstance(row, Mapping):
        raise DataError(f"{place(number)} is no row of columns but {type(row).__name__}")
    row = cast("Mapping[str, Any]", row)
    column = next((name for name in TEXTS if isinstance(row.get(name), str) and row[name].strip()), None)
    if column is None:
        columns = ", ".join(map(str, row)) or "nothing"
        raise DataError(f"{place(number)} has no text: one of {', '.join(TEXTS)} has to be there, and it has {columns}")
    title, text = row.get("title"), row[column]
    if column == TITLED and title is None:
        title, text = split_contents(text)
    name = next((row[key] for key in IDS if row.get(key) is not None), number)
    return Passage(_sound(str(name)), _sound("" if title is None else str(title)), _sound(text))


def split_contents(contents: str) -> tuple[str, str]:
    """Title and text of `contents`, whose first line is the title, in quotes or not; one line alone is text."""
    title, _, text = contents.partition("\n")
    if not text.strip():
        return "", contents.strip("\n")
    title = title.strip()
    return (title[1:-1] if len(title) > 1 and title[0] == title[-1] == '"' else title), text


def sound(passages: Iterable[Passage], place: Callable[[int], str] = "passage {}".format) -> Iterator[Passage]:
    """The same passages, their text fit to be stored. Raises `DataError` with the number of one that is none."""
    for number, passage in enumerate(passages):
        if not _is_passage(passage):
            raise DataError(f"{place(number)} is no Passage(id, title, text) of three strings: {str(passage)[:80]!r}")
        yield Passage(*map(_sound, passage))


def _is_passage(passage: Any) -> bool:
    return (
        isinstance(passage, Passage)
        and all(isinstance(part, str) for part in tuple[Any, ...](passage))
        and bool(passage.text)
    )


def _sound(text: str) -> str:
    """Without lone surrogates, which no file can hold."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
