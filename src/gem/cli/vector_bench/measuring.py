"""The measurements themselves: which sides take part, and whose turn it is.

For each kind and number of envs every side gets a worker; then they are asked in turn, ours, a peer, ours again ...
so that whatever else the machine does falls on all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from gem.cli.vector_bench.figures import Figures, Run
from gem.cli.vector_bench.peers import PeerMissing, peers, python_of
from gem.cli.vector_bench.side.work import LONGEST_S, loops_taking
from gem.cli.vector_bench.sides import CPU_STEP_S, NOT_COMPARED, OURS_RAY, SIDES, WAITING, task, why_not
from gem.cli.vector_bench.worker import Worker, WorkerFailed

WARM_UP_S = 0.2
PATIENCE = 6
"""Kinds that wait are measured so many times longer, for their longest waits to count."""

Say = Callable[[str], None]
Pythons = dict[str, Path | None]
"""The python of each side that takes part; None: ours."""
Workers = dict[str, tuple[Figures, Worker]]
"""By side."""


class Point(NamedTuple):
    """What is measured side by side."""

    kind: str
    num_envs: int


def points(kinds: Sequence[str], sizes: Sequence[int]) -> list[Point]:
    """The ones that somebody can do."""
    every = (Point(kind, size) for kind in kinds for size in sizes)
    return [point for point in every if any(why_not(side, *point) is None for side in SIDES)]


def taking_part(run: Run, with_peers: bool, say: Say) -> Pythons:
    """Install the peers; those that cannot be are noted in the run."""
    ready: Pythons = {side.name: None for side in SIDES if side.peer is None}
    if find_spec("ray") is None:
        del ready[OURS_RAY]
    for peer in peers().values() if with_peers else ():
        try:
            python = python_of(peer, say)
        except PeerMissing as error:
            run.notes.append(f"{peer.name} could not be installed: {error}")
        else:
            ready |= {side.name: python for side in SIDES if side.peer == peer.name}
    run.notes += [f"{name} is not compared: {why}." for name, why in NOT_COMPARED.items()] if with_peers else []
    return ready


class Measurer:
    """Fills a run, point by point."""

    def __init__(self, run: Run, pythons: Pythons, seconds: float, repeats: int, executor: str) -> None:
        self.run = run
        self._pythons = pythons
        self._seconds = seconds
        self._repeats = repeats
        self._executor = executor
        self._cpu_loops = loops_taking(CPU_STEP_S)

    def measure(self, point: Point, say: Say) -> None:
        """Everything at one point. After an interruption the run holds what has been measured."""
        workers: Workers = {}
        try:
            self._start(point, workers)
            say(f"{point.kind}, {point.num_envs} envs: making the vectors")
            for name in list(workers):
                self._open(name, workers)
            for repeat in range(self._repeats):
                for name in list(workers):
                    say(f"{point.kind}, {point.num_envs} envs, {name} ({repeat + 1} of {self._repeats})")
                    self._ask(name, workers, repeat)
        except BaseException:
            for _, worker in workers.values():
                worker.kill()
            raise
        finally:
            for _, worker in workers.values():
                worker.dismiss()
            for _, worker in workers.values():
                worker.close()

    def _start(self, point: Point, workers: Workers) -> None:
        """A worker for each side that takes part, all at once; the reason where there is none."""
        for side in SIDES:
            reason = why_not(side, *point)
            if side.name not in self._pythons or reason == "":
                continue
            figures = Figures(side.name, *point, skipped=reason)
            self.run.figures.append(figures)
            if reason is None:
                asked = task(side, *point, self._executor, self._cpu_loops)
                workers[side.name] = figures, Worker(asked, self._pythons[side.name])

    def _open(self, name: str, workers: Workers) -> None:
        figures, worker = workers[name]
        try:
            opened = worker.opened()
        except WorkerFailed as error:
            self._give_up(name, workers, error)
        else:
            figures.executor = opened["executor"]
            self.run.versions[name] = opened["versions"]

    def _ask(self, name: str, workers: Workers, repeat: int) -> None:
        figures, worker = workers[name]
        patient = figures.kind in WAITING
        seconds = self._seconds * (PATIENCE if patient else 1)
        try:
            figures.add(worker.measure(1000 * repeat, LONGEST_S if patient else WARM_UP_S, seconds))
        except WorkerFailed as error:
            self._give_up(name, workers, error)

    @staticmethod
    def _give_up(name: str, workers: Workers, error: WorkerFailed) -> None:
        figures, worker = workers.pop(name)
        figures.error = str(error)
        worker.kill()
        worker.close()
