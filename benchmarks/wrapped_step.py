"""CPU time of a step through 64 vectorised environments with a history wrapper, ours and the peer's side by side.

Bar: with `concat_chat` ours uses at least 8 times fewer CPU seconds per step. A second table shows how the cost
grows with the number of past turns. The tokenizer is the same code on both sides (chatml.py), with the template
compiled once; no text is tokenized. Two templates are tried: plain ChatML, about the cheapest there can be, and one
that branches per message as real models' templates do.
"""

import argparse
from statistics import median
from typing import Any

from paired import Comparison, report, table, write_json
from peer import worker_environment
from run_options import machine, parse, parser
from worker_process import Answers, Worker, interleaved, worker_pair

NUM_ENVS = 64
EIGHT_TIMES_FEWER = 1 / 8
EPISODES = {
    "game:GuessTheNumber-v0-hard": 14,
    "game:TowerofHanoi-v0-hard": 35,
    "game:Game2048-v0-hard": 50,
}
"""Vector steps per repeat: two of the short episodes, one of each long one."""
CASES = (
    ("concat_chat", "plain", EIGHT_TIMES_FEWER),
    ("concat_chat", "tool-aware", EIGHT_TIMES_FEWER),
    ("concat", "plain", None),
    ("", "plain", None),
)
"""Wrapper (none: what the game and the vector cost), template (for concat_chat alone), and bar."""
GROWTH_TURNS = 33
GROWTH_TEMPLATES = ("plain", "tool-aware")
SHOWN_TURNS = (1, 2, 4, 8, 16, 32)


def measure(workers: tuple[Worker, Worker], question: dict[str, Any], repeats: int) -> tuple[Answers, Answers]:
    """The timed answers, and the untimed ones that tell how much text each side returns."""
    texts = interleaved(workers, [{"workload": "text", "seed": 0, **question}])
    requests = [{"workload": "wrapped", "seed": 1000 * (1 + repeat), **question} for repeat in range(repeats)]
    return interleaved(workers, requests), texts


def compare_cases(workers: tuple[Worker, Worker], repeats: int) -> tuple[list[Comparison], dict[str, Answers]]:
    """One line per case and game, and by the line's name what was said in it."""
    lines: list[Comparison] = []
    texts: dict[str, Answers] = {}
    for wrapper, template, bar in CASES:
        for env_id, vec_steps in EPISODES.items():
            detail = f", {template} template" if wrapper == "concat_chat" else ""
            what = f"{env_id} {wrapper or 'no wrapper'}{detail}"
            question = {"env_id": env_id, "wrapper": wrapper, "template": template}
            answers, texts[what] = measure(workers, {**question, "num_envs": NUM_ENVS, "vec_steps": vec_steps}, repeats)
            ours, peer = ([answer["step_us"] for answer in side] for side in (answers.ours, answers.peer))
            lines.append(Comparison(what, "us", ours, peer, bar, answers.errors))
    return lines, texts


def text_table(texts: dict[str, Answers]) -> str:
    """How much each side returns: a cheaper step must not be a poorer one."""
    rows = [[what, _mean_text(answers.ours), _mean_text(answers.peer)] for what, answers in texts.items()]
    return table(("characters per observation (past turns in it)", "ours", "peer"), rows) + "\n"


def _mean_text(side: list[dict[str, Any]]) -> str:
    if not side:
        return "missing"
    turns = side[0]["past_turns"]
    return f"{side[0]['characters']:.0f} ({turns:.1f})" if turns >= 0 else f"{side[0]['characters']:.0f}"


def measure_growth(workers: tuple[Worker, Worker], template: str, repeats: int) -> Answers:
    """One long episode per repeat, after one that only warms up."""
    question = {"wrapper": "concat_chat", "template": template, "num_envs": NUM_ENVS, "turns": GROWTH_TURNS}
    requests = [{"workload": "growth", "seed": 1000 * repeat, **question} for repeat in range(repeats + 1)]
    answers = interleaved(workers, requests)
    return Answers(answers.ours[1:], answers.peer[1:], answers.errors)


def growth_comparisons(template: str, answers: Answers) -> list[Comparison]:
    """One line per shown turn."""
    lines: list[Comparison] = []
    for turn in SHOWN_TURNS:
        ours, peer = ([answer["per_turn_us"][turn - 1] for answer in side] for side in (answers.ours, answers.peer))
        lines.append(Comparison(f"turn {turn}, {template} template", "us", ours, peer, errors=answers.errors))
    return lines


def growth_note(template: str, answers: Answers) -> str:
    """The growth in a sentence per side: the last shown turn against the first, and the turns really there."""
    notes: list[str] = []
    for name, side in (("ours", answers.ours), ("peer", answers.peer)):
        if side:
            early, late = (median(answer["per_turn_us"][turn - 1] for answer in side) for turn in (1, SHOWN_TURNS[-1]))
            growth = f"turn {SHOWN_TURNS[-1]} costs {late / early:.1f} times turn 1"
            notes.append(
                f"- {template} template, {name}: {growth}; {side[0]['past_turns']} past turns in the last text."
            )
    return "\n".join(notes)


def run(options: argparse.Namespace) -> None:
    """Measure everything in one pair of workers, then print."""
    with worker_pair(options.ours, options.peer, worker_environment()) as workers:
        head = machine(*(worker.ask("versions") for worker in workers))
        lines, texts = compare_cases(workers, options.repeats)
        growths = {template: measure_growth(workers, template, options.repeats) for template in GROWTH_TEMPLATES}
    growth_lines = [line for template, answers in growths.items() for line in growth_comparisons(template, answers)]
    growth_notes = [growth_note(template, answers) for template, answers in growths.items()]
    print(report("Wrapped step, 64 environments: CPU microseconds per environment step", head, lines))
    print(text_table(texts))
    print(
        report("concat_chat: cost of a step by its turn", "\n".join(filter(None, growth_notes)), growth_lines),
        flush=True,
    )
    if options.json:
        write_json(options.json, "wrapped_step", [*lines, *growth_lines], machine=head)


if __name__ == "__main__":
    run(parse(parser(__doc__ or "", repeats=11)))
