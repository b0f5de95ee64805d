"""Does training on Sudokus with few empty cells help on Sudokus with fewer, or more?

    python benchmarks/claims/generalisation.py            # 5 seeds: about 60 minutes
    python benchmarks/claims/generalisation.py --quick    # 40 seconds; decides nothing

In the spirit of the GEM paper's figure 6 (arXiv 2510.01051), where training on one Sudoku is evaluated on other tasks.
The embedded model is cloned from a noisy solver of 4x4 Sudokus with 5 tried cells (`small_sudoku.py`), trained on them
with ReBN, and evaluated with 3, 5 and 7, before and after, on the same 400 instances of each. Not tried: 9x9 grids,
which do not fit into the context, and `rg:mini_sudoku`, whose one reply is a whole grid, which it has never written.
"""

from __future__ import annotations

from typing import Any

from small_model import cloned, played, trained
from small_sudoku import small_sudoku
from verdicts import Check, Report, finish, options, parsed, settings_of

from gem.rollout.summary import Summary, summarise
from gem.seeding import derive
from gem.train.config import TrainConfig

CLUES, TRAINED = (3, 5, 7), 5
SETTINGS: dict[str, Any] = {
    "context": 768,
    "max_new_tokens": 12,
    "warm_episodes": 1500,
    "warm_noise": 0.2,
    "warm_batch": 8,
    "episodes": 32,
    "eval_episodes": 400,
}
"""More demonstrations of fewer mistakes than elsewhere: most random moves break a rule, and teach nothing."""


def main() -> int:
    """Train on every seed, evaluate before and after, decide."""
    chosen = parsed(options(__doc__, steps=200, quick_steps=3))
    sizes = {"warm_episodes": 200, "warm_epochs": 1, "episodes": 16, "eval_episodes": 32} if chosen.quick else {}
    report = Report(
        f"ReBN on 4x4 Sudokus with {TRAINED} tried cells raises the return with {CLUES[0]} and {CLUES[-1]} too.",
        settings_of(chosen, clues=CLUES, trained=TRAINED, **SETTINGS),
    )
    for seed in range(chosen.seeds):
        settings = {**SETTINGS, **sizes}
        config = TrainConfig(env=small_sudoku(TRAINED), seed=seed, iterations=chosen.steps, **settings)
        agent = cloned(config, readable=[small_sudoku(clues) for clues in CLUES])

        def measured(clues: int, config: TrainConfig = config, agent: object = agent) -> Summary:
            seed = derive(config.seed, "evaluation", clues)
            return summarise(played(small_sudoku(clues), agent, config.eval_episodes, seed))

        before = {clues: measured(clues) for clues in CLUES}
        for _ in trained(config, agent):
            pass
        for clues in CLUES:
            after = measured(clues)
            report.add(
                f"{clues} tried cells",
                return_before=before[clues].mean_return,
                return_after=after.mean_return,
                gain=after.mean_return - before[clues].mean_return,
                success_before=before[clues].success,
                success_after=after.success,
            )
    gains = {clues: report.figures[f"{clues} tried cells"]["gain"] for clues in CLUES}
    report.checks = [Check(f"gain with {clues} tried cells", gains[clues], "above") for clues in CLUES]
    return finish(report, chosen)


if __name__ == "__main__":
    raise SystemExit(main())
