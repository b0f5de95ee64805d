"""The report of a benchmark: Markdown beside its figures, and one HTML file that needs nothing else."""

from __future__ import annotations

import base64
from importlib.resources import files
from pathlib import Path
from typing import Any

from gem._extras import need
from gem.errors import ConfigError, StorageError
from gem.eval.stats import CONFIDENCE, RESAMPLES, Interval
from gem.train.advantages import ESTIMATORS, group_level
from gem.train.algorithms import CRITIC, GROUPED
from gem.train.benchmark import figures
from gem.train.benchmark.analysis import Analysis
from gem.train.benchmark.plan import SHARED, Plan
from gem.train.benchmark.results import Results

MARKDOWN, HTML = "report.md", "report.html"
CAPTIONS = {
    figures.KINDS: "Scaled success over the turns spent, over all envs of a kind.",
    figures.ENDS: "Scaled success at the end of the budget, with 95 % intervals.",
    figures.DIFFERENCES: "Difference of scaled success to the baseline. Hollow: not separable from zero.",
    figures.CURVES: "Learning curves on each env: mean success of the seeds on held-out instances.",
}


def write_report(plan: Plan, results: Results, folder: Path) -> list[Path]:
    """Draw the figures and write `report.md` and `report.html` into `folder`.

    Raises `ConfigError` while there is no env on which every algorithm is done, and `StorageError`.
    """
    analysis = Analysis(plan, results)
    if not analysis.tasks:
        raise ConfigError(f"{results.path} has no env yet on which every algorithm is done: run the benchmark first")
    envs, kinds = analysis.env_tables(), analysis.kind_tables()
    try:
        pictures = figures.draw(folder / "figures", envs, kinds, analysis.baseline)
        context = {
            "plan": plan,
            "envs": envs,
            "kinds": kinds,
            "baseline": analysis.baseline,
            "missing": analysis.missing,
            "methods": [method(algo) for algo in plan.algorithms],
            "verdict": verdict(envs),
            "effort": effort(results),
            "shared": SHARED,
            "provenance": provenances(results),
            "confidence": round(100 * CONFIDENCE),
            "resamples": RESAMPLES,
        }
        shown = [
            (CAPTIONS[path.name], path) for path in sorted(pictures, key=lambda path: [*CAPTIONS].index(path.name))
        ]
        written = [
            (MARKDOWN, [(caption, f"figures/{path.name}") for caption, path in shown]),
            (HTML, [(caption, _embedded(path)) for caption, path in shown]),
        ]
        for name, images in written:
            (folder / name).write_text(_render(name, {**context, "images": images}), encoding="utf-8")
    except OSError as error:
        raise StorageError(f"{folder} cannot be written: {error.strerror or error}") from error
    return [folder / name for name, _ in written]


def method(algo: str) -> dict[str, Any]:
    """What an algorithm uses, as its estimator's signature tells."""
    estimator = ESTIMATORS["gae" if algo in CRITIC else algo]
    assert "gamma" in estimator.parameters, "every estimator discounts something"
    return {
        "algo": algo,
        "gamma": "whole episodes" if estimator.function.__module__ == group_level.__name__ else "turns",
        "lam": "lam" in estimator.parameters,
        "groups": algo in GROUPED,
        "states": "state" in estimator.needs,
        "critic": algo in CRITIC,
    }


def verdict(envs: list[Any]) -> dict[str, int]:
    """How many comparisons on single envs there are, and how many are separable, by their words."""
    words = [row.word for env in envs for row in env.rows if row.difference is not None]
    return {"all": len(words), **{word: words.count(word) for word in ("better", "worse", "not separable")}}


def effort(results: Results) -> dict[str, float]:
    """Runs, and processor minutes."""
    done = results.done.values()
    return {
        "count": len(done),
        "minutes": sum(result.seconds + result.evaluation_seconds for result in done) / 60,
        "turns": sum(result.turns for result in done),
    }


def provenances(results: Results) -> list[dict[str, Any]]:
    """Every different machine, set of versions and commit that results come from."""
    different: list[dict[str, Any]] = []
    for result in results.done.values():
        if result.provenance not in different:
            different.append(result.provenance)
    return different


def _render(name: str, context: dict[str, Any]) -> str:
    jinja2 = need("jinja2", extra="train")
    environment = jinja2.Environment(
        autoescape=name == HTML, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    environment.filters |= {"interval": interval, "signed": signed, "settings": _settings}
    template = environment.from_string(files("gem.train.benchmark").joinpath(name).read_text(encoding="utf-8"))
    return template.render(context)


def interval(value: Interval) -> str:
    """An estimate with its bounds; "too few seeds" where there are none."""
    bounds = f"{value.low:.2f} to {value.high:.2f}" if value.low == value.low else "too few seeds"
    return f"{value.estimate:.3f} ({bounds})"


def signed(value: Interval | None) -> str:
    """A difference with its bounds; empty where there is none."""
    if value is None:
        return ""
    bounds = f"{value.low:+.2f} to {value.high:+.2f}" if value.low == value.low else "too few seeds"
    return f"{value.estimate:+.3f} ({bounds})"


def _settings(values: Any) -> str:
    return ", ".join(f"{name} {value}" for name, value in dict(values).items())


def _embedded(path: Path) -> str:
    return f"data:image/png;base64,{base64.b64encode(path.read_bytes()).decode('ascii')}"
