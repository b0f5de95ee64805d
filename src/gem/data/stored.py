"""The bytes of a data file, read by range: plain, or gzip by its name. Knows nothing of rows.

No file is held open or mapped: a reader opens, looks that the file is still the one that it knows, reads and closes.
So nothing needs closing, forks and threads share freely, and a file cut short meanwhile is an error, not a crash.
"""

from __future__ import annotations

import gzip
import io
import os
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from hashlib import file_digest
from pathlib import Path
from typing import BinaryIO, NamedTuple

from gem.data.rows import Source
from gem.errors import DataError, DataNotFound

BOM = b"\xef\xbb\xbf"
WIDE_BOMS = (b"\xff\xfe", b"\xfe\xff")
"""How files of UTF-16 and UTF-32 begin."""


class Stamp(NamedTuple):
    """What tells a file from what it was before: its size and the time of its last change."""

    size: int
    changed_ns: int


@contextmanager
def reading(path: Path, stamp: Stamp | None = None) -> Generator[BinaryIO]:
    """The open file. Raises `DataError` if it cannot be read, or has changed since `stamp`."""
    try:
        with path.open("rb", buffering=0) as file:
            if stamp is not None and stamp_of(file.fileno()) != stamp:
                raise DataError(f"{path} has changed since it was opened; open it anew")
            yield file  # pyright: ignore[reportReturnType]
    except FileNotFoundError:
        raise DataNotFound(f"{path}: there is no such file") from None
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path}: {getattr(error, 'strerror', None) or error}") from error


def stamp_of(file: int | Path) -> Stamp:
    """The stamp of a file, or of an open descriptor."""
    stat = os.stat(file)
    return Stamp(stat.st_size, stat.st_mtime_ns)


MAX_RATIO = 200
"""How much larger than itself a packed file may be: text packs to a tenth, a bomb to a thousandth."""
SMALL = 64 * 2**20
"""Bytes that any packed file may unpack to."""


class Stored:
    """The content of a file: on disk, or in memory if it is packed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.stamp = stamp_of(path)
        self._unpacked: bytes | None = None
        if path.suffix.lower() == ".gz":
            with reading(path, self.stamp) as file, gzip.open(file) as packed:
                most = max(SMALL, MAX_RATIO * self.stamp.size)
                self._unpacked = packed.read(most + 1)
                if len(self._unpacked) > most:
                    raise DataError(f"{path} unpacks to more than {MAX_RATIO} times its size")
        self.size = self.stamp.size if self._unpacked is None else len(self._unpacked)
        head = self.read(0, min(3, self.size))
        if head.startswith(WIDE_BOMS):
            raise DataError(f"{path} is UTF-16; data are read as UTF-8")
        self.start = len(BOM) if head == BOM else 0
        """Where the text begins, behind a byte order mark."""

    def read(self, start: int, stop: int) -> bytes:
        """The bytes of a range that lies in the file."""
        if self._unpacked is not None:
            return self._unpacked[start:stop]
        with reading(self.path, self.stamp) as file:
            file.seek(start)
            return file.read(stop - start)

    @contextmanager
    def open(self) -> Generator[BinaryIO]:
        """A buffered stream from the text's first byte on."""
        if self._unpacked is not None:
            stream = io.BytesIO(self._unpacked)
            stream.seek(self.start)
            yield stream
            return
        with reading(self.path, self.stamp) as raw, io.BufferedReader(raw, 1 << 20) as stream:  # pyright: ignore[reportArgumentType]
            stream.seek(self.start)
            yield stream

    def text(self, start: int, stop: int) -> str:
        """The same as `read`, decoded. Raises `DataError` with the line for what is not UTF-8."""
        return self.decoded(self.read(start, stop), start)

    def decoded(self, content: bytes, start: int) -> str:
        """The text of bytes that lie at `start`."""
        try:
            return content.decode("utf-8")
        except UnicodeDecodeError as error:
            line = self.line(start + error.start)
            raise DataError(f"{self.path}, line {line}: byte {start + error.start} is not UTF-8") from error

    def line(self, offset: int) -> int:
        """The number of the line at an offset, from 1; reads all that is before it."""
        with self.open() as stream:
            left, count = offset - self.start, 1
            while left > 0 and (block := stream.read(min(left, 1 << 20))):
                count += block.count(b"\n")
                left -= len(block)
        return count


class FileSource(Source):
    """Rows of one file: pickled as its path, hashed as its bytes."""

    def __init__(self, path: Path, stamp: Stamp) -> None:
        self.path = path
        self.stamp = stamp
        self._digest: str | None = None

    def __reduce__(self) -> tuple[object, ...]:
        from gem.data.files import reopened

        return reopened, (str(self.path), self.stamp.size)

    def folder(self, index: int) -> Path:
        del index  # all rows lie in one file
        return self.path.parent

    def digest(self) -> str:
        if self._digest is None:
            with reading(self.path, self.stamp) as file:
                self._digest = file_digest(file, "sha256").hexdigest()  # pyright: ignore[reportArgumentType]
        return self._digest
