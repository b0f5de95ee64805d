"""What one test of a program leaves in its process, taken away before the next: files, timers, handlers, seeds."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
from typing import Any

TIMERS = (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF)


def seed_generators() -> None:
    """Let the module-level generators begin alike in every program, as far as they are loaded."""
    random.seed(0)
    loaded: Any = sys.modules.get("numpy.random")
    if loaded is not None:
        loaded.seed(0)


class Handlers:
    """The signal handlers of a moment."""

    def __init__(self) -> None:
        self._handlers = {number: signal.getsignal(number) for number in signal.valid_signals()}

    def restore(self) -> None:
        """Go back to that moment, with no alarm under way."""
        for timer in TIMERS:
            signal.setitimer(timer, 0)
        for number, handler in self._handlers.items():
            if handler is not None and signal.getsignal(number) is not handler:
                signal.signal(number, handler)


def empty(folder: str) -> None:
    """Take away all that is in a folder. Raises `OSError` if something stays."""
    os.chmod(folder, 0o700)
    for entry in os.scandir(folder):
        if entry.is_dir(follow_symlinks=False):
            _open_up(entry.path)
            shutil.rmtree(entry.path)
        else:
            os.unlink(entry.path)


def _open_up(folder: str) -> None:
    """Give back the rights that a program may have taken from its folders."""
    os.chmod(folder, 0o700)
    for path, names, _ in os.walk(folder):
        for name in names:
            inner = os.path.join(path, name)
            if not os.path.islink(inner):
                os.chmod(inner, 0o700)
