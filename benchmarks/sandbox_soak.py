"""A hundred thousand programs of all kinds through one sandbox: do memory, descriptors, processes, files stay flat?

    python benchmarks/sandbox_soak.py --out /tmp/soak.json &        # --execs N, --callers N, --backend NAME

Programs end well, fail, run into every limit, kill themselves, keep sessions, are judged on tests. Each answer is
checked. A line and a sample for every `SAMPLE_EVERY` of them; the file is written anew each time, so that an
interrupted run still tells. The verdict: what a straight line through the samples grows by from end to end, beyond
the first tenth; and what is left after `close`. Programs and sessions are counted, not the cells and tests of one.
"""

import argparse
import gc
import json
import os
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from random import Random

from gem import sandbox
from gem.cli.vector_bench.side.spent import descendants
from gem.sandbox import Limits, Result, Sandbox

SAMPLE_EVERY = 1000
LIMITS = Limits(timeout_s=20, memory_mb=64, output_kb=64, disk_mb=4)
SLACK = {"host_mb": 8.0, "below_mb": 8.0, "descriptors": 4, "threads": 2, "processes": 4, "mounts": 0, "files": 8}
"""What may be gained from end to end, by the straight line; a few programs are under way at each sample."""
OF_THE_WHOLE_MACHINE = ("shm", "tasks")
"""Shown, not judged: others use them too."""

Check = Callable[[Sandbox], bool]
"""Does one thing with the sandbox, and says whether the answer was right."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What is held after so many programs."""

    execs: int
    execs_per_s: float
    host_mb: float
    """Resident memory of this process."""
    below_mb: float
    """Of all processes below it: what is shared between them counts once (PSS), where the kernel tells."""
    descriptors: int
    threads: int
    processes: int
    """Below this one."""
    mounts: int
    files: int
    """Below the temporary folder, which is this run's own."""
    shm: int
    tasks: int


def ends(code: str, wanted: str, stdin: str = "", stdout: str | None = None, timeout_s: float | None = None) -> Check:
    """A program that ends with this status."""

    def check(box: Sandbox) -> bool:
        result = box.run(code, stdin, timeout_s)
        return result.status == wanted and stdout in (None, result.stdout)

    return check


def floods(box: Sandbox) -> bool:
    """More output than is kept: cut off, however the program took it."""
    result = box.run("for _ in range(400): print('x' * 1000)")
    return result.truncated or result.limit_hit == "output"


def exceeds(code: str) -> Check:
    """A program that a bound keeps from ending well."""
    return lambda box: box.run(code).status in ("error", "killed")


def keeps_state(box: Sandbox) -> bool:
    """Three cells, one of which fails."""
    with box.session(LIMITS) as session:
        results: list[Result] = [session.cell(code) for code in ("x = 20", "1 / 0", "print(x + 1)")]
    return [each.status for each in results] == ["ok", "error", "ok"] and results[-1].stdout == "21\n"


def loses_a_session(box: Sandbox) -> bool:
    """A cell that does not stop, and a session that is left without being closed in time."""
    with box.session(LIMITS) as session:
        return session.cell("while True: pass", timeout_s=0.02).timed_out


def judges(isolation: str) -> Check:
    """Five tests of one program, the last of which fails."""

    def check(box: Sandbox) -> bool:
        inputs = ["1", "2", "3", "4", "no"]
        results = box.run_tests("print(int(input()) ** 2)", inputs, isolation=isolation)
        return [each.status for each in results] == ["ok"] * 4 + ["error"]

    return check


MIX: dict[str, tuple[int, Check]] = {
    "ok": (52, ends("print(sum(range(1000)))", "ok", stdout="499500\n")),
    "stdin": (10, ends("print(input()[::-1])", "ok", stdin="abc", stdout="cba\n")),
    "files": (5, ends("open('a', 'w').write('x' * 9999); print(len(open('a').read()))", "ok", stdout="9999\n")),
    "threads": (3, ends("import threading as t; a = t.Thread(target=print); a.start(); a.join()", "ok", stdout="\n")),
    "error": (8, ends("raise ValueError('x' * 5000)", "error")),
    "syntax": (2, ends("def (:", "error")),
    "exit": (3, ends("import sys; sys.exit(3)", "error")),
    "timeout": (4, ends("while True: pass", "timeout", timeout_s=0.02)),
    "kill": (2, ends("import os; os.kill(os.getpid(), 9)", "killed")),
    "flood": (2, floods),
    "memory": (1, exceeds("x = 'y' * (1 << 30)")),
    "disk": (1, exceeds("open('a', 'w').write('x' * (16 << 20))")),
    "session": (2, keeps_state),
    "lost": (1, loses_a_session),
    "judge": (3, judges("process")),
    "judge-each": (1, judges("test")),
}
"""How many of a hundred, and what they are."""


def order(seed: int) -> Iterator[str]:
    """Names of `MIX` for ever, each hundred in an order of its own."""
    rng, hundred = Random(seed), [name for name, (number, _) in MIX.items() for _ in range(number)]
    while True:
        yield from rng.sample(hundred, len(hundred))


