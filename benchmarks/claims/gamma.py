"""Does γ < 1 shorten episodes towards the optimum, and does GRPO with γ = 1 stay above it?

    python benchmarks/claims/gamma.py                              # 1..20 in 10 turns, 5 seeds: about a minute
    python benchmarks/claims/gamma.py --size 50 --steps 3000       # 1..50 in 10 turns: about 20 minutes
    python benchmarks/claims/gamma.py --quick                      # 5 seconds; decides nothing

Claim F6 of the GEM paper (arXiv 2510.01051, section 4.2, appendix B), in small: a softmax policy in a table plays
GuessTheNumber with partial credit (`interval_game.py`), 64 episodes an update. All rows of a seed begin with the same
policy. Turns are the trained policy's exact mean. The optimum is bisection's mean, 2.90, 3.70 and 4.86 turns for 10, 20
and 50 numbers; the paper compares with log2 N instead, which is not the optimum: "equal" ends the search early.
"""

from __future__ import annotations

from functools import partial

from interval_game import Game, exact, optimum, train
from softmax_table import Estimate, Floats, Turns, batch_level
from verdicts import Check, Report, finish, options, parsed, settings_of

from gem.train.advantages import grpo, rebn, reinforce

GROUP = 8
NEAR, FAR = 0.15, 0.3
"""Turns above the optimum: at most so many with γ < 1, at least so many with GRPO and γ = 1."""
SHORT, LONG = 0.9, 1.0


def grouped(gamma: float, turns: Turns) -> Floats:
    """GRPO on the turns of the game."""
    return grpo(turns.rewards_N, turns.episode_N, turns.group_N, gamma=gamma)


def main() -> int:
    """Train every row on every seed, compare, decide."""
    parser = options(__doc__, steps=1000, quick_steps=60)
    parser.add_argument("--size", type=int, default=20, help="numbers to guess from (default: 20)")
    parser.add_argument("--turns", type=int, default=10, help="turn limit (default: 10)")
    chosen = parsed(parser)
    game = Game(chosen.size, chosen.turns)
    best = optimum(game)
    rows: dict[str, tuple[Estimate, int]] = {}
    for gamma in (LONG, SHORT):
        rows[f"REINFORCE γ={gamma:g}"] = batch_level(reinforce, gamma), 1
        rows[f"ReBN γ={gamma:g}"] = batch_level(rebn, gamma), 1
        rows[f"GRPO γ={gamma:g}"] = partial(grouped, gamma), GROUP
    report = Report(
        f"γ < 1 shortens episodes towards the optimum of {best:.2f} turns; GRPO with γ = 1 stays above.",
        settings_of(chosen, size=chosen.size, turns=chosen.turns, optimum=best),
    )
    for seed in range(chosen.seeds):
        for row, (estimate, group_size) in rows.items():
            policy = train(game, estimate, steps=chosen.steps, seed=seed, group_size=group_size)
            report.add(row, **exact(game, policy)._asdict())
    short, long, groups = f"ReBN γ={SHORT:g}", f"ReBN γ={LONG:g}", f"GRPO γ={LONG:g}"
    above_best = {row: [turns - best for turns in report.figures[row]["turns"]] for row in rows}
    report.checks = [
        Check(f"turns of {long} less {short}", report.paired("turns", long, short), "above"),
        Check(f"turns of {short} less optimum", above_best[short], "below", NEAR),
        Check(f"turns of {groups} less optimum", above_best[groups], "above", FAR),
        Check(f"turns of {groups} less {short}", report.paired("turns", groups, short), "above"),
    ]
    same = f"GRPO γ={SHORT:g}"
    report.asides = [
        Check(f"turns of {same} less {short}", report.paired("turns", same, short), "above"),
        Check(f"turns of {groups} less {long}", report.paired("turns", groups, long), "above"),
    ]
    return finish(report, chosen)


if __name__ == "__main__":
    raise SystemExit(main())
