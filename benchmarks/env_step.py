"""CPU time of a bare `env.step`, ours and the peer's side by side.

Bar: ours is not slower for any game. Resets are timed apart and a line per game puts both together as a whole
episode, because a game may do its work in either place. Wrapped steps are measured by wrapped_step.py.
"""

import argparse
from typing import Any

from paired import Comparison, report, write_json
from peer import shared_packages
from run_options import machine, parse, parser
from worker_process import Answers, Worker, interleaved, worker_pair

GAMES = (
    "game:GuessTheNumber-v0-easy",
    "game:TowerofHanoi-v0-easy",
    "game:TowerofHanoi-v0-hard",
    "game:Minesweeper-v0-easy",
    "game:Minesweeper-v0-hard",
    "game:Game2048-v0-easy",
    "game:Game2048-v0-hard",
)
STEPS_PER_REPEAT = 600
"""Milliseconds: long against the clock's resolution, short against the machine's changes of speed."""
EPISODE_LENGTH = {"GuessTheNumber": 3, "TowerofHanoi": 10, "Minesweeper": 3, "Game2048": 40}
NOT_SLOWER = 1.0


def measure(workers: tuple[Worker, Worker], env_id: str, repeats: int) -> Answers:
    """One answer per repeat and side, after a first pair that only warms up."""
    episodes = STEPS_PER_REPEAT // EPISODE_LENGTH[env_id.removeprefix("game:").split("-")[0]]
    requests = [
        {"workload": "steps", "env_id": env_id, "episodes": episodes, "seed": 100_000 * repeat}
        for repeat in range(repeats + 1)
    ]
    answers = interleaved(workers, requests)
    return Answers(answers.ours[1:], answers.peer[1:], answers.errors)


def comparisons(env_id: str, answers: Answers) -> list[Comparison]:
    """The step with its bar; the resets and the whole episode for information."""

    def line(what: str, key: str, bar: float | None = None) -> Comparison:
        ours, peer = ([answer[key] for answer in side] for side in (answers.ours, answers.peer))
        return Comparison(f"{env_id} {what}", "us", ours, peer, bar, answers.errors)

    return [
        line("step", "step_us", NOT_SLOWER),
        line("reset()", "reset_us"),
        line("reset(seed)", "seeded_reset_us"),
        line("reset + episode", "episode_us"),
    ]


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
    with worker_pair(options.ours, options.peer, shared_packages()) as workers:
        head = machine(*(worker.ask("versions") for worker in workers))
        results = {env_id: measure(workers, env_id, options.repeats) for env_id in GAMES}
    lines = [line for env_id, answers in results.items() for line in comparisons(env_id, answers)]
    print(report("Bare step: CPU microseconds", head, lines), episode_lengths(results), sep="\n", flush=True)
    if options.json:
        write_json(options.json, "env_step", lines, machine=head)


if __name__ == "__main__":
    run(parse(parser(__doc__ or "", repeats=41)))
