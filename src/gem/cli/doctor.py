"""`gem-gym doctor`: what this machine gives to sandboxes, which one "auto" takes, and which extras are there."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from importlib import metadata
from textwrap import wrap
from typing import TYPE_CHECKING, NamedTuple

from gem.cli import paint

if TYPE_CHECKING:
    from gem.sandbox.doctor import Report, Rung, Trial
    from gem.sandbox.machine import Fact

HELP = "show which sandboxes this machine gives, and how well they hold"
WIDTH = 80
NAME_WIDTH = 18
YES, NO, NEUTRAL = "yes", " no", "  -"
COLOURS = {YES: paint.GREEN, NO: paint.RED, NEUTRAL: paint.DIM}
NOT_FOR_USERS = {"dev", "all"}
"""Extras that say nothing beyond what the others say."""


class Extra(NamedTuple):
    """A set of optional dependencies."""

    name: str
    installed: dict[str, str]
    """Version by package."""
    missing: list[str]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The form of the answer."""
    parser.add_argument("--json", action="store_true", help="as one JSON object")


def run(args: argparse.Namespace) -> int:
    """Look, try, and print; 1 if `gem.sandbox.make()` gives no sandbox that holds hostile code."""
    from gem.sandbox.doctor import examine

    report, found = examine(), list(extras())
    if args.json:
        content = {"safe": report.safe, **asdict(report), "extras": [each._asdict() for each in found]}
        print(json.dumps(content, indent=2))
    else:
        print("\n".join(lines(report, found, coloured=paint.wanted())))
    return 0 if report.safe else 1


def extras(distribution: str = "gem-gym") -> Iterator[Extra]:
    """Each extra of the installed package, with what is there of it."""
    try:
        requirements = metadata.requires(distribution) or []
    except metadata.PackageNotFoundError:
        return
    wanted: dict[str, list[str]] = {}
    for line in requirements:
        if extra := re.search(r"extra == ['\"]([\w-]+)['\"]", line):
            wanted.setdefault(extra[1], []).append(re.split(r"[^\w.-]", line, maxsplit=1)[0])
    for name in sorted(wanted.keys() - NOT_FOR_USERS):
        versions = {package: _version(package) for package in wanted[name]}
        installed = {package: version for package, version in versions.items() if version is not None}
        yield Extra(name, installed, [package for package in versions if package not in installed])


def lines(report: Report, found: Iterable[Extra], coloured: bool = False) -> Iterator[str]:
    """All of it, no line longer than `WIDTH`."""
    for title, facts in (("machine", report.host), ("kernel", report.kernel), ("programs", report.programs)):
        yield _title(title, coloured)
        for fact in facts:
            yield from _fact(fact, coloured)
        yield ""
    if report.rungs:
        yield _title('levels of the zygote, tried; "auto" takes the first that holds', coloured)
        for rung in report.rungs:
            yield from _rung(rung, coloured)
        yield ""
    yield _title("sandboxes: gem.sandbox.make(NAME)", coloured)
    for trial in report.trials:
        yield from _trial(trial, coloured)
    yield ""
    yield _title("extras: pip install 'gem-gym[NAME]'", coloured)
    for extra in found:
        yield from _extra(extra, coloured)
    yield ""
    yield from _verdict(report, coloured)


def _fact(fact: Fact, coloured: bool) -> Iterator[str]:
    mark = NEUTRAL if fact.holds is None else YES if fact.holds else NO
    yield from _entry(mark, fact.name, fact.value, coloured)
    yield from _aside(fact.advice, coloured)


def _rung(rung: Rung, coloured: bool) -> Iterator[str]:
    yield from _entry(NO if rung.why_not else YES, rung.name, ", ".join(rung.layers), coloured)
    yield from _aside(rung.why_not, coloured)


def _trial(trial: Trial, coloured: bool) -> Iterator[str]:
    level = trial.level
    if level is None:
        yield from _entry(NEUTRAL, trial.backend, f"not here: {trial.why_not}", coloured)
        return
    layers = f": {', '.join(level.layers)}" if level.layers else ""
    speed = "" if trial.call_ms is None else f"; a call takes {trial.call_ms:.{1 if trial.call_ms < 100 else 0}f} ms"
    yield from _entry(YES if level.safe else NO, trial.backend, f"{level.name}{layers}{speed}", coloured)
    yield from _aside(
        f"files: {level.files}; network: {level.network}; processes: {level.processes}; memory: {level.memory}",
        coloured,
    )


def _extra(extra: Extra, coloured: bool) -> Iterator[str]:
    value = ", ".join(f"{package} {version}" for package, version in extra.installed.items())
    if extra.missing:
        value = f"{value}{'; ' if value else ''}without {', '.join(extra.missing)}"
    yield from _entry(NEUTRAL if extra.missing else YES, extra.name, value, coloured)


def _verdict(report: Report, coloured: bool) -> Iterator[str]:
    level = report.auto.level
    if level is None:
        text = f'"auto" gives no sandbox here: {report.auto.why_not}'
    elif report.safe:
        text = f'"auto" gives the zygote at level "{level.name}"; hostile code may run.'
    else:
        text = f'"auto" gives level "{level.name}", which does not hold hostile code.'
    for line in wrap(text, WIDTH):
        yield paint.in_colour(line, paint.GREEN if report.safe else paint.RED) if coloured else line


def _title(text: str, coloured: bool) -> str:
    return paint.in_colour(text, paint.BOLD) if coloured else text


def _entry(mark: str, name: str, value: str, coloured: bool) -> Iterator[str]:
    """`mark name value`, the value going on below itself where it is long."""
    indent = len(mark) + 2 + NAME_WIDTH
    first, *rest = wrap(" ".join(value.split()), WIDTH - indent) or [""]
    shown = paint.in_colour(mark, COLOURS[mark]) if coloured else mark
    yield f"{shown}  {name:{NAME_WIDTH}}{first}".rstrip()
    for line in rest:
        yield " " * indent + line


def _aside(text: str, coloured: bool) -> Iterator[str]:
    indent = len(YES) + 2 + NAME_WIDTH
    for line in wrap(text, WIDTH - indent):
        yield " " * indent + (paint.in_colour(line, paint.DIM) if coloured else line)


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
