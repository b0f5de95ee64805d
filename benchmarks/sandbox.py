"""`gem-gym bench sandbox`, ours beside the released GEM and a bare interpreter, and the bars it is to meet.

Writes `sandbox.json` beside this file unless told otherwise, and exits with 1 if a bar is missed. `--judge PATH`
measures nothing and judges the figures that were written there.
"""

import argparse
import sys
from pathlib import Path

from gem.cli import main as gem_gym
from gem.cli.sandbox_bench.figures import read, verdicts
from gem.cli.sandbox_bench.table import report

HERE = Path(__file__).parent
REPEATS = 7


def main() -> int:
    """Measure and judge; what is not named here goes to `gem-gym bench sandbox`."""
    options = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    options.add_argument("--json", type=Path, default=HERE / "sandbox.json", help="(default: %(default)s)")
    options.add_argument("--repeats", type=int, default=REPEATS, metavar="N", help="(default: %(default)s)")
    options.add_argument("--judge", type=Path, metavar="PATH", help="only judge these figures")
    chosen, others = options.parse_known_args()
    if chosen.judge:
        print(report(read(chosen.judge)), end="")
    else:
        words = ["--peer", "--repeats", str(chosen.repeats), "--json", str(chosen.json), *others]
        if code := gem_gym(["bench", "sandbox", *words]):
            return code
    return int(not all(verdict.met for verdict in verdicts(read(chosen.judge or chosen.json))))


if __name__ == "__main__":
    sys.exit(main())
