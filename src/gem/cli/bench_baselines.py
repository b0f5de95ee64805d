"""`gem-gym bench baselines`: what REINFORCE and ReBN make of the tiny model on each baseline environment.

Every run is a `gem-gym train` in a process of its own, with its directory below --out. What is finished is a line in
`results.jsonl` there and is not run again; what was interrupted goes on from its checkpoint. Ctrl-C asks the runs to
save and stop, a second one ends them at once.
"""

from __future__ import annotations

import argparse
import json
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gem.errors import ConfigError
from gem.train.algorithms import ALGORITHMS

if TYPE_CHECKING:
    from gem.train.baselines import Baseline
    from gem.train.config import TrainConfig

OUT = Path("runs/baselines")
RESULTS, REPORT = "results.jsonl", "report.md"
SEEDS, JOBS = 3, 2
POLL_S = 0.2


@dataclass(frozen=True, slots=True)
class Job:
    """One run, and where it lives."""

    config: TrainConfig
    category: str
    directory: Path

    @property
    def name(self) -> str:
        """For people."""
        return f"{self.config.env} {self.config.algo} seed {self.config.seed}"

    def words(self) -> list[str]:
        """The arguments of `gem-gym`: go on with a run of these settings, or replace that of others."""
        kept = self.directory / "config.json"
        if (self.directory / "checkpoint.pt").exists() and json.loads(kept.read_text()) == asdict(self.config):
            return ["train", "--resume", str(self.directory)]
        settings = self.directory / "job.json"
        self.directory.mkdir(parents=True, exist_ok=True)
        self.config.save(settings)
        return ["train", "--config", str(settings), "--out", str(self.directory), "--force"]

    def start(self) -> subprocess.Popen[bytes]:
        """The run in a process group of its own: Ctrl-C reaches it through us alone, so it comes once."""
        words = self.words()
        with (self.directory / "log.txt").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "gem", *words],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What only `bench baselines` takes; it also takes WORDs, `--out` and `--jobs`."""
    group = parser.add_argument_group(f"of bench baselines (with --out: a directory, default {OUT}; and --jobs)")
    group.add_argument("--seeds", type=int, metavar="N", help=f"runs of each (default: {SEEDS})")
    group.add_argument(
        "--algos", default="reinforce,rebn", metavar="A,B", help="algorithms to compare (default: %(default)s)"
    )
    group.add_argument("--report", action="store_true", help="run nothing, print the table of what is there")


def run(args: argparse.Namespace) -> int:
    """Run what is missing and print the table; 1 if a run failed."""
    from gem._extras import need

    algos = args.algos.split(",")
    for algo in algos:
        if algo not in ALGORITHMS:
            raise ConfigError(f"--algos takes some of {', '.join(ALGORITHMS)}, not {algo!r}")
    seeds, at_once = SEEDS if args.seeds is None else args.seeds, JOBS if args.jobs is None else args.jobs
    if seeds < 1 or at_once < 1:
        raise ConfigError("--seeds and --jobs are at least 1")
    for module in ("torch", "tokenizers") if args.report else ("torch", "tokenizers", "matplotlib", "jinja2", "rich"):
        need(module, extra="train")
    from gem.train.baselines import chosen

    out, rows, failed = args.out or OUT, chosen(args.words), 0
    if not args.report:
        jobs = list(missing(rows, algos, range(seeds), out))
        print(f"{len(jobs)} runs to go, in {out}", flush=True)
        failed = run_jobs(jobs, at_once, out / RESULTS)
    print(write_report(out, rows))
    return 1 if failed else 0


def missing(
    rows: Sequence[Baseline], algos: Sequence[str], seeds: Sequence[int], out: Path, **overrides: Any
) -> Iterator[Job]:
    """The runs that have no result of the same settings yet, seed by seed, so that a table is soon there."""
    from gem.train.baseline_results import read_results

    done = read_results(out / RESULTS)
    for seed in seeds:
        for row in rows:
            for algo in algos:
                config = row.config(algo, seed, **overrides)
                result = done.get((row.env, algo, seed))
                if result is None or result.config != asdict(config):
                    slug = "".join(letter if letter.isalnum() else "-" for letter in row.env)
                    yield Job(config, row.category, out / f"{slug}-{algo}-{seed}")


def run_jobs(jobs: Sequence[Job], at_once: int, results: Path) -> int:
    """Run them, some at once, and record each as it ends; how many failed.

    On Ctrl-C the runs are asked to save, waited for, and `KeyboardInterrupt` goes on.
    """
    from gem.train.baseline_results import add_result, result_of

    here, commit = _machine(), _commit()
    waiting, running, failed = deque(jobs), dict[subprocess.Popen[bytes], Job](), 0
    try:
        while waiting or running:
            while waiting and len(running) < at_once:
                job = waiting.popleft()
                running[job.start()] = job
            for child in _ended(list(running)):
                job = running.pop(child)
                if child.returncode:
                    failed += 1
                    print(f"{job.name}: FAILED, see {job.directory / 'log.txt'}", flush=True)
                    continue
                result = result_of(job.directory, job.config, job.category, here, commit)
                add_result(results, result)
                print(f"{job.name}: {result.start:.3f} → {result.end:.3f} in {result.seconds:.0f} s", flush=True)
    except KeyboardInterrupt:
        print(f"{len(running)} runs are asked to save; the same command goes on with them", flush=True)
        for child in running:
            child.send_signal(signal.SIGINT)
        for child in running:
            child.wait()
        raise
    finally:
        for child in running:
            if child.poll() is None:
                child.kill()
                child.wait()
    return failed


def write_report(out: Path, rows: Sequence[Baseline]) -> str:
    """The table of the results in `out`, also written there."""
    from gem.train.baseline_results import read_results
    from gem.train.baseline_table import table

    text = table(read_results(out / RESULTS).values(), rows)
    out.mkdir(parents=True, exist_ok=True)
    (out / REPORT).write_text(text, encoding="utf-8")
    return text


def _ended(children: list[subprocess.Popen[bytes]]) -> list[subprocess.Popen[bytes]]:
    """Wait a little for the first one; those that have ended by then."""
    with suppress(subprocess.TimeoutExpired):
        children[0].wait(POLL_S)
    return [child for child in children if child.poll() is not None]


def _machine() -> dict[str, Any]:
    from gem.cli.vector_bench.figures import machine

    return machine()


def _commit() -> str | None:
    """The commit of the checkout that this runs from, with a `+` if it was changed; None elsewhere."""
    words = ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--abbrev=40", "--dirty=+", "--exclude=*"]
    try:
        found = subprocess.run(words, capture_output=True, text=True, check=False)
    except OSError:
        return None
    return found.stdout.strip() or None
