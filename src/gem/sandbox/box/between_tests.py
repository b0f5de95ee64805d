"""What one test of a program leaves in its process, put right before the next: timers, handlers, seeds."""

from __future__ import annotations

import random
import signal
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

SIGNALS = sorted(int(number) for number in signal.valid_signals())
getsignal: Callable[[int], Any] = import_module("_signal").getsignal
"""`signal.getsignal` without its enumerations, which would cost more than all the rest."""
TIMERS = (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF)


SEEDED = random.Random(0).getstate()
"""The state in which the module-level generator begins."""


def seed_generators() -> None:
    """Let the module-level generators begin alike in every program, as far as they are loaded."""
    random.setstate(SEEDED)
    loaded: Any = sys.modules.get("numpy.random")
    if loaded is not None:
        loaded.seed(0)


class Handlers:
    """The signal handlers of a moment."""

    def __init__(self) -> None:
        self._handlers = [(number, getsignal(number)) for number in SIGNALS]

    def restore(self) -> None:
        """Go back to that moment, with no alarm under way."""
        for timer in TIMERS:
            signal.setitimer(timer, 0)
        for number, handler in self._handlers:
            if handler is not None and getsignal(number) is not handler:
                signal.signal(number, handler)
