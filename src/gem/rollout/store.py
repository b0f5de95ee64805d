"""Finished episodes in a file: one JSON line each, appended and never rewritten."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from gem.errors import StorageError
from gem.rollout.trajectory import Episode


class EpisodeStore:
    """An append-only jsonl file of episodes.

    A write that fails (a full disk, say) raises `StorageError` and leaves the file as it was before;
    a line torn by a killed process is cut off at the next write.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)

    def append(self, episodes: Iterable[Episode]) -> None:
        """Write the episodes and make sure that they are on disk."""
        lines = "".join(json.dumps(episode.to_dict()) + "\n" for episode in episodes).encode()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("ab") as file:
                whole = _length_of_whole_lines(self.path)
                file.truncate(whole)
                try:
                    file.write(lines)
                    file.flush()
                    os.fsync(file.fileno())
                except OSError:
                    os.ftruncate(file.fileno(), whole)
                    raise
        except OSError as error:
            raise StorageError(f"{self.path}: {error.strerror or error}; the episodes before are whole") from error

    def __iter__(self) -> Iterator[Episode]:
        """The episodes in the file; a torn last line is passed over."""
        with self.path.open("rb") as file:
            for line in file:
                if line.endswith(b"\n"):
                    yield Episode.from_dict(json.loads(line))


def _length_of_whole_lines(path: Path) -> int:
    """Bytes up to the last line end, looking backwards from the end of the file."""
    with path.open("rb") as file:
        position = file.seek(0, os.SEEK_END)
        while position > 0:
            start = max(0, position - 65_536)
            file.seek(start)
            newline = file.read(position - start).rfind(b"\n")
            if newline >= 0:
                return start + newline + 1
            position = start
    return 0
