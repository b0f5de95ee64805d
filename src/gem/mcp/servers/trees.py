"""Where the files server keeps its files: a `Tree` in memory, which can be copied, or a `Folder` on disk.

Both have the same methods, and take paths that `normal` has read: relative, with slashes, "" for the top.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, Protocol

from gem.mcp.servers.server import Refusal

MAX_TREE_CHARS = 4_000_000
"""What all files of a tree may hold together."""
MAX_ENTRIES = 5_000
MAX_FILE_BYTES = 4_000_000
MAX_NAME_BYTES, MAX_PATH_BYTES, MAX_DEPTH = 255, 2_000, 40

Kind = Literal["file", "folder"]


def normal(path: str) -> str:
    """`path` below the top, without dots and double slashes. Raises `Refusal` for one that leads out of it."""
    if "\0" in path or len(path.encode()) > MAX_PATH_BYTES:
        raise Refusal("No path is that long or holds a NUL character.")
    parts: list[str] = []
    for part in path.strip().split("/"):
        if part == "..":
            if not parts:
                raise Refusal(f"{path} leads out of the top folder.")
            parts.pop()
        elif part not in ("", "."):
            if len(part.encode()) > MAX_NAME_BYTES:
                raise Refusal(f"No name is longer than {MAX_NAME_BYTES} bytes.")
            parts.append(part)
    if len(parts) > MAX_DEPTH:
        raise Refusal(f"No path goes through more than {MAX_DEPTH} folders.")
    return "/".join(parts)


def parents(path: str) -> list[str]:
    """The folders above `path`, the nearest first, without the top."""
    parts = path.split("/")
    return ["/".join(parts[:length]) for length in range(len(parts) - 1, 0, -1)]


class Files(Protocol):
    """What the files server asks of a place for files."""

    def kind(self, path: str) -> Kind | None:
        """What is at `path`; None for nothing."""
        ...

    def names(self, path: str) -> list[str]:
        """The names in a folder, sorted."""
        ...

    def read(self, path: str) -> str:
        """The text of a file. Raises `Refusal` if it is no text."""
        ...

    def about(self, path: str) -> dict[str, Any]:
        """What is known of a file or folder: its size in bytes, and when it was changed, where that is kept."""
        ...

    def write(self, path: str, text: str) -> None:
        """Make or replace a file, and the folders above it."""
        ...

    def make(self, path: str) -> None:
        """Make a folder, and those above it."""
        ...

    def move(self, source: str, destination: str) -> None:
        """Give a file or folder another path, where nothing is yet."""
        ...

    def delete(self, path: str) -> None:
        """Remove a file, or a folder that is empty."""
        ...


@dataclass(slots=True)
class Tree(Files):
    """Files and folders as a value."""

    files: dict[str, str] = field(default_factory=dict[str, str])
    """Path → text."""
    folders: set[str] = field(default_factory=set[str])
    """Every folder but the top, those that only hold folders included."""

    def __post_init__(self) -> None:
        for path in self.files:
            self.folders.update(parents(path))

    def kind(self, path: str) -> Kind | None:
        if path in self.files:
            return "file"
        return "folder" if not path or path in self.folders else None

    def names(self, path: str) -> list[str]:
        start = f"{path}/" if path else ""
        below = (one[len(start) :] for one in (*self.files, *self.folders) if one.startswith(start))
        return sorted(name for name in below if "/" not in name)

    def read(self, path: str) -> str:
        return self.files[path]

    def about(self, path: str) -> dict[str, Any]:
        return {"size": len(self.files[path].encode())} if path in self.files else {}

    def write(self, path: str, text: str) -> None:
        size = sum(map(len, self.files.values())) - len(self.files.get(path, "")) + len(text)
        if size > MAX_TREE_CHARS:
            raise Refusal("The disk is full.")
        self._add(path, *parents(path))
        self.files[path] = text

    def make(self, path: str) -> None:
        self._add(path, *parents(path))
        self.folders.update([path, *parents(path)])

    def move(self, source: str, destination: str) -> None:
        start = f"{source}/"

        def moved(path: str) -> str:
            return destination + path[len(source) :] if path == source or path.startswith(start) else path

        self.files = {moved(path): text for path, text in self.files.items()}
        self.folders = {moved(path) for path in self.folders} | set(parents(destination))

    def delete(self, path: str) -> None:
        self.files.pop(path, None)
        self.folders.discard(path)

    def _add(self, path: str, *above: str) -> None:
        """Make the folders above a new entry, if there is room for it."""
        if path not in self.files and len(self.files) + len(self.folders) + len(above) >= MAX_ENTRIES:
            raise Refusal("The disk is full.")
        self.folders.update(above)


class Folder(Files):
    """A folder on disk; links, which may lead out of it or in circles, are refused. Raises `OSError` without it."""

    def __init__(self, root: str | Path) -> None:
        self.root = Path(os.path.realpath(root, strict=True))
        if not self.root.is_dir():
            raise NotADirectoryError(f"{root} is no folder")

    def kind(self, path: str) -> Kind | None:
        place = self._place(path)
        return "file" if _tried(place.is_file) else "folder" if _tried(place.is_dir) else None

    def names(self, path: str) -> list[str]:
        return sorted(name for name in _tried(os.listdir, self._place(path)) if _is_text(name))

    def read(self, path: str) -> str:
        place = self._place(path)
        if _tried(os.path.getsize, place) > MAX_FILE_BYTES:
            raise Refusal(f"{path} is larger than {MAX_FILE_BYTES} bytes.")
        try:
            return _tried(Path.read_bytes, place).decode()
        except UnicodeDecodeError:
            raise Refusal(f"{path} is no text in UTF-8.") from None

    def about(self, path: str) -> dict[str, Any]:
        place = self._place(path)
        status = _tried(os.stat, place)
        size = {} if place.is_dir() else {"size": status.st_size}
        return {**size, "modified": datetime.fromtimestamp(status.st_mtime).astimezone().isoformat(timespec="seconds")}

    def write(self, path: str, text: str) -> None:
        place = self._place(path)
        _tried(os.makedirs, place.parent, exist_ok=True)
        _tried(Path.write_bytes, place, text.encode())

    def make(self, path: str) -> None:
        _tried(os.makedirs, self._place(path), exist_ok=True)

    def move(self, source: str, destination: str) -> None:
        target = self._place(destination)
        _tried(os.makedirs, target.parent, exist_ok=True)
        _tried(shutil.move, self._place(source), target)

    def delete(self, path: str) -> None:
        place = self._place(path)
        _tried(os.rmdir if place.is_dir() else os.unlink, place)

    def _place(self, path: str) -> Path:
        place = self.root / path
        if os.path.realpath(place) != str(place):
            raise Refusal(f"{path} leads through a link, which is not followed.")
        return place


def _is_text(name: str) -> bool:
    """Whether a file's name can be written as UTF-8 at all."""
    return not any("\ud800" <= letter <= "\udfff" for letter in name)


def _tried(function: Any, *arguments: Any, **options: Any) -> Any:
    """Call a function of the operating system; its complaint is a refusal."""
    try:
        return function(*arguments, **options)
    except (OSError, shutil.Error) as error:
        raise Refusal(f"That failed: {getattr(error, 'strerror', None) or error}.") from error
