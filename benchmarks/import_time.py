"""CPU time of `import gem`, ours and the peer's, beside `import numpy` and the bare interpreter.

Each figure is user plus system time of a whole fresh process, with warm file caches and compiled bytecode. Bar: ours
costs at most 1.3 times `import numpy`, interpreter start included; the ratio without it is shown too. It does not
say which module the time goes to: `python -X importtime -c "import gem"` does.
"""

import argparse
import os
import subprocess
import tempfile
from pathlib import Path
from statistics import median

from paired import Comparison, report, spread, table, write_json
from peer import worker_environment
from run_options import machine, parse, parser
from worker_process import worker_pair

STATEMENTS = {"start": "pass", "numpy": "import numpy", "gem": "import gem"}
TIMES_NUMPY = 1.3
HEADERS = (
    "what",
    "first",
    "second",
    "first/second",
    "ratio min..max",
    "best/best",
    "second/first",
    "pairs",
    "bar",
    "met",
)
Times = dict[tuple[str, str], list[float]]
"""CPU milliseconds by side and statement, one figure per round."""


def process_cpu_ms(python: Path, statement: str) -> float:
    """User plus system time of one child process that only runs the statement."""
    child = subprocess.Popen([python, "-c", statement], cwd=tempfile.gettempdir(), stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError(f"{python} -c {statement!r} ended with status {child.returncode}")
    return (usage.ru_utime + usage.ru_stime) * 1000


def measure(pythons: dict[str, Path], rounds: int) -> Times:
    """All six figures in every round, in turns forwards and backwards; the round before the first warms the caches."""
    times: Times = {(side, name): [] for side in pythons for name in STATEMENTS}
    for number in range(rounds + 1):
        for side, name in list(times)[:: 1 if number % 2 else -1]:
            spent = process_cpu_ms(pythons[side], STATEMENTS[name])
            if number:
                times[side, name].append(spent)
    return times


def comparisons(times: Times) -> list[Comparison]:
    """Each line names its two figures; what stands second is mostly numpy."""
    net = {key: _minus(values, times[key[0], "start"]) for key, values in times.items()}
    return [
        Comparison("ours / numpy, whole process", "ms", times["ours", "gem"], times["ours", "numpy"], TIMES_NUMPY),
        Comparison("ours / numpy, start subtracted", "ms", net["ours", "gem"], net["ours", "numpy"]),
        Comparison("peer / its numpy, whole process", "ms", times["peer", "gem"], times["peer", "numpy"]),
        Comparison("peer / its numpy, start subtracted", "ms", net["peer", "gem"], net["peer", "numpy"]),
        Comparison("ours / peer, whole process", "ms", times["ours", "gem"], times["peer", "gem"]),
    ]


def _minus(values: list[float], start: list[float]) -> list[float]:
    """The median start is taken off, not each round's: two noisy figures would make a noisier one."""
    return [value - median(start) for value in values]


def raw_table(times: Times) -> str:
    """The six figures that all ratios are made of."""
    rows = [[STATEMENTS[name], *(spread(times[side, name], "ms") for side in ("ours", "peer"))] for name in STATEMENTS]
    return table(("CPU of `python -c`", "our environment", "the peer's environment"), rows)


def run(options: argparse.Namespace) -> None:
    """Measure, print, and write the figures down where asked to."""
    with worker_pair(options.ours, options.peer, worker_environment()) as workers:
        head = machine(*(worker.ask("versions") for worker in workers))
    times = measure({"ours": options.ours, "peer": options.peer}, options.repeats)
    lines = comparisons(times)
    notes = f"{head}\n\n{raw_table(times)}"
    print(report("Import: CPU milliseconds of a process", notes, lines, HEADERS), flush=True)
    if options.json:
        raw = {f"{side} {name}": values for (side, name), values in times.items()}
        write_json(options.json, "import_time", lines, machine=head, processes_ms=raw)


if __name__ == "__main__":
    run(parse(parser(__doc__ or "", repeats=21)))
