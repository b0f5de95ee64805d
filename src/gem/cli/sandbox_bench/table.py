"""The figures as Markdown tables: one of all that was measured, one of the bars."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from gem.cli import paint
from gem.cli.sandbox_bench.figures import Run, Verdict, verdicts
from gem.cli.sandbox_bench.rows import CONTESTANTS, OURS, ROWS, Row, Statistic
from gem.cli.vector_bench.table import table

HEADERS = ("what", "who", "median (of repeats)", "tail", "ours is faster", "at the tail")
BAR_HEADERS = ("bar", "reached (repeats)", "asked", "met")
MET = {True: "yes", False: "NO", None: "?"}
PAINTED = {" yes ": paint.GREEN, " NO ": paint.RED, " ? ": paint.YELLOW}


def report(run: Run, coloured: bool = False) -> str:
    """The machine, what holds whose programs, the figures, the bars, and what is missing."""
    parts = [", ".join(f"{name} {value}" for name, value in run.machine.items()) + "."]
    parts.append("\n".join(f"- Programs of {name} are held by {level}." for name, level in run.levels.items()))
    if found := [cells for row in ROWS.values() for cells in _lines(run, row)]:
        parts.append(table(HEADERS, found))
    if judged := verdicts(run):
        text = table(BAR_HEADERS, [_verdict(each) for each in judged])
        parts.append(painted(text) if coloured else text)
    parts.append("\n".join(f"- {note}" for note in [*_troubles(run), *run.notes]))
    return "\n\n".join(part for part in parts if part) + "\n"


def painted(text: str) -> str:
    """The verdicts in colour."""
    lines = text.split("\n")
    for index, line in enumerate(lines):
        start, bar, verdict = line.rstrip("|").rpartition("|")
        for word, colour in PAINTED.items():
            if verdict.startswith(word):
                lines[index] = f"{start}{bar}{paint.in_colour(verdict, colour)}|"
    return "\n".join(lines)


def _lines(run: Run, row: Row) -> list[list[str]]:
    """One for each contestant that has figures; the first says what they are of."""
    measured = [name for name in CONTESTANTS if run.find(row.name, name).each("p50")]
    return [["" if index else row.title, *_cells(run, row, name)] for index, name in enumerate(measured)]


def _cells(run: Run, row: Row, name: str) -> list[str]:
    figures = run.find(row.name, name)
    tail = figures.value(row.tail) if row.tail else None
    return [
        name,
        f"{_shown(figures.value('p50'), row.unit)} ({_range(figures.each('p50'), row.unit)})",
        f"{row.tail} {_shown(tail, row.unit)}" if tail is not None else "",
        _times(run, row, "p50", name),
        _times(run, row, row.tail, name) if row.tail else "",
    ]


def _times(run: Run, row: Row, statistic: Statistic, name: str) -> str:
    """Our advantage over this contestant: the median over the repeats, or worst against worst."""
    if name == OURS:
        return ""
    ratios = run.ratios(row.name, statistic, name)
    if statistic == "worst":
        ours, other = (run.find(row.name, who).value(statistic) for who in (OURS, name))
        ratios = [other / ours] if ours and other else []
    return _ratio(median(ratios)) if ratios else ""


def _verdict(verdict: Verdict) -> list[str]:
    bar, reached = verdict.bar, verdict.reached
    title = f"{ROWS[bar.row].title}, {'median' if bar.statistic == 'p50' else bar.statistic}"
    if bar.times is None:
        figure, asked = _shown(verdict.figure, "ms"), f"<= {bar.at_most_ms:g} ms"
    else:
        figure, asked = _ratio(verdict.figure or 0.0), f">= {bar.times:g} ×"
    spread = f"{figure} ({min(reached):.2f}..{max(reached):.2f})" if reached else "not measured"
    return [title, spread, asked, MET[verdict.met]]


def _troubles(run: Run) -> list[str]:
    """What went wrong, each once."""
    lines: list[str] = []
    for each in run.figures:
        title, calls = ROWS[each.row].title, sum(map(len, each.repeats_ms))
        if each.error:
            lines.append(f"{each.contestant} failed at {title!r}: {each.error}")
        if each.wrong:
            lines.append(f"{each.contestant} gave {each.wrong} wrong answers at {title!r} ({calls} timings).")
    return lines


def _ratio(times: float) -> str:
    return f"{times:,.{0 if times >= 100 else 1 if times >= 1 else 2}f} ×"


def _shown(ms: float | None, unit: str) -> str:
    """Milliseconds as they are, or as programs per second."""
    if ms is None:
        return ""
    value = ms if unit == "ms" else 1e3 / ms
    return f"{value:,.{0 if value >= 100 else 1 if value >= 10 else 2}f} {unit}"


def _range(values_ms: Sequence[float], unit: str) -> str:
    """The least and the greatest, such as `4.1..5.9`."""
    low, high = sorted((min(values_ms), max(values_ms)), reverse=unit == "/s")
    return "..".join(_shown(each, unit).partition(" ")[0] for each in (low, high))
