"""The measurements themselves: which contestants take part, and whose turn it is.

In every repeat each row is measured once; in every turn of a row each contestant is asked, one after the other, so
that whatever else the machine does falls on all. Between two turns there is a moment in which a contestant makes
ready for its next program, so that it does not do so in the time of another.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from gem.cli.sandbox_bench.figures import Run
from gem.cli.sandbox_bench.rows import BARE, CONTESTANTS, OURS, RELEASED, Row, turn_of, why_not
from gem.cli.sandbox_bench.worker import JobFailed, Worker, WorkerEnded
from gem.cli.vector_bench.peers import MARKER, PeerMissing, home, peers, python_of

SETTLING_S = 0.03

Say = Callable[[str], None]
Pythons = dict[str, Path | None]
"""The python of each contestant that takes part; None: ours."""


def taking_part(run: Run, install: bool, without: bool, say: Say) -> Pythons:
    """The contestants; the released GEM is there if it was installed, which `install` does."""
    ready: Pythons = {OURS: None}
    peer = peers()[RELEASED]
    python = home() / peer.name / "bin" / "python"
    try:
        if install:
            ready[RELEASED] = python_of(peer, say)
        elif python.exists() and (home() / peer.name / MARKER).exists() and not without:
            ready[RELEASED] = python
        elif not without:
            run.notes.append(
                "The released GEM is not here to compare with: --peer installs it, in a folder of its own."
            )
    except PeerMissing as error:
        run.notes.append(f"{peer.name} could not be installed: {error}")
    ready[BARE] = None
    return ready


class Measurer:
    """Fills a run, repeat by repeat; closes its workers as a context manager."""

    def __init__(self, run: Run, pythons: Pythons, backend: str, quick: bool) -> None:
        self.run = run
        self._quick = quick
        self._workers = {name: Worker(CONTESTANTS[name], backend, python) for name, python in pythons.items()}

    def __enter__(self) -> Measurer:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        for worker in self._workers.values():
            if kind is not None:
                worker.kill()
            worker.close()

    def open(self) -> None:
        """Wait for every contestant; one that cannot run is left out, and noted."""
        for name, worker in list(self._workers.items()):
            try:
                opened = worker.opened()
            except JobFailed as error:
                self.run.notes.append(f"{name} could not be measured: {error}")
                self._drop(name)
            else:
                self.run.levels[name], self.run.versions[name] = opened["level"], opened["versions"]

    def repeat(self, rows: Sequence[Row], say: Say) -> None:
        """Every row once."""
        for row in rows:
            for turn in range(1 if self._quick else row.turns):
                for name in list(self._workers):
                    if why_not(row, name) is None:
                        say(f"{row.title}: {name}")
                        self._ask(row, name, first=turn == 0)

    def _ask(self, row: Row, name: str, first: bool) -> None:
        figures = self.run.start(row.name, name)
        if figures.error:
            return
        if first:
            figures.repeats_ms.append([])
        try:
            answer = self._workers[name].do(turn_of(row, name, self._quick))
        except JobFailed as error:
            figures.error = str(error)
            if isinstance(error, WorkerEnded):
                self._drop(name)
            return
        figures.repeats_ms[-1] += [1e3 * seconds for seconds in answer["seconds"]]
        figures.wrong += answer["wrong"]
        time.sleep(SETTLING_S)

    def _drop(self, name: str) -> None:
        worker = self._workers.pop(name)
        worker.kill()
        worker.close()
