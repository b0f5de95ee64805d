"""Make the tiny models that the package carries: one warm start for each baseline environment, before any RL.

    python scripts/make_checkpoints.py                     # those that are not there yet
    python scripts/make_checkpoints.py --only Sudoku --force --jobs 2

Each is fixed by its settings in `gem.train.baselines` and by --seed. A line is printed for each: what it was made
from, the last loss of imitation (nats per token), how it plays once it is read back from its file, and the file's size.
"""

from __future__ import annotations

import argparse
import sys
from functools import partial
from multiprocessing import get_context

import torch

from gem.agents.tiny.embedded import FOLDER, MOST_BYTES, embedded, file_of, save
from gem.errors import GemError
from gem.rollout.summary import summarise
from gem.train.baselines import BASELINES, Baseline
from gem.train.beginning import begin
from gem.train.evaluation import evaluate
from gem.train.watch import Watcher

HEADER = f"{'env':32} episodes  seconds     loss  success  format errors  return   kB"


def main(words: list[str] | None = None) -> int:
    """Make what is asked for; 1 if one failed, or if all files together are too large."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", default="", metavar="SUBSTRING", help="of the id")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="processes (default: 1)")
    parser.add_argument("--seed", type=int, default=0, help="of the demonstrations and the weights (default: 0)")
    parser.add_argument("--force", action="store_true", help="also those that are there")
    args = parser.parse_args(words)
    rows = [
        row
        for row in BASELINES
        if args.only.lower() in row.env.lower() and (args.force or not file_of(row.env).exists())
    ]
    print(HEADER, flush=True)
    failed = 0
    with get_context("spawn").Pool(max(1, args.jobs)) as pool:
        for line, made in pool.imap(partial(make, seed=args.seed), rows):
            failed += not made
            print(line, flush=True)
    size = sum(path.stat().st_size for path in FOLDER.glob("*.npz"))
    print(f"all files: {size / 1000:,.0f} of at most {MOST_BYTES / 1000:,.0f} kB")
    return 1 if failed or size > MOST_BYTES else 0


def make(row: Baseline, seed: int) -> tuple[str, bool]:
    """One file; its line, and whether it was made."""
    torch.set_num_threads(1)
    config = row.warm_start(seed=seed)
    try:
        policy, loss, seconds = begin(config, Watcher())
        save(policy, file_of(row.env))
        after = summarise(evaluate(config, embedded(row.env), Watcher(), "evaluation"))
    except GemError as error:
        return f"{row.env:32} FAILED: {error}", False
    figures = f"{config.warm_episodes:8} {seconds:8.0f} {loss or 0.0:8.3f} {after.success:8.3f}"
    size = file_of(row.env).stat().st_size / 1000
    return f"{row.env:32} {figures} {after.format_errors:14.3f} {after.mean_return:7.3f} {size:4.0f}", True


if __name__ == "__main__":
    sys.exit(main())
