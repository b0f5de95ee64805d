"""A machine as part of what an env remembers: copied as files, started when it is used."""

from __future__ import annotations

from typing import Any, Self

from gem.sandbox import Limits, Result
from gem.sandbox.terminal import Snapshot, Terminal


class HeldMachine:
    """A machine that starts at its first command, at the moment of `start`, and ends with the last who remembers it.

    A copy is no second machine, but the files and variables of this one: it costs no process until it is used, and
    can be written down.
    """

    def __init__(self, limits: Limits | None, rootfs: str | None, start: Snapshot | None = None) -> None:
        self.limits, self.rootfs, self.start = limits, rootfs, start
        self._terminal: Terminal | None = None

    def run(self, command: str, timeout_s: float) -> Result:
        """Let its shell run `command`. Raises `SandboxUnavailable` if the machine cannot be started."""
        if self._terminal is None:
            self._terminal = Terminal(limits=self.limits, rootfs=self.rootfs, start=self.start)
            self.start = None
        return self._terminal.run(command, timeout_s)

    def close(self) -> None:
        """End it; safe to call twice."""
        if self._terminal is not None:
            self._terminal.close()

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """One at the same moment, without the processes."""
        del memo
        return type(self)(*self._moment())

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), self._moment()

    def _moment(self) -> tuple[Limits | None, str | None, Snapshot | None]:
        start = self.start if self._terminal is None else self._terminal.snapshot()
        return self.limits, self.rootfs, start
