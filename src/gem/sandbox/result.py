"""What came of a program: whatever it did, it is one of these. Nothing here judges it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Status = Literal["ok", "error", "timeout", "killed", "unavailable"]
"""How it ended: by itself with exit code 0; with another code (an uncaught exception gives 1); stopped at its
time limit; by a signal; or not at all, since the sandbox itself failed, which is no fault of the program."""

LimitName = Literal["time", "cpu", "memory", "output", "disk", "processes"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one program, or one cell of a session, printed and how it ended."""

    status: Status
    stdout: str = ""
    """Decoded as UTF-8, what is not UTF-8 replaced; at most `Limits.output_kb`."""
    stderr: str = ""
    """The same for stderr; where `status` is "unavailable", why."""
    exit_code: int | None = None
    """As the shell counts: 0 for success, minus the signal's number for a program killed by one; None if not known."""
    truncated: bool = False
    """Whether it printed more than is kept."""
    limit_hit: LimitName | None = None
    """The bound that it ran into, as far as the sandbox can tell."""
    wall_s: float = 0.0
    """Seconds from the program's start to its end."""
    cpu_s: float | None = None
    """Seconds of processor time, if the backend counts them."""
    rss_mb: float | None = None
    """Its largest resident memory in MiB, if the backend counts it."""

    @property
    def ok(self) -> bool:
        """Whether it ended by itself, with exit code 0."""
        return self.status == "ok"

    @property
    def timed_out(self) -> bool:
        """Whether its time limit ended it."""
        return self.status == "timeout"


def unavailable(why: str) -> Result:
    """The sandbox could not run the program."""
    return Result(status="unavailable", stderr=why)


def kept(output: bytes, limit: int) -> tuple[str, bool]:
    """The first `limit` bytes as text, and whether there were more."""
    return output[:limit].decode("utf-8", "replace"), len(output) > limit
