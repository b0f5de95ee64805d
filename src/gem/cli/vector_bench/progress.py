"""How far a run is: a bar on a terminal that has `rich`, else a line on standard error for each measurement."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Self


class Progress:
    """Knows the number of points, and shows what is measured now."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._done = 0
        self._bars: Any = None
        self._task: Any = None

    def __enter__(self) -> Self:
        if sys.stderr.isatty() and find_spec("rich") is not None:
            rich: Any = import_module("rich.progress")
            console: Any = import_module("rich.console").Console(stderr=True)
            columns = (rich.BarColumn(bar_width=24), rich.MofNCompleteColumn(), rich.TextColumn("{task.description}"))
            self._bars = rich.Progress(*columns, rich.TimeElapsedColumn(), console=console, transient=True)
            self._task = self._bars.add_task("", total=self._total)
            self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bars is not None:
            self._bars.stop()

    def show(self, what: str) -> None:
        """What is measured now."""
        if self._bars is not None:
            self._bars.update(self._task, description=what)
        else:
            print(f"[{self._done}/{self._total}] {what}", file=sys.stderr, flush=True)

    def say(self, text: str) -> None:
        """A line that stays."""
        if self._bars is not None:
            self._bars.console.print(text)
        else:
            print(text, file=sys.stderr, flush=True)

    def advance(self) -> None:
        """One point more is done."""
        self._done += 1
        if self._bars is not None:
            self._bars.advance(self._task)
