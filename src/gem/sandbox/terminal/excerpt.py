"""The beginning and the end of a stream that may be endless. Keeps no more than it is told, whatever comes."""

from __future__ import annotations


class Excerpt:
    """What a command printed: its first and last bytes, half of `limit` each, and how many there were."""

    def __init__(self, limit: int) -> None:
        self._half = max(1, limit // 2)
        self._head = bytearray()
        self._tail = bytearray()
        self.size = 0
        """Bytes that came."""

    def add(self, data: bytes) -> None:
        """Take what was printed next."""
        self.size += len(data)
        room = self._half - len(self._head)
        self._head += data[:room]
        self._tail += data[max(room, 0) :]
        if len(self._tail) > 2 * self._half:
            del self._tail[: -self._half]

    @property
    def truncated(self) -> bool:
        """Whether some of it is missing."""
        return self.size > 2 * self._half

    def text(self) -> str:
        """As UTF-8, what is not UTF-8 replaced, with a line in the place of what is missing."""
        tail = self._tail[-self._half :]
        missing = self.size - len(self._head) - len(tail)
        if missing <= 0:
            return (self._head + tail).decode("utf-8", "replace")
        head, end = self._head.decode("utf-8", "replace"), tail.decode("utf-8", "replace")
        return f"{head}\n[... {missing} bytes are left out ...]\n{end}"
