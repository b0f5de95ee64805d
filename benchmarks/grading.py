"""Grading of mathematical answers: ours and the released GEM's `MathEnv`, interleaved, on two cores.

Four figures: answers graded a second; correct answers graded wrong after adversarial ones; the longest that an answer
took; processes that 1,000 envs add. Writes `grading.json` beside this file unless told otherwise, and exits with 1 if
a bar is missed. `--judge PATH` measures nothing and judges the figures that were written there.
"""

import argparse
import json
import os
import sys
import time
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from statistics import median
from typing import Any

from grading_questions import ADVERSARIAL
from paired import table
from run_options import machine
from worker_process import Answers, Worker, interleaved, worker_pair

from gem.cli.vector_bench.peers import Peer, peers, python_of

HERE = Path(__file__).parent
ANSWERS, CHUNK, SEED = 1000, 50, 6
ENVS, PEER_ENVS = 1000, 16
LIMIT_S, SLACK_S = 1.0, 0.2
LEAST_TIMES = 5.0


@dataclass(frozen=True, slots=True)
class Figures:
    """What each side answered, request by request."""

    machine: str
    load: list[float]
    """The machine's load average, before and after."""
    grading: Answers
    adversarial: Answers
    processes: Answers
    seconds: dict[str, float] = field(default_factory=dict[str, float])

    def as_json(self) -> dict[str, Any]:
        """All of it."""
        sides = {name: _sides(getattr(self, name)) for name in ("grading", "adversarial", "processes")}
        return {"benchmark": "grading", "machine": self.machine, "load": self.load, "took": self.seconds, **sides}


def measure(workers: tuple[Worker, Worker], answers: int) -> Figures:
    """All measurements, each turn ours and then the peer's."""
    load, begun = [os.getloadavg()[0]], time.perf_counter()
    on = machine(*(worker.ask("versions") for worker in workers))
    for worker in workers:
        worker.ask("grading opened", count=answers, seed=SEED)
    chunks = [{"workload": "grading", "start": start, "count": CHUNK} for start in range(0, answers, CHUNK)]
    grading = interleaved(workers, chunks)
    _say(f"graded {answers} answers")
    adversarial = interleaved(workers, [{"workload": "adversarial", "kind": kind} for kind in ADVERSARIAL])
    _say(f"graded {len(ADVERSARIAL)} adversarial answers")
    counts = [[{"workload": "processes", "envs": envs}] for envs in (ENVS, PEER_ENVS)]
    processes = interleaved(workers, *counts)
    load.append(os.getloadavg()[0])
    return Figures(on, load, grading, adversarial, processes, {"seconds": time.perf_counter() - begun})


def judged(figures: dict[str, Any]) -> tuple[str, bool]:
    """A table of the figures with their bars, and whether all are met."""
    (ours, peer), (ours_hard, peer_hard), (ours_made, peer_made) = (
        (figures[name]["ours"], figures[name]["peer"]) for name in ("grading", "adversarial", "processes")
    )
    times = _rate(ours) / _rate(peer)
    by_turn = [theirs["seconds"] / mine["seconds"] for mine, theirs in zip(ours, peer, strict=True)]
    wrong, peer_wrong = (sum(one["after_wrong"] for one in hard) for hard in (ours_hard, peer_hard))
    longest, peer_longest = (
        max(max(one["seconds"], *one["after_s"]) for one in hard) for hard in (ours_hard, peer_hard)
    )
    made, peer_made_count = ours_made[0]["processes"], peer_made[0]["processes"]
    after = len(ours_hard) * len(ours_hard[0]["after_s"])
    rows = [
        (
            "answers a second",
            f"{_rate(ours):.0f}",
            f"{_rate(peer):.0f}",
            f"{times:.1f}x (turns: {median(by_turn):.1f}x, {min(by_turn):.1f}..{max(by_turn):.1f})",
            f">= {LEAST_TIMES:g}x",
            times >= LEAST_TIMES,
        ),
        ("correct ones graded wrong", *_mistakes(ours, peer, "right_missed"), "-", None),
        ("wrong ones paid", *_mistakes(ours, peer, "wrong_paid"), "-", None),
        (f"graded wrong of {after} after adversarial ones", str(wrong), str(peer_wrong), "-", "0", wrong == 0),
        (
            "longest, seconds",
            f"{longest:.3f}",
            f"{peer_longest:.3f}",
            "-",
            f"<= {LIMIT_S + SLACK_S:g}",
            longest <= LIMIT_S + SLACK_S,
        ),
        (
            f"processes by {ENVS:,} envs (peer: {PEER_ENVS})",
            str(made),
            str(peer_made_count),
            "-",
            "0",
            made == 0,
        ),
    ]
    words = {True: "yes", False: "NO", None: "-"}
    shown = [[*row[:-1], words[row[-1]]] for row in rows]
    met = all(row[-1] is not False for row in rows)
    return table(("what", "ours", "gem-llm", "ratio", "bar", "met"), shown), met


def _peer() -> Peer:
    """The released GEM with what its `MathEnv` imports without asking for it."""
    released = peers()["gem-llm"]
    return Peer("gem-llm-math", (*released.requirements, f"datasets=={metadata.version('datasets')}", "pylatexenc"))


def _rate(chunks: list[dict[str, Any]]) -> float:
    return CHUNK * len(chunks) / sum(chunk["seconds"] for chunk in chunks)


def _mistakes(ours: list[dict[str, Any]], peer: list[dict[str, Any]], name: str) -> tuple[str, str, str]:
    return str(sum(one[name] for one in ours)), str(sum(one[name] for one in peer)), "-"


def _sides(answers: Answers) -> dict[str, Any]:
    return {"ours": answers.ours, "peer": answers.peer, "errors": answers.errors}


def _say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


def main() -> int:
    """Measure, write, judge."""
    options = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    options.add_argument("--json", type=Path, default=HERE / "grading.json", help="(default: %(default)s)")
    options.add_argument("--answers", type=int, default=ANSWERS, metavar="N", help="(default: %(default)s)")
    options.add_argument("--judge", type=Path, metavar="PATH", help="only judge these figures")
    chosen = options.parse_args()
    if not chosen.judge:
        with worker_pair(Path(sys.executable), python_of(_peer(), _say), {}) as workers:
            figures = measure(workers, chosen.answers).as_json()
        chosen.json.write_text(json.dumps(figures, indent=1) + "\n")
    figures = json.loads((chosen.judge or chosen.json).read_text())
    errors = [error for name in ("grading", "adversarial", "processes") for error in figures[name]["errors"]]
    if errors:
        print("\n".join(errors))
        return 1
    shown, met = judged(figures)
    load = " to ".join(f"{load:.1f}" for load in figures["load"])
    print(f"{figures['machine']}\nLoad of the machine: {load}.\n\n{shown}")
    return int(not met)


if __name__ == "__main__":
    sys.exit(main())
