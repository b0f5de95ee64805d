"""CPU time of `env.reset(seed)`, ours and the peer's side by side: median, tail and variety of the starts.

Bars: ours is 20 times as fast on Sudoku-v0-hard and 50 times on Sokoban-v0-hard, and no id of ours takes more than
20 ms at the 99th percentile. Ids that only we have are measured alone.
"""

import argparse
import math
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any

from paired import Comparison, report, table, write_json
from peer import worker_environment
from policy_table import COMMON_IDS
from run_options import machine, parse, parser
from worker_process import Answers, Worker, interleaved, worker_pair

OUR_RESETS, OUR_OTHER_RESETS, PEER_RESETS = 1000, 300, 1000
FEWER_PEER_RESETS = {
    "game:Sokoban-v0-hard": 12,
    "game:Sokoban-v0-easy": 120,
    "game:Sudoku-v0-hard": 60,
    "game:WordSearch-v0-hard": 60,
}
"""Where a reset of the peer takes more than 5 ms."""
FASTER = {"game:Sudoku-v0-hard": 1 / 20, "game:Sokoban-v0-hard": 1 / 50}
TAIL_MS = 20.0
COLUMNS = ("median ms", "p99", "worst", "resets", "distinct starts")


@dataclass(frozen=True, slots=True)
class Resets:
    """All resets of one side for one id; none where the side has no figures."""

    times_us: list[float]
    marks: list[str]

    @classmethod
    def of(cls, answers: list[dict[str, Any]]) -> "Resets":
        """Put the chunks together."""
        return cls(
            [spent for answer in answers for spent in answer["reset_us"]],
            [mark for answer in answers for mark in answer["marks"]],
        )

    @property
    def p99_ms(self) -> float:
        """The least time that 99 % of the resets do not exceed."""
        ordered = sorted(self.times_us)
        return ordered[math.ceil(0.99 * len(ordered)) - 1] / 1e3

    def cells(self, wanted: int) -> list[str]:
        """Median, p99, worst, count and distinct starts; the last only where as many were reset as wanted."""
        if not self.times_us:
            return ["-"] * 5
        times = (median(self.times_us) / 1e3, self.p99_ms, max(self.times_us) / 1e3)
        count = len(self.times_us)
        return [*(f"{spent:.3f}" for spent in times), str(count), str(len(set(self.marks))) if count >= wanted else "-"]


def measure(workers: tuple[Worker, Worker], env_id: str, chunks: int) -> Answers:
    """One answer per chunk and side; the chunks take turns."""
    peer = FEWER_PEER_RESETS.get(env_id, PEER_RESETS)
    ours, theirs = (_requests(env_id, count, chunks) for count in (OUR_RESETS, peer))
    return interleaved(workers, ours, theirs)


def measure_alone(worker: Worker, env_id: str) -> Answers:
    """For an id that the peer has not, or not with the same rules."""
    reply = worker.ask("resets", env_id=env_id, first_seed=0, count=OUR_OTHER_RESETS)
    return Answers([], [], [f"{worker.side}: {reply['error']}"]) if "error" in reply else Answers([reply], [], [])


def _requests(env_id: str, count: int, chunks: int) -> list[dict[str, Any]]:
    starts = [count * chunk // chunks for chunk in range(chunks + 1)]
    return [
        {"workload": "resets", "env_id": env_id, "first_seed": first, "count": last - first}
        for first, last in pairwise(starts)
    ]


def comparison(env_id: str, answers: Answers) -> Comparison:
    """The medians of the chunks, pair by pair."""
    ours, peer = ([median(answer["reset_us"]) for answer in side] for side in (answers.ours, answers.peer))
    return Comparison(f"{env_id} reset(seed)", "us", ours, peer, FASTER.get(env_id), answers.errors)


def tail_table(title: str, results: dict[str, Answers], *, with_peer: bool) -> str:
    """Tails and variety of all ids."""
    bar = f"ours p99 <= {TAIL_MS:g}"
    headers = ("id", *COLUMNS, bar, *(f"peer: {column}" for column in COLUMNS if with_peer))
    rows: list[list[str]] = []
    for env_id, answers in results.items():
        ours, peer = Resets.of(answers.ours), Resets.of(answers.peer)
        verdict = "?" if not ours.times_us else "yes" if ours.p99_ms <= TAIL_MS else "NO"
        rows.append([env_id, *ours.cells(1), verdict, *(peer.cells(PEER_RESETS) if with_peer else [])])
    errors = [f"- {env_id}: {error}" for env_id, answers in results.items() for error in answers.errors]
    return "\n\n".join([f"## {title}", table(headers, rows), *errors]) + "\n"


def run(options: argparse.Namespace) -> None:
    """Measure, print, and write the figures down where asked to."""
    with worker_pair(options.ours, options.peer, worker_environment()) as workers:
        head = machine(*(worker.ask("versions") for worker in workers))
        ids = workers[0].ask("game_ids").get("ids", [])  # none in a null test, whose "ours" is the peer
        common = {env_id: measure(workers, env_id, options.repeats) for env_id in COMMON_IDS}
        alone = {env_id: measure_alone(workers[0], env_id) for env_id in ids if env_id not in common}
    lines = [comparison(env_id, answers) for env_id, answers in common.items()]
    print(report("Resets: CPU microseconds, medians of interleaved chunks", head, lines), flush=True)
    print(tail_table("Resets: tails and variety", common, with_peer=True))
    print(tail_table("Resets: ours alone", alone, with_peer=False), flush=True)
    if options.json:
        resets = {env_id: [answers.ours, answers.peer] for env_id, answers in (common | alone).items()}
        write_json(options.json, "env_reset", lines, machine=head, resets=resets)


if __name__ == "__main__":
    run(parse(parser(__doc__ or "", repeats=6)))
