"""How well training goes over several seeds: success before and after, turns beside the optimum, seconds.

    python benchmarks/learning.py --seeds 0 1 2 3 4 --keep benchmarks/curves/guess_the_number_easy

Each seed is one whole `gem-gym train` run with its defaults, in a process of its own; a run that is already in
--runs is not repeated. `--keep` writes each seed's learning curve (CSV) and all summaries (JSON). There is no peer:
the released GEM trains billions of parameters on GPUs.
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

CURVE = ("iteration", "success", "return", "turns", "format_errors", "entropy", "lr")
HEADINGS = "| seed | before | after | 95 % interval | turns | oracle's | warm start s | RL s |"
BAR_SUCCESS, BAR_TURNS = 0.95, 3.1


def main() -> int:
    """Train every seed, print the table, keep the curves."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("env", nargs="?", default="game:GuessTheNumber-v1-easy")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2, 3, 4])
    parser.add_argument("--runs", type=Path, default=Path("runs/learning"), help="where the runs live")
    parser.add_argument("--keep", type=Path, help="directory for curves and summaries")
    parser.add_argument("--parallel", type=int, default=1, help="runs at a time; more than one slows each down")
    args = parser.parse_args()
    with ThreadPoolExecutor(args.parallel) as pool:
        directories = list(pool.map(lambda seed: train(args.env, seed, args.runs), args.seeds))
    summaries = [json.loads((directory / "summary.json").read_text()) for directory in directories]
    print(table(summaries))
    if args.keep:
        keep(args.keep, directories, summaries)
    return 0


def train(env: str, seed: int, runs: Path) -> Path:
    """Run one seed to its end, unless that was done before."""
    directory = runs / str(seed)
    if not (directory / "summary.json").exists():
        command = [sys.executable, "-m", "gem", "train", env, "--seed", str(seed), "--out", str(directory), "--force"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return directory


def table(summaries: list[dict[str, Any]]) -> str:
    """A row for each seed, and how many met the bar."""
    rows = [HEADINGS, "|" + "-|" * (HEADINGS.count("|") - 1)]
    for run in summaries:
        low, high = run["success_after_interval"]
        rows.append(
            f"| {run['seed']} | {run['success_before']:.3f} | {run['success_after']:.3f} | {low:.3f} to {high:.3f} "
            f"| {run['mean_turns']:.2f} | {run['optimal_turns']:.2f} | {run['warm_start_seconds']:.0f} "
            f"| {run['rl_seconds']:.0f} |"
        )
    met = sum(run["success_after"] >= BAR_SUCCESS and run["mean_turns"] <= BAR_TURNS for run in summaries)
    return "\n".join([*rows, f"\n{met} of {len(rows) - 2} reach {BAR_SUCCESS} in at most {BAR_TURNS} turns."])


def keep(target: Path, directories: list[Path], summaries: list[dict[str, Any]]) -> None:
    """Each seed's curve as CSV, all summaries as one JSON file."""
    target.mkdir(parents=True, exist_ok=True)
    for run, directory in zip(summaries, directories, strict=True):
        lines = [json.loads(line) for line in (directory / "metrics.jsonl").read_text().splitlines()]
        with (target / f"seed{run['seed']}.csv").open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(CURVE)
            writer.writerows([[f"{line[name]:.6g}" for name in CURVE] for line in lines])
    (target / "summaries.json").write_text(json.dumps(summaries, indent=1) + "\n")


if __name__ == "__main__":
    sys.exit(main())
