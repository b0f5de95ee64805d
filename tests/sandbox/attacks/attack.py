"""One attack: a program, and in its docstring what it is. Reads the corpus; runs nothing.

The docstring is a head of lines `Name: text`:

    Tries: what it tries.
    Kind: reading | writing | network | processes | kernel | resources | harness | state
    Seen: how one sees that it succeeded.
    Control: shown                     an unprotected run loses it; or `not shown, <why that can't be>`
    Ends: timeout killed               optional: the only statuses that a run of it may have
    Limits: memory_mb=64 timeout_s=1   optional: bounds of the run; a control run has wider ones
    Judge: tests                       optional: it is run by `run_tests`, twice, before the eyes of a judge
    Neighbour: yes                     optional: another program runs at the same time and must come out right

A program finds what it needs to know as JSON in the first line of stdin (world.py). It prints `ATTEMPTED <nonce>`
right before the hostile act, and `SUCCEEDED <nonce>` where only the program itself can see that it worked.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CORPUS = Path(__file__).parent / "corpus"
KINDS = ("reading", "writing", "network", "processes", "kernel", "resources", "harness", "state")
REQUIRED = ("Tries", "Kind", "Seen", "Control")
OPTIONAL = ("Ends", "Limits", "Judge", "Neighbour")
DEFAULT_TIMEOUT_S = 5.0


@dataclass(frozen=True, slots=True)
class Attack:
    """A program of the corpus with its head."""

    name: str
    code: str
    head: dict[str, str]

    @property
    def kind(self) -> str:
        return self.head["Kind"]

    @property
    def control_shown(self) -> bool:
        """Whether an unprotected run must lose it."""
        return self.head["Control"] == "shown"

    @property
    def ends(self) -> tuple[str, ...]:
        """The statuses that a run of it may have; empty for any."""
        return tuple(self.head.get("Ends", "").split())

    @property
    def limits(self) -> dict[str, Any]:
        """The bounds it is run under, as arguments of `Limits`."""
        pairs = (pair.split("=") for pair in self.head.get("Limits", "").split())
        asked = {name: float(value) if name in {"timeout_s", "cpu_s"} else int(value) for name, value in pairs}
        return {"timeout_s": DEFAULT_TIMEOUT_S} | asked

    @property
    def judged(self) -> bool:
        """Whether it is run by `run_tests`."""
        return self.head.get("Judge") == "tests"

    @property
    def has_neighbour(self) -> bool:
        """Whether another program runs beside it."""
        return self.head.get("Neighbour") == "yes"


def head_of(code: str) -> dict[str, str]:
    """The lines of a program's docstring, by name."""
    lines = (ast.get_docstring(ast.parse(code)) or "").splitlines()
    pairs = (line.partition(": ") for line in lines)
    return {name: text for name, _, text in pairs}


def corpus() -> list[Attack]:
    """All attacks, in the order of their numbers."""
    files = sorted(CORPUS.glob("[0-9]*.py"))
    return [Attack(path.stem, code, head_of(code)) for path in files if (code := path.read_text(encoding="utf-8"))]


def flaws(attack: Attack) -> list[str]:
    """What is wrong with an attack's head."""
    found = [f"no {name}" for name in REQUIRED if not attack.head.get(name)]
    found += [f"unknown {name}" for name in attack.head if name not in REQUIRED + OPTIONAL]
    if attack.head.get("Kind") not in KINDS:
        found.append(f"unknown kind {attack.head.get('Kind')}")
    control = attack.head.get("Control", "")
    if control != "shown" and not (control.startswith("not shown, ") and len(control) > 30):
        found.append("its control is neither 'shown' nor 'not shown, <a sentence>'")
    if "ATTEMPTED" not in attack.code:
        found.append("it never says ATTEMPTED")
    return found
