"""`gem-gym bench algorithms`: REINFORCE, ReBN, GRPO, PPO and others on the same envs, at equal turns.

The results lie in a folder; the same command goes on with what is missing there, whatever stopped it. At the end, or
with `--report` alone, figures and the report (Markdown and one HTML file) are made of them.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from gem._extras import need
from gem.errors import ConfigError

if TYPE_CHECKING:
    from gem.train.benchmark.plan import Plan

INTERRUPTED = 130
FOLDER = Path("runs/algorithms")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What only `bench algorithms` takes; it also takes `--out`, `--jobs`, `--seeds`, `--quick` and `--report`."""
    shared = f"--out: a directory, default {FOLDER}; --jobs, --seeds, --quick and --report"
    group = parser.add_argument_group(f"of bench algorithms (with {shared})")
    group.add_argument(
        "--only", nargs="+", default=[], metavar="WORD", help="these algorithms, and envs that contain a WORD"
    )
    group.add_argument("--budget", type=int, metavar="TURNS", help="turns of each run (default: as each env needs)")
    group.add_argument("--lrs", metavar="A,B", help="learning rates of the sweep (default: 0.0003,0.001,0.003)")


def run(args: argparse.Namespace) -> int:
    """Run what is missing, then write the report; 1 if a run failed, 130 if interrupted."""
    for module in ("torch", "tokenizers", "matplotlib", "jinja2", "rich"):
        need(module, extra="train")
    from gem.cli.train_progress import Progress
    from gem.train.benchmark.plan import Plan
    from gem.train.benchmark.report import write_report
    from gem.train.benchmark.results import Results
    from gem.train.benchmark.runner import Runner

    folder = args.out or FOLDER
    if args.report:
        plan = Plan.load(folder / "plan.json")
        return _show(write_report(plan, Results(folder), folder))
    plan = plan_of(args)
    runner = Runner(plan, folder)
    plan.save(folder / "plan.json")
    try:
        with Progress() as progress:
            runner.run(args.jobs or 1, progress)
    except KeyboardInterrupt:
        print(f"Stopped; {len(runner.finished())} of {plan.size()} are done. The same command goes on in {folder}.")
        return INTERRUPTED
    if runner.failed:
        print(f"{len(runner.failed)} failed. The same command tries them again.")
        return 1
    return _show(write_report(plan, runner.results, folder))


def plan_of(args: argparse.Namespace) -> Plan:
    """The plan that the arguments ask for. Raises `ConfigError`."""
    from dataclasses import replace

    from gem.train.benchmark.tasks import full_plan, narrowed, quick_plan

    for name in ("jobs", "seeds", "budget"):
        value = getattr(args, name)
        if value is not None and value < 1:
            raise ConfigError(f"--{name} is at least 1, not {value}")
    plan = narrowed(quick_plan() if args.quick else full_plan(), [*args.words, *args.only])
    if args.budget is not None:
        plan = replace(plan, tasks=tuple(replace(task, turns=args.budget) for task in plan.tasks))
    if args.seeds is not None:
        plan = replace(plan, seeds=tuple(range(args.seeds)))
    if args.lrs is not None:
        plan = replace(plan, lrs=_numbers(args.lrs))
    return plan


def _numbers(text: str) -> tuple[float, ...]:
    try:
        return tuple(float(word) for word in text.split(","))
    except ValueError as error:
        raise ConfigError(f"--lrs are numbers such as 0.001,0.003; got {text!r}") from error


def _show(paths: list[Path]) -> int:
    for path in paths:
        print(path.resolve())
    return 0
