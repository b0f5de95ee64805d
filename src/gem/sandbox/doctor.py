"""What sandboxes this machine gives, how well each holds, and which one "auto" takes: facts, for others to show."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from time import perf_counter

from gem.errors import GemError
from gem.sandbox.backends import BACKENDS, make
from gem.sandbox.level import Level
from gem.sandbox.machine import PATIENCE_S, Fact, host, kernel_facts, probed, programs
from gem.sandbox.protocol import Sandbox
from gem.sandbox.result import Result

PROGRAM, ANSWER, CALLS = "print(6 * 7)", "42\n", 3
NEEDS_OPTIONS = {"remote": "it needs the address of a service: make('remote', url=...)"}
"""Backends that cannot be tried as they are, and why."""


ENGINES = ("podman", "docker")


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of making one sandbox and running a program in it."""

    backend: str
    level: Level | None = None
    """None where there is no such sandbox here."""
    why_not: str = ""
    """The reason, where there is none."""
    call_ms: float | None = None
    """What the quickest of some calls took."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One level of the zygote."""

    name: str
    layers: tuple[str, ...]
    why_not: str = ""
    """What a trial program could do that it must not, or why there was none; "" where the level holds."""


@dataclass(frozen=True, slots=True)
class Report:
    """All that was found."""

    host: list[Fact]
    kernel: list[Fact]
    programs: list[Fact]
    rungs: list[Rung]
    """Best first; "auto" takes the first that holds."""
    trials: list[Trial]
    auto: Trial

    @property
    def safe(self) -> bool:
        """Whether `make()` gives a sandbox for hostile code."""
        return self.auto.level is not None and self.auto.level.safe


def examine(
    backends: Iterable[str] = tuple(BACKENDS),
    probe: Callable[[], Mapping[str, int]] = probed,
    climb: Callable[[], list[Rung]] | None = None,
    attempt: Callable[[str], Trial] | None = None,
) -> Report:
    """Look at the machine and try each backend; some seconds. What is tried is closed again."""
    attempt = attempt or tried
    rungs, auto = (climb or rungs_tried)(), attempt("auto")
    return Report(host(), kernel_facts(probe()), programs(), rungs, [attempt(name) for name in backends], auto)


def rungs_tried() -> list[Rung]:
    """Every level of the zygote with what came of its trial, also those below the one taken; none but on Linux."""
    if sys.platform != "linux":
        return []
    from gem.sandbox.zygote.ladder import RUNGS, layers_named, tried_rungs, try_layers

    known = {rung.name: rung.why for rung in tried_rungs()}
    return [
        Rung(name, layers, known[name] if name in known else try_layers(layers_named(layers)))
        for name, layers in RUNGS.items()
    ]


def tried(backend: str) -> Trial:
    """Make it, whatever its level, and run some programs. Says what goes wrong, and never raises it."""
    if backend in NEEDS_OPTIONS:
        return Trial(backend, why_not=NEEDS_OPTIONS[backend])
    try:
        if backend in ENGINES and (why := missing_image(backend)):
            return Trial(backend, why_not=why)
        with make(backend, allow_unsafe=backend != "auto") as sandbox:
            calls = [_timed(sandbox) for _ in range(CALLS)]
            level = sandbox.level
    except GemError as error:
        return Trial(backend, why_not=str(error))
    except Exception as error:  # noqa: BLE001 - a doctor tells what is wrong
        return Trial(backend, why_not=f"{type(error).__name__}: {error}")
    result, call_ms = min(calls, key=lambda call: call[1])
    if not result.ok or result.stdout != ANSWER:
        return Trial(backend, why_not=f"a first program failed ({result.status}): {result.stderr.strip()[-300:]}")
    return Trial(backend, level, call_ms=call_ms)


def missing_image(engine_name: str) -> str:
    """Why the engine cannot run the image at once, "" if it can: to pull it is for the user to decide."""
    from gem.sandbox.children.containers import IMAGE
    from gem.sandbox.children.engine import engine_named

    there, said = engine_named(engine_name, None).call("image", "inspect", IMAGE, timeout_s=PATIENCE_S)
    if there:
        return ""
    if "no such" not in said.lower() and "not known" not in said.lower():
        return said[-300:]
    return f"the image is missing: {engine_name} pull {IMAGE}, or make({engine_name!r}, image=...) with one of your own"


def _timed(sandbox: Sandbox) -> tuple[Result, float]:
    begun = perf_counter()
    result = sandbox.run(PROGRAM)
    return result, 1e3 * (perf_counter() - begun)