class Soak:
    """One run, and what it has found so far."""

    def __init__(self, backend: str, out: Path | None) -> None:
        self.backend = backend
        self.samples: list[Sample] = []
        self.wrong: Counter[str] = Counter()
        self.left: list[str] = []
        self._out = out
        self._begun = time.monotonic()

    def run(self, execs: int, callers: int, seed: int) -> None:
        """Run them all, or as many as there are before a Ctrl-C; then look what is left."""
        names = order(seed)
        before = sample(0, 0.0)
        with sandbox.make(self.backend, limits=LIMITS, allow_unsafe=True) as box, ThreadPoolExecutor(callers) as pool:
            try:
                self._warm_up(box, pool, callers)
                while (done := self.samples[-1].execs) < execs:
                    some = list(islice(names, min(SAMPLE_EVERY, execs - done)))
                    begun = time.perf_counter()
                    for name, right in zip(some, pool.map(lambda name: answered(name, box), some), strict=True):
                        self.wrong[name] += not right
                    self._note(sample(done + len(some), len(some) / (time.perf_counter() - begun)))
            except KeyboardInterrupt:
                pool.shutdown(cancel_futures=True)
        self.left = left_over(before)
        self._write()

    def verdict(self) -> list[str]:
        """What is wrong, in words; nothing if all is well."""
        wrong = [f"{count} wrong answers of kind {name!r}" for name, count in self.wrong.items() if count]
        return [*grown(self.samples), *self.left, *wrong]

    def _warm_up(self, box: Sandbox, pool: ThreadPoolExecutor, callers: int) -> None:
        """What is opened once is no leak."""
        list(pool.map(lambda name: answered(name, box), [*MIX, *["ok"] * 4 * callers]))
        self._note(sample(0, 0.0))

    def _note(self, found: Sample) -> None:
        self.samples.append(found)
        print(line(found), flush=True)
        self._write()

    def _write(self) -> None:
        if self._out is None:
            return
        content = {
            "backend": self.backend,
            "minutes": round((time.monotonic() - self._begun) / 60, 1),
            "growth": {name: round(growth(self.samples, name), 2) for name in SLACK},
            "wrong": self.verdict(),
            "samples": [asdict(each) for each in self.samples],
        }
        part = self._out.with_suffix(".part")
        part.write_text(json.dumps(content) + "\n")
        part.replace(self._out)


def answered(name: str, box: Sandbox) -> bool:
    """Whether one of a kind went as it should; what raises did not."""
    try:
        return MIX[name][1](box)
    except Exception as error:  # nothing that a program does may raise here
        print(f"{name}: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
        return False


def growth(samples: list[Sample], name: str) -> float:
    """By how much a straight line rises from the first to the last of the samples, the first tenth left out."""
    kept = samples[max(1, len(samples) // 10) :]
    if len(kept) < 2:
        return 0.0
    xs, ys = [each.execs for each in kept], [getattr(each, name) for each in kept]
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / sum((x - mean_x) ** 2 for x in xs)
    return slope * (xs[-1] - xs[0])


def grown(samples: list[Sample]) -> list[str]:
    """What rose by more than its slack, in words."""
    rises = {name: growth(samples, name) for name in SLACK}
    return [f"{name} grew by {rise:.1f} ({SLACK[name]} allowed)" for name, rise in rises.items() if rise > SLACK[name]]


def left_over(before: Sample) -> list[str]:
    """What is still there after `close`; processes have some seconds to end."""
    deadline = time.monotonic() + 10
    while True:
        after = sample(0, 0.0)
        names = [
            name
            for name in ("descriptors", "threads", "processes", "mounts", "files")
            if getattr(after, name) > getattr(before, name)
        ]
        if not names or time.monotonic() > deadline:
            return [f"{name} left: {getattr(before, name)} before, {getattr(after, name)} after" for name in names]
        time.sleep(0.1)


def sample(execs: int, execs_per_s: float) -> Sample:
    """As of now, with garbage gone."""
    gc.collect()
    below = descendants()
    return Sample(
        execs,
        round(execs_per_s, 1),
        round(resident_kb(os.getpid(), "Rss") / 1024, 1),
        round(sum(resident_kb(pid, "Pss") for pid in below) / 1024, 1),
        len(os.listdir("/proc/self/fd")),
        len(os.listdir("/proc/self/task")),
        len(below),
        len(Path("/proc/self/mounts").read_text().splitlines()),
        sum(len(folders) + len(files) for _, folders, files in os.walk(tempfile.gettempdir())),
        len(os.listdir("/dev/shm")),
        int(Path("/proc/loadavg").read_text().split()[3].partition("/")[2]),
    )


def resident_kb(pid: int, kind: str) -> int:
    """Memory of one process; 0 if it is gone, or not ours to look at."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(each.split()[1]) for each in lines if each.startswith(f"{kind}:")), 0)


def line(found: Sample) -> str:
    """A sample on one line."""
    memory = f"{found.host_mb:6.1f} MB here {found.below_mb:6.1f} below"
    held = f"{found.descriptors:3} fds {found.threads:3} threads {found.processes:3} processes"
    rest = f"{found.mounts} mounts {found.files} files  machine: {found.shm} shm {found.tasks} tasks"
    return f"{found.execs:>8,}  {found.execs_per_s:6.1f} /s  {memory}  {held}  {rest}"


def main() -> int:
    """Soak, and say what came of it; 1 if anything grew, was left or was wrong."""
    options = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    options.add_argument("--execs", type=int, default=100_000, metavar="N", help="(default: %(default)s)")
    options.add_argument("--callers", type=int, default=8, metavar="N", help="threads (default: %(default)s)")
    options.add_argument("--backend", default="auto", metavar="NAME", help="(default: %(default)s)")
    options.add_argument("--seed", type=int, default=0, help="of the order (default: 0)")
    options.add_argument("--out", type=Path, metavar="PATH", help="also write the samples there")
    chosen = options.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="gem-soak-") as folder:
        os.environ["TMPDIR"] = tempfile.tempdir = folder
        soak = Soak(chosen.backend, chosen.out)
        soak.run(chosen.execs, chosen.callers, chosen.seed)
    wrong = soak.verdict()
    print("; ".join(wrong) or "flat, nothing left after close, and every answer right")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
