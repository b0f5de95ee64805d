"""The whole corpus against one rung of the ladder as one user: several arenas at once, one table of outcomes.

Says which rungs there are and what each may lose (allowed_losses.toml); judges nothing else.
"""

from __future__ import annotations

import json
import os
import subprocess
import tomllib
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

from tests.sandbox.attacks.arena import USER, in_arena, why_no_arena
from tests.sandbox.attacks.attack import corpus

RUNGS = {
    "full": ("--backend", "zygote"),
    "session": ("--backend", "zygote", "--session"),
    "no namespaces": ("--backend", "zygote", "--layers", "landlock,seccomp"),
    "no landlock": ("--backend", "zygote", "--layers", "namespaces,seccomp"),
    "bwrap": ("--backend", "bwrap"),
    "control": ("--control",),
}
SHARDS = 4
TIMEOUT_S = 480
_LOSSES = Path(__file__).with_name("allowed_losses.toml")
_RUNNER = ("-m", "tests.sandbox.attacks.runner")


@cache
def campaign(rung: str, uid: int, shards: int = SHARDS) -> dict[str, dict[str, Any]]:
    """The outcome of every attack by its name, as runner.py's `Outcome` has it; "closed" for the end of it.

    Raises `NotGiven` where this machine has no such rung.
    """
    if why := why_no_arena(uid):
        raise NotGiven(why)
    with ThreadPoolExecutor(shards) as pool:
        parts = pool.map(lambda shard: _part(rung, uid, f"{shard}/{shards}"), range(shards))
        outcomes = [outcome for part in parts for outcome in part]
    closed = [outcome for outcome in outcomes if outcome["name"] == "closed"]
    whole = {outcome["name"]: outcome for outcome in outcomes}
    whole["closed"] = closed[0] | {"leftovers": [text for outcome in closed for text in outcome["leftovers"]]}
    return dict(sorted(whole.items()))


class NotGiven(Exception):
    """This machine does not give the rung, or no arena."""


def expected(rung: str) -> list[str]:
    """The names of the attacks that a campaign must have run."""
    return [attack.name for attack in corpus() if rung != "control" or attack.control_shown]


def allowed_losses(rung: str, uid: int) -> dict[str, str]:
    """Attacks that a rung may lose, with the reason."""
    losses = tomllib.loads(_LOSSES.read_text(encoding="utf-8"))
    return losses.get(rung, {}) | losses.get(f"{rung} as {'root' if uid == 0 else 'user'}", {})


def lost(outcome: dict[str, Any]) -> list[str]:
    """In which ways an attack was not held; none where it was."""
    return [*outcome["problems"], *outcome["leftovers"]]


def users() -> list[int]:
    """As whom a campaign can be run here."""
    return [0, USER] if os.getuid() == 0 else [os.getuid()]


def _part(rung: str, uid: int, shard: str) -> list[dict[str, Any]]:
    try:
        printed = in_arena([*_RUNNER, *RUNGS[rung], "--shard", shard], uid, TIMEOUT_S)
    except subprocess.CalledProcessError as error:
        if "SandboxUnavailable" in error.stderr or "unshare:" in error.stderr:
            raise NotGiven(error.stderr.strip().splitlines()[-1]) from error
        raise AssertionError(f"the witness died: {error.stdout[-500:]}\n{error.stderr[-2000:]}") from error
    outcomes = [json.loads(line) for line in printed.splitlines() if line.startswith('{"name"')]
    if rung not in ("control", outcomes[0]["level"]) and (rung, outcomes[0]["level"]) != ("session", "full"):
        raise NotGiven(f"the level here is {outcomes[0]['level']!r}")
    return outcomes
