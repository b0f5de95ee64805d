"""Write the tables of README.md and SCORES.md that say what the code says: envs, extras, commands, reference scores.

    python scripts/generate_tables.py            # rewrite
    python scripts/generate_tables.py --check    # exit with 1 if that would change anything

A table stands between `<!-- table:NAME -->` and `<!-- /table:NAME -->`, each on a line of its own.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

from gem.cli import COMMANDS, load
from gem.cli.listing import family, shelves
from gem.reference_scores import Score, references
from gem.registry import EnvSpec, specs

ROOT = Path(__file__).parent.parent
BLOCK = re.compile(r"(<!-- table:(\w+) -->\n).*?(<!-- /table:\2 -->)", re.DOTALL)


def envs() -> str:
    """A row for each game, and one for each family that stands on another package."""
    rows = [(f"`{name}`", _endings(name, group), _first_line(group[0])) for name, group in shelves(specs()).items()]
    return _table(("family", "ids", "what it is"), rows)


def extras() -> str:
    """A row for each optional set of dependencies."""
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups: dict[str, list[str]] = config["project"]["optional-dependencies"]
    rows = [
        (f"`gem-gym[{name}]`", ", ".join(re.split(r"[<>=!~]", need)[0] for need in needs))
        for name, needs in groups.items()
    ]
    return _table(("extra", "installs"), rows)


def commands() -> str:
    """A row for each sub-command."""
    return _table(("command", "what it does"), [(f"`gem-gym {name}`", load(name).HELP) for name in COMMANDS])


def scores() -> str:
    """A row for each certified game: what the reference players earn there."""
    return _scores(lambda env_id: env_id.startswith("game:") and "-v1" in env_id)


def other_scores() -> str:
    """A row for each other id."""
    return _scores(lambda env_id: not (env_id.startswith("game:") and "-v1" in env_id))


DOCUMENTS = ("README.md", "SCORES.md")
TABLES = {"envs": envs, "extras": extras, "commands": commands, "scores": scores, "other_scores": other_scores}


def updated(text: str) -> str:
    """`text` with each table between its marks as it is today."""
    return BLOCK.sub(lambda block: f"{block[1]}{TABLES[block[2]]()}{block[3]}", text)


def main() -> int:
    """Rewrite the documents, or check them."""
    before = {path: path.read_text(encoding="utf-8") for path in (ROOT / name for name in DOCUMENTS)}
    after = {path: updated(text) for path, text in before.items()}
    if "--check" in sys.argv[1:]:
        return int(after != before)
    for path, text in after.items():
        path.write_text(text, encoding="utf-8")
    return 0


def _endings(name: str, group: list[EnvSpec]) -> str:
    """What follows the family in its ids: each version once, then each variant once; of a bridge, all names."""
    if name.endswith(":*"):
        return ", ".join(f"`{spec.id.partition(':')[2]}`" for spec in group)
    if family(group[0].id) == group[0].id:
        return "as it stands"
    endings = [re.fullmatch(r"-(v\d+)(.*)", spec.id.removeprefix(name)) for spec in group]
    versions = dict.fromkeys(ending[1] for ending in endings if ending)
    variants = dict.fromkeys(ending[2] for ending in endings if ending)
    shown = ", ".join(f"`{variant}`" if variant else "plain" for variant in variants)
    return f"{', '.join(f'`-{version}`' for version in versions)}: {shown}"


def _first_line(spec: EnvSpec) -> str:
    """The first line of the module that the id points to."""
    module = sys.modules[spec.load().__module__]
    return (module.__doc__ or "").strip().partition("\n")[0]


def _scores(chosen: Callable[[str], bool]) -> str:
    head = ("id", "random", "junk", "constant", "expert", "its turns", "reset ms", "p99", "step µs")
    rows = [
        (
            f"`{env_id}`",
            *map(_earned, (found.random, found.junk, found.constant, found.expert)),
            f"{found.expert.turns:.1f}" if found.expert else "",
            f"{found.reset_ms:.2g}",
            f"{found.reset_p99_ms:.2g}",
            f"{found.step_us:.0f}",
        )
        for env_id, found in references().items()
        if chosen(env_id)
    ]
    return _table(head, rows)


def _earned(score: Score | None) -> str:
    """Mean return with half its interval, and the success rate."""
    if score is None:
        return "none"
    half = (score.return_high - score.return_low) / 2
    spread = f" ± {half:.2f}" if half >= 0.005 else ""
    rare = 0 < score.success < 0.005 or 0.995 <= score.success < 1  # not to be rounded to never or always
    success = f"{100 * score.success:.{int(rare)}f} %"
    return f"{score.mean_return:.2f}{spread}, {success}"


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, tuple("-" for _ in head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


if __name__ == "__main__":
    sys.exit(main())
