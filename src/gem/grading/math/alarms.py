"""Time limits by the alarm signal, which the main thread of a process alone can have. Graders need none."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from types import FrameType, TracebackType
from typing import Any

AT_ONCE_S = 1e-6
"""An alarm after no time would be none."""


class TimeoutException(Exception):
    """The time was up."""


class timeout:  # noqa: N801 - its name in use
    """Raises `TimeoutException` in the block if it takes longer; in other threads than the main one it does nothing.

    An alarm that was set before goes on after the block; if it was due meanwhile, it goes off at its end.
    """

    def __init__(self, seconds: float = 1, error_message: str = "Timeout") -> None:
        self.seconds, self.error_message = seconds, error_message
        self._works = False
        self._before: Any = None
        self._due_at: float | None = None
        """When the alarm goes off that was set before."""

    def __enter__(self) -> None:
        self._works = threading.current_thread() is threading.main_thread()
        if self._works:
            self._before = signal.signal(signal.SIGALRM, self.handle_timeout)
            left_s, _ = signal.setitimer(signal.ITIMER_REAL, self.seconds)
            self._due_at = time.monotonic() + left_s if left_s else None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._works:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, self._before)
            if self._due_at is not None:
                signal.setitimer(signal.ITIMER_REAL, max(self._due_at - time.monotonic(), AT_ONCE_S))

    def handle_timeout(self, signum: int, frame: FrameType | None) -> None:
        """What the signal does."""
        del signum, frame
        raise TimeoutException(self.error_message)


def run_with_timeout_signal(
    func: Callable[..., Any],
    args: Sequence[Any] = (),
    kwargs: Mapping[str, Any] | None = None,
    timeout_seconds: float = 5,
) -> Any:
    """What a function returns; None if it takes longer. In other threads than the main one it takes what it takes."""
    try:
        with timeout(timeout_seconds):
            return func(*args, **(kwargs or {}))
    except TimeoutException:
        return None
