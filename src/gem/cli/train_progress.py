"""Progress of a training run in a terminal: bars where there is one, plain lines where there isn't."""

from __future__ import annotations

from time import monotonic
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars
from rich.table import Column

from gem.train.watch import Watcher

SHOWN = {
    "success": "success {:.2f}",
    "turns": "turns {:.2f}",
    "format_errors": "format errors {:.2f}",
    "entropy": "entropy {:.2f}",
    "cloning_loss": "loss {:.2f}",
}
SMOOTHING = 0.9
"""Weight of the past in the figures of the bar."""
PLAIN_INTERVAL_S = 10.0


class Progress(Watcher):
    """A bar for each phase, with its figures, smoothed."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console()
        columns = (
            TextColumn("{task.description:<17}"),
            BarColumn(bar_width=16),
            MofNCompleteColumn(table_column=Column(min_width=9)),
            TimeRemainingColumn(table_column=Column(min_width=7)),
            TextColumn("{task.fields[figures]}", table_column=Column(no_wrap=True)),
        )
        self._bars = Bars(*columns, console=self._console, disable=not self._console.is_terminal)
        self._tasks: dict[str, TaskID] = {}
        self._smooth_of: dict[str, dict[str, float]] = {}
        self._phase, self._total, self._spoke = "", 0, 0.0
        self._smooth: dict[str, float] = {}
        self._stop = False

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    @property
    def stop(self) -> bool:
        """Whether Ctrl-C asked the run to save and end."""
        return self._stop

    @property
    def can_stop(self) -> bool:
        """Whether there is an iteration to finish and a state to save."""
        return self._phase in ("training", "evaluation")

    def ask_to_stop(self) -> None:
        """Remember that the user wants to stop."""
        self._stop = True
        self._console.print("Saving after this iteration. Ctrl-C again stops at once.")

    def begin(self, phase: str, total: int) -> None:
        """Start the bar of a phase, or go on with it where it was left for another one."""
        if phase in self._tasks:
            self._bars.update(self._tasks[phase], total=total)
        else:
            self._tasks[phase] = self._bars.add_task(phase, total=total, figures="")
        self._smooth = self._smooth_of.setdefault(phase, {})
        self._phase, self._total, self._spoke = phase, total, monotonic()

    def step(self, done: int, facts: dict[str, float]) -> None:
        """Move the bar; without a terminal, say something every ten seconds and at the end."""
        weight = SMOOTHING if self._phase in ("training", "warm start") else 0.0
        for name in SHOWN.keys() & facts.keys():
            self._smooth[name] = weight * self._smooth.get(name, facts[name]) + (1 - weight) * facts[name]
        figures = "  ".join(form.format(self._smooth[name]) for name, form in SHOWN.items() if name in self._smooth)
        if self._phase in self._tasks:
            self._bars.update(self._tasks[self._phase], completed=done, figures=figures)
        if self._bars.disable and (done == self._total or monotonic() - self._spoke > PLAIN_INTERVAL_S):
            self._spoke = monotonic()
            self._console.print(f"{self._phase} {done}/{self._total}  {figures}", soft_wrap=True)

    def say(self, text: str) -> None:
        """A line above the bars."""
        self._console.print(text)
