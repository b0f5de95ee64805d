"""What a folder says of the index in it: the engine, how far it is built, and which embedder made its vectors."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, cast

from gem.errors import SearchUnavailable

FILE = "gem-search.json"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Manifest:
    """One index. It is written whole or not at all, so that a folder is never half finished."""

    engine: str
    """"fts5", "tantivy" or "dense"."""
    passages: int = 0
    """How many are safe on disk."""
    finished: bool = False
    """Whether these are all."""
    embedder: str | None = None
    """The name that `gem.search.embedder` makes it from again; None for a function of the caller's, or none."""
    format: int = FORMAT
    digest: str = field(default="", compare=False)
    """That of the passages until here, by which a build that goes on knows them again."""

    def write(self, folder: Path) -> None:
        """Put it into the folder, in place of the one there."""
        fresh = folder / f"{FILE}.new"
        with fresh.open("w", encoding="utf-8") as file:
            json.dump(asdict(self), file, indent=2)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(folder / FILE)

    @staticmethod
    def read(folder: Path) -> Manifest:
        """That of a folder. Raises `SearchUnavailable` for one that holds no index of ours."""
        try:
            content = json.loads((folder / FILE).read_text(encoding="utf-8"))
        except (FileNotFoundError, NotADirectoryError):
            raise SearchUnavailable(
                f"{folder} holds no index: there is no {FILE} in it. To make one: "
                f"gem-gym search build CORPUS --out {folder}"
            ) from None
        except (OSError, ValueError) as error:
            raise SearchUnavailable(f"{folder / FILE} cannot be read: {error}") from None
        return _checked(content, folder)


def _checked(content: Any, folder: Path) -> Manifest:
    content = cast("dict[str, Any]", content) if isinstance(content, dict) else {}
    if content.get("format") != FORMAT:
        raise SearchUnavailable(f"{folder / FILE} is of format {content.get('format')!r}; this version reads {FORMAT}")
    try:
        return Manifest(**content)
    except TypeError as error:
        raise SearchUnavailable(f"{folder / FILE} is damaged: {error}") from None
