"""Ctrl-C, held back for the moment in which a vector writes down what has happened.

Between a result's arrival and the note of it an interruption would lose the result, and somebody would wait for
it for ever. While a vector *waits*, Ctrl-C works as always.
"""

from __future__ import annotations

import signal
from threading import current_thread, main_thread
from types import FrameType, TracebackType
from typing import Any


class HeldBack:
    """`with HeldBack():` a Ctrl-C within has its effect at the end. Only the main thread is ever interrupted."""

    __slots__ = ("_came", "_usual")

    def __enter__(self) -> None:
        self._came: FrameType | None = None
        self._usual: Any = None
        if current_thread() is main_thread() and callable(usual := signal.getsignal(signal.SIGINT)):
            signal.signal(signal.SIGINT, self._note)
            self._usual = usual

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._usual is not None:
            signal.signal(signal.SIGINT, self._usual)
            if self._came is not None:
                self._usual(signal.SIGINT, self._came)

    def _note(self, number: int, frame: FrameType | None) -> None:
        del number
        self._came = frame
