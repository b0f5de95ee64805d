"""The service filesystem: a scratch folder, filled anew for each episode with the files of the task's category."""

from __future__ import annotations

import os
import shutil
import struct
import tempfile
import time
import weakref
import zipfile
from collections.abc import Sequence
from pathlib import Path

from gem.envs.mcpmark.layout import FILES_ROOT, FILES_SCRATCH, MarkTask
from gem.errors import DataError, DataNotFound
from gem.mcp.protocol import ToolSource
from gem.mcp.servers import FilesServer, Folder

STORE = "https://storage.mcpmark.ai/filesystem"
"""Where MCPMark keeps the files of its categories, as NAME.zip."""
EXTENDED_TIMESTAMP = 0x5455
"""The kind of an archive's extra field that holds a time in UTC, to the second."""


class FilesystemService:
    """A scratch folder of one env's own. Its path stays the same, so that a server may be rooted there."""

    def __init__(self, checkout: Path, tasks: Sequence[MarkTask]) -> None:
        named = os.environ.get(FILES_ROOT)
        self.places = [Path(named).expanduser()] if named else []
        self.places.append(checkout / "test_environments")
        for category in {task.category: None for task in tasks}:
            self._source(category)
        self.scratch = Path(tempfile.mkdtemp(prefix="gem-mcpmark-")).resolve()
        self._removal = weakref.finalize(self, shutil.rmtree, self.scratch, True)

    def begin(self, task: MarkTask) -> None:
        """Fill the scratch folder for a task. Raises `OSError` if it can't be."""
        for entry in self.scratch.iterdir():
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()
        source = self._source(task.category)
        if source.is_dir():
            shutil.copytree(source, self.scratch, symlinks=True, dirs_exist_ok=True)
        else:
            self._unpack(source, task.category)

    def source(self) -> ToolSource:
        """Our own files server."""
        return FilesServer(Folder(self.scratch))

    def environ(self) -> dict[str, str]:
        """What scripts read."""
        return {FILES_SCRATCH: str(self.scratch)}

    def close(self) -> None:
        """Remove the scratch folder."""
        self._removal()

    def _source(self, category: str) -> Path:
        """Where the files of a category are. Raises `DataNotFound` with where to get them."""
        for place in self.places:
            for path in (place / category, place / f"{category}.zip"):
                if path.exists():
                    return path
        raise DataNotFound(
            f"the files of {category!r} are not here; get {STORE}/{category}.zip and put it into {self.places[0]}"
        )

    def _unpack(self, archive: Path, category: str) -> None:
        """What the archive holds, without a folder around it that is named for the category."""
        try:
            with zipfile.ZipFile(archive) as packed, tempfile.TemporaryDirectory(dir=self.scratch.parent) as aside:
                _extract(packed, aside)
                inner = Path(aside) / category
                shutil.copytree(inner if inner.is_dir() else aside, self.scratch, dirs_exist_ok=True)
        except zipfile.BadZipFile as error:
            raise DataError(f"{archive} is no zip archive: {error}") from error


def _extract(packed: zipfile.ZipFile, place: str) -> None:
    """Unpack an archive, and give everything the time at which it was changed, which tasks ask for."""
    made = [(packed.extract(entry, place), _changed(entry)) for entry in packed.infolist()]
    for path, at in made:
        os.utime(path, (at, at))


def _changed(entry: zipfile.ZipInfo) -> float:
    """When a file was changed: by the extended timestamp, or else by the local time that every entry has."""
    extra = entry.extra
    while len(extra) >= 9:
        kind, size, flags, at = struct.unpack_from("<HHBi", extra)
        if kind == EXTENDED_TIMESTAMP and flags & 1:
            return float(at)
        extra = extra[4 + size :]
    return time.mktime((*entry.date_time, 0, 0, -1))
