"""`gem-gym bench vector`, ours beside the released GEM, Gymnasium and PufferLib, and the bars it is to meet.

Writes `vector.json` and `vector.png` beside this file unless told otherwise. `--judge PATH` measures nothing and
judges the figures that were written there.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from paired import table

from gem.cli import main as gem_gym
from gem.cli.vector_bench.figures import Run, read, times_faster, times_less_cpu
from gem.cli.vector_bench.sides import LOOP, OURS, OURS_RAY, SIZES

HERE = Path(__file__).parent
RELEASED = "gem-llm async"


@dataclass(frozen=True, slots=True)
class Bar:
    """A figure to reach at each of some numbers of envs."""

    what: str
    kind: str
    sizes: tuple[int, ...]
    measure: str
    """`faster` or `less cpu` than `than`, `as fast` as `than` is by comparison, or `of limit`."""
    least: float
    than: str = ""

    def reached(self, run: Run, num_envs: int) -> float | None:
        """The figure; None if it was not measured."""
        ours, other = run.find(OURS, self.kind, num_envs), run.find(self.than, self.kind, num_envs)
        if ours is None or (other is None and self.than):
            return None
        if other is None:
            return ours.share_of_limit
        measures = {"faster": (times_faster, ours, other), "as fast": (times_faster, other, ours)}
        compare, first, second = measures.get(self.measure, (times_less_cpu, ours, other))
        return compare(first, second)


BARS = (
    Bar("CPU, cheap env: released async / ours", "cheap", (256,), "less cpu", 8.0, RELEASED),
    Bar("CPU, cheap env: plain loop / ours (at most 1.5 times the loop)", "cheap", (256,), "less cpu", 1 / 1.5, LOOP),
    Bar("CPU, chat history: released async / ours", "chat", (64, 256, 1024), "less cpu", 10.0, RELEASED),
    Bar("steps/s, blocking: share of n / mean latency", "blocking", (64, 256, 1024), "of limit", 0.85),
    Bar("steps/s, awaiting: share of n / mean latency", "awaiting", (64, 256, 1024), "of limit", 0.85),
    Bar("steps/s, blocking: ours / released async", "blocking", (256, 1024), "faster", 12.0, RELEASED),
    Bar("steps/s, awaiting: ours / released async", "awaiting", (256, 1024), "faster", 12.0, RELEASED),
    Bar("steps/s, awaiting: share of n / mean latency in one process", "awaiting", (4096,), "of limit", 0.0),
    Bar("steps/s, 5 ms of CPU: ours / plain loop", "cpu", (16, 64, 256), "faster", 1.8, LOOP),
    Bar("steps/s, 5 ms of CPU: ray / processes", "cpu", (16, 64), "as fast", 0.5, OURS_RAY),
)


def verdicts(run: Run) -> str:
    """A row for each bar and number of envs."""
    rows: list[Sequence[str]] = []
    for bar in BARS:
        for num_envs in bar.sizes:
            reached = bar.reached(run, num_envs)
            met = "?" if reached is None else "yes" if reached >= bar.least else "NO"
            shown = "not measured" if reached is None else f"{reached:.2f}"
            rows.append((bar.what, str(num_envs), shown, f">= {bar.least:.2f}", met))
    return table(("what", "envs", "reached", "bar", "met"), rows)


def main() -> int:
    """Measure and judge; what is not named here goes to `gem-gym bench vector`."""
    options = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    options.add_argument("--json", type=Path, default=HERE / "vector.json", help="(default: %(default)s)")
    options.add_argument("--plot", type=Path, default=HERE / "vector.png", help="(default: %(default)s)")
    options.add_argument("--sizes", default=",".join(map(str, SIZES)), help="numbers of envs (default: %(default)s)")
    options.add_argument("--judge", type=Path, metavar="PATH", help="only judge these figures")
    chosen, others = options.parse_known_args()
    code = 0
    if not chosen.judge:
        words = ["--sizes", chosen.sizes, "--json", str(chosen.json), "--plot", str(chosen.plot), *others]
        code = gem_gym(["bench", "vector", *words])
    print(verdicts(read(chosen.judge or chosen.json)))
    return code


if __name__ == "__main__":
    sys.exit(main())
