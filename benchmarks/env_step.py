"""CPU time of a bare `env.step`, ours and the peer's side by side, for every id that both offer.

Bar: ours is not slower for any game. A line per game puts a reset and all steps together as a whole episode, because
a game may do its work in either place. Resets alone are measured by env_reset.py, wrapped steps by wrapped_step.py.
"""

import argparse
from typing import Any

from paired import Comparison, report, write_json
from peer import worker_environment
from policy_table import COMMON_IDS
from run_options import machine, parse, parser
from worker_process import Answers, Worker, interleaved, worker_pair

STEPS_PER_REPEAT = 600
"""Milliseconds: long against the clock's resolution, short against the machine's changes of speed."""
EPISODE_LENGTH = {
    "GuessTheNumber": 3, "TowerofHanoi": 10, "Minesweeper": 3, "Game2048": 40, "Mastermind": 10, "FifteenPuzzle": 20,
    "Sudoku": 15, "Sokoban": 20, "Wordle": 15, "Hangman": 10, "Crosswords": 30, "WordSearch": 20,
}  # fmt: skip
SLOW_RESETS = {"game:Sokoban-v0-hard": 4, "game:Sudoku-v0-hard": 12}
"""Where the peer's resets take long: so many starts, the same for all repeats."""
NOT_SLOWER = 1.0


def measure(workers: tuple[Worker, Worker], env_id: str, repeats: int) -> Answers:
    """One answer per repeat and side, after a first pair that only warms up."""
    slow = SLOW_RESETS.get(env_id)
    episodes = slow or STEPS_PER_REPEAT // EPISODE_LENGTH[env_id.removeprefix("game:").split("-")[0]]
    requests = [
        {"workload": "steps", "env_id": env_id, "episodes": episodes, "seed": 0 if slow else 100_000 * repeat}
        for repeat in range(repeats + 1)
    ]
    answers = interleaved(workers, requests)
    return Answers(answers.ours[1:], answers.peer[1:], answers.errors)


def comparisons(env_id: str, answers: Answers) -> list[Comparison]:
    """The step with its bar; the whole episode for information."""

    def line(what: str, key: str, bar: float | None = None) -> Comparison:
        ours, peer = ([answer[key] for answer in side] for side in (answers.ours, answers.peer))
        return Comparison(f"{env_id} {what}", "us", ours, peer, bar, answers.errors)

    return [line("step", "step_us", NOT_SLOWER), line("reset + episode", "episode_us")]


def episode_lengths(results: dict[str, Answers]) -> str:
    """Whether both sides played alike: the mean number of steps of their episodes."""
    lines = ["Mean steps per episode (ours, peer), a check that both sides play the same kind of episodes:", ""]
    for env_id, answers in results.items():
        lines.append(f"- {env_id}: {_mean_length(answers.ours)}, {_mean_length(answers.peer)}")
    return "\n".join(lines) + "\n"


def _mean_length(side: list[dict[str, Any]]) -> str:
    return f"{sum(answer['steps_per_episode'] for answer in side) / len(side):.2f}" if side else "missing"


def run(options: argparse.Namespace) -> None:
    """Measure, print, and write the figures down where asked to."""
    with worker_pair(options.ours, options.peer, worker_environment()) as workers:
        head = machine(*(worker.ask("versions") for worker in workers))
        results = {env_id: measure(workers, env_id, options.repeats) for env_id in COMMON_IDS}
    lines = [line for env_id, answers in results.items() for line in comparisons(env_id, answers)]
    lines.sort(key=lambda line: line.bar is None)
    print(report("Bare step: CPU microseconds", head, lines), episode_lengths(results), sep="\n", flush=True)
    if options.json:
        write_json(options.json, "env_step", lines, machine=head)


if __name__ == "__main__":
    run(parse(parser(__doc__ or "", repeats=15)))
