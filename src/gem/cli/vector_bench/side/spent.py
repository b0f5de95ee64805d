"""Processor time of this process and of all processes below it, while they live."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

PROC = Path("/proc")
TICKS_PER_S = os.sysconf("SC_CLK_TCK")


def cpu_seconds() -> float | None:
    """Seconds since each of them began; None where there is no `/proc` to ask."""
    if not (PROC / "self" / "stat").exists():
        return None
    return time.process_time() + sum(_seconds(fields) for _, fields in _descendants())


def descendants() -> list[int]:
    """The process ids of everything that this process, or what it started, has started."""
    return [pid for pid, _ in _descendants()]


def _descendants() -> Iterator[tuple[int, list[str]]]:
    found = {int(entry.name): fields for entry in PROC.iterdir() if entry.name.isdigit() if (fields := _stat(entry))}
    children: dict[int, list[int]] = {}
    for pid, fields in found.items():
        children.setdefault(int(fields[1]), []).append(pid)
    waiting = children.get(os.getpid(), [])
    while waiting:
        pid = waiting.pop()
        yield pid, found[pid]
        waiting += children.get(pid, [])


def _stat(process: Path) -> list[str]:
    """The fields of `stat` from the state on, see proc(5); none if the process is gone."""
    try:
        return (process / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _seconds(fields: list[str]) -> float:
    user, system = fields[11:13]
    return (int(user) + int(system)) / TICKS_PER_S
