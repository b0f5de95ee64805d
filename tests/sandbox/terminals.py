"""Small machines for tests: what they get, and whether this host gives any."""

from __future__ import annotations

import os
import time
from functools import cache

import psutil

from gem.errors import SandboxUnavailable
from gem.sandbox import Limits
from gem.sandbox.terminal.box import Box
from gem.sandbox.terminal.machine import best_rung

SMALL = Limits(timeout_s=10, memory_mb=512, output_kb=16, disk_mb=8, files=2000, open_files=128, processes=16)


def reason_for_none():
    try:
        best_rung(os.geteuid(), False)
    except SandboxUnavailable as error:
        return str(error)
    return ""


NONE_HERE = reason_for_none()
"""Why this host gives no machine; "" if it does."""


@cache
def reason_against(rung):
    """Why it gives none of this kind."""
    try:
        Box(rung, SMALL, None).close()
    except SandboxUnavailable as error:
        return str(error)
    return ""


def out(terminal, command, **options):
    """What a command printed that must succeed."""
    result = terminal.run(command, **options)
    assert result.ok, result
    return result.stdout


def processes_below():
    """Every process that descends from this one."""
    return {process.pid for process in psutil.Process().children(recursive=True)}


def open_files():
    return len(os.listdir("/proc/self/fd"))


def wait_until(true, timeout_s=10):
    deadline = time.monotonic() + timeout_s
    while not true():
        assert time.monotonic() < deadline
