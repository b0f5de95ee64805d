"""What is known of a server beside its messages, for those who are to understand why it failed."""

from __future__ import annotations

import asyncio
import os

MAX_WORDS = 2000
"""Characters of a server's stderr that an error quotes."""
READ_AT_ONCE = 1 << 16
MAX_DRAINED = 1 << 22


class LastWords:
    """A pipe for the stderr of a process, of which the end is kept; the process never waits for us to read."""

    def __init__(self) -> None:
        self._reading, writing = os.pipe()
        os.set_blocking(self._reading, False)
        self.file = os.fdopen(writing, "w")
        """For the process."""
        self._tail = b""
        self._open = True
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._reading, self._take)

    def read(self) -> str:
        """The last lines that were written until now."""
        for _ in range(MAX_DRAINED // READ_AT_ONCE):
            if not self._take():
                break
        text = self._tail.decode(errors="replace").strip()
        return text if len(text) <= MAX_WORDS else "… " + text[-MAX_WORDS:]

    def close(self) -> None:
        """Read what is there, and no more; safe to call twice."""
        self.file.close()
        self.read()
        self._stop()

    def _take(self) -> bool:
        """Whether there was something."""
        if not self._open:
            return False
        try:
            data = os.read(self._reading, READ_AT_ONCE)
        except BlockingIOError:
            return False
        if not data:
            self._stop()
        self._tail = (self._tail + data)[-4 * MAX_WORDS :]
        return bool(data)

    def _stop(self) -> None:
        if self._open:
            self._open = False
            self._loop.remove_reader(self._reading)
            os.close(self._reading)


class Evidence:
    """Collected by transports. As a text it is the end of an error message; empty if there is none."""

    def __init__(self) -> None:
        self.http: str | None = None
        """The last answer that was a refusal or none of the protocol's, such as "HTTP 404 Not Found (text/html)"."""
        self.stray: str | None = None
        """The last line of a process's output that was no message."""
        self.exit_code: int | None = None
        """Of a process that ended; below 0 the signal that ended it."""
        self.last_words: LastWords | None = None
        self.is_hung = False
        """Whether a process has shown that it listens no more: it is given no time to end."""

    def __str__(self) -> str:
        words = "" if self.last_words is None else self.last_words.read()
        parts = [
            self.http,
            self.stray and f"it wrote what is no message of the protocol: {self.stray}",
            None if self.exit_code is None else f"exit code {self.exit_code}",
            words and f"its stderr ended with:\n{words}",
        ]
        return "".join(f"; {part}" for part in parts if part)
