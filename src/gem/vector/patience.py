"""How long to wait."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

CLOSING_S = 5.0
"""How long `close` waits for what is under way before it leaves it, or kills it."""


class Deadline:
    """A moment that many seconds from now; None: never. `clock` gives seconds."""

    def __init__(self, timeout_s: float | None, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._at_s = None if timeout_s is None else clock() + timeout_s

    def remaining_s(self, at_most: float | None = None) -> float | None:
        """Seconds to wait, never negative; None: as long as it takes."""
        left_s = None if self._at_s is None else max(0.0, self._at_s - self._clock())
        if left_s is None or at_most is None:
            return at_most if left_s is None else left_s
        return min(left_s, at_most)

    def passed(self) -> bool:
        """Whether the moment has come."""
        return self._at_s is not None and self._clock() >= self._at_s
