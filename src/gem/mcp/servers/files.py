"""The files server: texts in folders, to be read, written, edited, moved, deleted and searched."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import translate
from re import compile as compiled
from typing import Annotated, Any, ClassVar

from gem.mcp.servers.server import Refusal, Server
from gem.mcp.servers.trees import MAX_DEPTH, Files, Tree, normal

MAX_LISTED = 1_000
MAX_FOUND = 200
SHOWN_LINE_CHARS = 200
MAX_PATTERN_CHARS = 200

PathText = Annotated[str, "path below the top folder, such as notes/today.txt"]


class FilesServer(Server):
    """Files of a `Tree` (a value, which snapshots copy) or of a `Folder` on disk."""

    name = "files"
    handlers: ClassVar[tuple[str, ...]] = (
        "read_file",
        "write_file",
        "edit_file",
        "list_directory",
        "file_info",
        "create_directory",
        "move_file",
        "delete_file",
        "search_files",
    )

    def __init__(self, files: Files | None = None) -> None:
        self.files: Files = Tree() if files is None else files

    def read_file(
        self,
        path: PathText,
        first_line: Annotated[int, "where to begin; the first is 1"] = 1,
        lines: Annotated[int | None, "how many lines; all without it"] = None,
    ) -> str:
        """Read a text file, or some of its lines."""
        text = self.files.read(self._file(path))
        if first_line == 1 and lines is None:
            return text
        if first_line < 1 or (lines is not None and lines < 1):
            raise Refusal("first_line and lines are at least 1.")
        end = None if lines is None else first_line - 1 + lines
        return "".join(text.splitlines(keepends=True)[first_line - 1 : end])

    def write_file(self, path: PathText, content: Annotated[str, "all that the file is to hold"]) -> str:
        """Write a text file, with the folders above it. One that is there is replaced."""
        place = normal(path)
        self._check_is_no_folder(place)
        self.files.write(place, content)
        return f"Wrote {len(content)} characters to {place}."

    def edit_file(
        self,
        path: PathText,
        old_text: Annotated[str, "stands in the file exactly once"],
        new_text: Annotated[str, "takes its place"],
    ) -> str:
        """Replace a piece of a text file."""
        place = self._file(path)
        text = self.files.read(place)
        times = text.count(old_text) if old_text else 0
        if times != 1:
            raise Refusal(f"old_text stands in {place} {times} times; give a piece that stands there once.")
        self.files.write(place, text.replace(old_text, new_text))
        return f"Edited {place}."

    def list_directory(
        self,
        path: Annotated[str, "a folder; the top without it"] = "",
        recursive: Annotated[bool, "go into the folders in it"] = False,
    ) -> str:
        """List a folder. The names of folders end with a slash."""
        place = normal(path)
        if self.files.kind(place) != "folder":
            raise Refusal(f"There is no folder {place or '/'}.")
        found: list[str] = []
        for entry in self._entries(place, recursive):
            if len(found) == MAX_LISTED:
                found.append("[more are left out]")
                break
            found.append(entry[len(place) + 1 if place else 0 :])
        return "\n".join(found) or "(empty)"

    def file_info(self, path: PathText) -> dict[str, Any]:
        """Whether a path is a file or a folder, its size in bytes, and when it was changed if that is kept here."""
        place = normal(path)
        kind = self.files.kind(place)
        if kind is None:
            raise Refusal(f"{place} does not exist.")
        return {"path": place or "/", "kind": kind, **self.files.about(place)}

    def create_directory(self, path: PathText) -> str:
        """Make a folder, with those above it."""
        place = normal(path)
        if self.files.kind(place) is not None:
            raise Refusal(f"{place or '/'} is there already.")
        self._check_no_file_above(place)
        self.files.make(place)
        return f"Made the folder {place}."

    def move_file(self, source: PathText, destination: PathText) -> str:
        """Move or rename a file or folder. There may be nothing at the destination yet."""
        old, new = normal(source), normal(destination)
        if not old or self.files.kind(old) is None:
            raise Refusal(f"There is no file or folder {old or '/'} that could be moved.")
        if not new or self.files.kind(new) is not None:
            raise Refusal(f"{new or '/'} is there already.")
        if new.startswith(f"{old}/"):
            raise Refusal("A folder cannot be moved into itself.")
        self._check_no_file_above(new)
        if self._is_folder(old):
            deepest = max((path.rstrip("/").count("/") for path in self._entries(old, recursive=True)), default=0)
            if deepest + new.count("/") - old.count("/") >= MAX_DEPTH:
                raise Refusal(f"No path goes through more than {MAX_DEPTH} folders.")
        self.files.move(old, new)
        return f"Moved {old} to {new}."

    def delete_file(self, path: PathText) -> str:
        """Delete a file, or a folder that is empty."""
        place = normal(path)
        kind = self.files.kind(place)
        if kind is None or not place:
            raise Refusal(f"There is no file {place or '/'}.")
        if kind == "folder" and self.files.names(place):
            raise Refusal(f"The folder {place} is not empty.")
        self.files.delete(place)
        return f"Deleted {place}."

    def search_files(
        self,
        pattern: Annotated[str, "shell pattern of the whole path, such as *.txt; * goes across folders"] = "*",
        text: Annotated[str, "piece of a line; without it the paths are listed"] = "",
    ) -> str:
        """Find files by their path, and the lines in them that hold a text."""
        if len(pattern) > MAX_PATTERN_CHARS:
            raise Refusal(f"No pattern is longer than {MAX_PATTERN_CHARS} characters.")
        matches = compiled(translate(pattern)).match
        found: list[str] = []
        for path in self._entries("", recursive=True):
            if path.endswith("/") or not matches(path):
                continue
            found.extend(self._lines_with(path, text) if text else [path])
            if len(found) > MAX_FOUND:
                return "\n".join([*found[:MAX_FOUND], "[more are left out]"])
        return "\n".join(found) or "Nothing was found."

    def _lines_with(self, path: str, text: str) -> list[str]:
        try:
            lines = self.files.read(path).splitlines()
        except Refusal:  # no text, or too large
            return []
        return [f"{path}:{n}: {line[:SHOWN_LINE_CHARS]}" for n, line in enumerate(lines, 1) if text in line]

    def _entries(self, folder: str, recursive: bool) -> Iterator[str]:
        """What is in a folder, each as a path from the top; folders end with a slash."""
        for name in self.files.names(folder):
            path = f"{folder}/{name}" if folder else name
            if not self._is_folder(path):
                yield path
                continue
            yield f"{path}/"
            if recursive:
                yield from self._entries(path, recursive)

    def _is_folder(self, path: str) -> bool:
        try:
            return self.files.kind(path) == "folder"
        except Refusal:  # a link
            return False

    def _file(self, path: str) -> str:
        """The path of a file that is there. Raises `Refusal` if it is not."""
        place = normal(path)
        kind = self.files.kind(place)
        if kind != "file":
            what = "is a folder" if kind else "does not exist"
            raise Refusal(f"{place or '/'} {what}.")
        return place

    def _check_is_no_folder(self, place: str) -> None:
        if self.files.kind(place) == "folder":
            raise Refusal(f"{place or '/'} is a folder.")
        self._check_no_file_above(place)

    def _check_no_file_above(self, place: str) -> None:
        for end in (index for index, letter in enumerate(place) if letter == "/"):
            if self.files.kind(place[:end]) == "file":
                raise Refusal(f"{place[:end]} is a file, not a folder.")
