"""What passes between host and driver, as values: limits one way, and results the other.

A program may have got hold of its driver, so what a driver says is believed in form only after a check.
"""

from __future__ import annotations

import json
import math
import signal
from dataclasses import dataclass, field
from typing import Any

from gem.sandbox.limits import Limits
from gem.sandbox.result import LimitName, Result, Status, kept

MAX_PARTS = 2
"""stdout and stderr."""


class ChildLost(Exception):
    """The box ended, or said what no driver says; the message tells what it complained of."""


class ChildSilent(Exception):
    """The box has not answered in time."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the driver."""

    event: str
    fields: dict[str, Any]
    parts: list[bytes] = field(default_factory=list[bytes])


def message_of(line: bytes, largest: int) -> tuple[Message, list[int]]:
    """A message without its parts, and their sizes, each at most `largest`. Raises `ChildLost` for anything else."""
    try:
        fields: dict[str, Any] = json.loads(line)
        event, sizes = fields.pop("event"), fields.pop("parts")
        sound = len(sizes) <= MAX_PARTS and all(isinstance(size, int) and 0 <= size <= largest for size in sizes)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ChildLost(f"the box does not keep to the protocol: {error}") from None
    if not sound:
        raise ChildLost("the box does not keep to the protocol: parts of these sizes were never asked for")
    return Message(str(event), fields), list(sizes)


def bounds(limits: Limits) -> dict[str, object]:
    """The limits as the driver reads them."""
    return {
        "timeout_s": limits.timeout_s,
        "cpu_s": math.ceil(limits.cpu_s or 0),
        "memory_mb": limits.memory_mb,
        "output_kb": limits.output_kb,
        "disk_mb": limits.disk_mb,
        "open_files": limits.open_files,
    }


def result_of(message: Message, limits: Limits) -> Result:
    """What the driver's last word on a program or a cell says. Raises `ChildLost` if it makes no sense."""
    try:
        (stdout, more_out), (stderr, more_err) = (kept(part, limits.output_kb * 1024) for part in message.parts)
        exit_code = message.fields.get("exit_code")
        if exit_code is not None:  # under the filter of system calls, a SIGKILL to oneself arrives as SIGSYS
            exit_code = int(exit_code) if exit_code != -signal.SIGSYS else -signal.SIGKILL.value
            exit_code = max(-255, min(exit_code, 255))  # it may be the program's word
        timed_out, cpu_s, rss_kb = (_number(message, name) for name in ("timed_out", "cpu_s", "rss_kb"))
        wall_s = _number(message, "wall_s") or 0.0
    except (ValueError, TypeError, OverflowError) as error:
        raise ChildLost(f"the box does not keep to the protocol: {error}") from None
    status = "timeout" if timed_out else _status(exit_code)
    truncated = more_out or more_err
    return Result(
        status=status,
        stdout=stdout,
        stderr=stderr,
        exit_code=exit_code,
        truncated=truncated,
        limit_hit=_limit_hit(status, exit_code, stderr, truncated),
        wall_s=wall_s,
        cpu_s=cpu_s,
        rss_mb=None if rss_kb is None else rss_kb / 1024,
    )


def _number(message: Message, name: str) -> float | None:
    value = message.fields.get(name)
    if value is None:
        return None
    if not math.isfinite(value):
        raise ValueError(f"{name} is {value}")
    return float(value)


def _status(exit_code: int | None) -> Status:
    if exit_code == 0:
        return "ok"
    return "killed" if exit_code is not None and exit_code < 0 else "error"


def _limit_hit(status: Status, exit_code: int | None, stderr: str, truncated: bool) -> LimitName | None:
    """What stopped it, as its ending and its last words tell."""
    last_words = stderr.rstrip().rpartition("\n")[2]
    if status == "timeout":
        return "time"
    if exit_code == -signal.SIGXCPU:
        return "cpu"
    if status == "error" and "MemoryError" in last_words:
        return "memory"
    if truncated:
        return "output"
    if status == "error" and last_words.startswith(("OSError: [Errno 27]", "OSError: [Errno 28]")):
        return "disk"
    return None
