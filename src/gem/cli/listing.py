"""`gem-gym list`: which envs there are; also what `gem.print_envs` prints."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable

from gem.registry import UNAVAILABLE, EnvSpec, specs

HELP = "show the ids of all envs"
BRIDGES = frozenset({"rg", "ta", "gymnasium"})
"""Namespaces whose ids are those of another package."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Words to filter by, and the form of the answer."""
    parser.add_argument("words", nargs="*", metavar="WORD", help="show only ids that contain every WORD")
    parser.add_argument("--absent", action="store_true", help="instead, the ids that cannot run here, and why")
    parser.add_argument("--json", action="store_true", help="with what each id builds, as JSON")


def run(args: argparse.Namespace) -> int:
    """Print the ids; 1 if none fits."""
    found = matching(args.words)
    if args.absent:
        return _print_absent(args.words)
    if args.json:
        print(json.dumps([_described(spec) for spec in found], indent=2))
    elif found:
        print_envs(args.words)
    else:
        print(f"no id contains {' and '.join(args.words)}", file=sys.stderr)
    return 0 if found else 1


def family(env_id: str) -> str:
    """An id without version and variant: `game:Sokoban` of `game:Sokoban-v0-easy`."""
    name, mark, rest = env_id.rpartition("-v")
    while mark and not rest[:1].isdigit():  # "-v" that begins a word, as in "-very-hard", is no version
        name, mark, rest = name.rpartition("-v")
    return name if mark else env_id


def shelf(env_id: str) -> str:
    """Where an id is listed: with its family, or with all others of the package that it comes from."""
    namespace = env_id.partition(":")[0]
    return f"{namespace}:*" if namespace in BRIDGES else family(env_id)


def shelves(found: Iterable[EnvSpec]) -> dict[str, list[EnvSpec]]:
    """Specs by shelf, in the order given."""
    grouped: dict[str, list[EnvSpec]] = {}
    for spec in found:
        grouped.setdefault(shelf(spec.id), []).append(spec)
    return grouped


def matching(words: Iterable[str]) -> list[EnvSpec]:
    """The specs whose id contains every word, whatever its capitals."""
    lowered = [word.lower() for word in words]
    return [spec for spec in specs() if all(word in spec.id.lower() for word in lowered)]


def print_envs(words: Iterable[str] = ()) -> None:
    """Print the ids that contain every word, one a line, one family or package a paragraph."""
    paragraphs = ["\n".join(spec.id for spec in group) for group in shelves(matching(words)).values()]
    print("\n\n".join(paragraphs))


def _print_absent(words: Iterable[str]) -> int:
    """Print the ids that exist but cannot run here, with their reasons; 1 if none fits."""
    wanted = [word.lower() for word in words]
    rows = [row for row in sorted(UNAVAILABLE.items()) if all(word in row[0].lower() for word in wanted)]
    print("".join(f"{env_id:40} {reason}\n" for env_id, reason in rows), end="")
    return 0 if rows else 1


def _described(spec: EnvSpec) -> dict[str, object]:
    point = spec.entry_point
    name = point if isinstance(point, str) else f"{point.__module__}:{point.__qualname__}"
    return {"id": spec.id, "entry_point": name, "kwargs": {key: _plain(value) for key, value in spec.kwargs.items()}}


def _plain(value: object) -> object:
    try:
        json.dumps(value)
    except (TypeError, ValueError):
        return repr(value)
    return value
