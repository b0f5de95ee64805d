"""Runs attacks against one sandbox and says of each whether it was held; meant to be run inside an arena.

    python -m tests.sandbox.attacks.runner --backend zygote --layers landlock,seccomp --only 03_ --shard 0/2

prints one JSON object per attack, an `Outcome`. `--session` runs each as a cell, in a branch of a session whose
trunk must not notice. `--control` runs them without protection (wide bounds, plain child
process): then "held" should be false wherever an attack says that its control is shown. Knows no attack by name.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from gem import sandbox as sandboxes
from gem.errors import SnapshotUnsupported
from gem.sandbox import Limits, Result, Sandbox
from tests.sandbox.attacks.attack import Attack, corpus
from tests.sandbox.attacks.leftovers import PROBE, SETTLE_S, leftovers, processes, quiet_counts
from tests.sandbox.attacks.world import TOKEN, World, fresh_nonce, own_folders, secret, stdin_of

GRACE_S = 1.5
"""How far beyond its time limit a run may take on a busy machine."""
TRAINER_GROWTH_MB = 64
CONTROL = {"memory_mb": 1024, "disk_mb": 128, "open_files": 512, "output_kb": 8192, "processes": 64}
"""Bounds without protection: wide enough for an attack to show what it does, narrow enough for the machine."""
_FOLDER = re.compile(r"[\w./-]*\bgem-[\w./-]+")
"""The name of a sandbox's folder, which is another for every program where it is not in a world of its own."""
NEIGHBOUR = """
import sys, time
text = sys.stdin.read()
end = time.monotonic() + 0.4
while time.monotonic() < end:
    time.sleep(0.01)
print(text[::-1], end="")
"""


@dataclass(slots=True)
class Outcome:
    """One attack against one sandbox."""

    name: str
    kind: str
    level: str
    uid: int
    fired: bool = False
    """Whether the program got as far as its hostile act."""
    refused: bool = False
    """Whether the sandbox would not run it: it asks for processes, which this level gives to no program."""
    problems: list[str] = field(default_factory=list)
    """In which ways it was not held; none for a sandbox that holds."""
    leftovers: list[str] = field(default_factory=list)
    statuses: list[str] = field(default_factory=list)
    wall_s: float = 0.0
    output: str = ""
    """The end of what it printed, for people."""


class Range:
    """One sandbox in one world, with a fresh view to compare the next program's view with."""

    def __init__(self, sandbox: Sandbox, control: bool, session: bool) -> None:
        self.sandbox = sandbox
        self.control = control
        self.session = session
        self.world = World()
        self.view = self._view()
        self.before = quiet_counts()

    def attack(self, attack: Attack) -> Outcome:
        """Run one attack and look at everything."""
        nonce = fresh_nonce()
        facts = self.world.plant(nonce)
        memory = _memory_mb()
        outcome = Outcome(attack.name, attack.kind, self.sandbox.level.name, os.getuid())
        neighbour = Neighbour(self.sandbox, nonce) if attack.has_neighbour else None
        begun = time.monotonic()
        try:
            results = self._cells(attack, facts) if self.session else self._results(attack, stdin_of(facts))
        except Exception as error:
            results = []
            outcome.problems.append(f"the trainer got {type(error).__name__}: {error}")
        outcome.wall_s = round(time.monotonic() - begun, 3)
        if neighbour:
            outcome.problems += neighbour.complaints()
        self._judge(outcome, attack, results, nonce)
        if not self.control or attack.kind == "state":
            outcome.problems += self._next_program()
        if _memory_mb() - memory > TRAINER_GROWTH_MB:
            outcome.problems.append(f"the trainer grew by {_memory_mb() - memory:.0f} MiB")
        outcome.leftovers = leftovers(self.before, self.world, nonce, 0.2 if self.control else SETTLE_S)
        if self.control:
            self._clean()
        if outcome.leftovers:
            self.before = quiet_counts()  # so that what follows answers for itself alone
        return outcome

    def _results(self, attack: Attack, stdin: str) -> list[Result]:
        limits = Limits(**attack.limits | (CONTROL if self.control else {}))
        if not attack.judged:
            return [self.sandbox.run(attack.code, stdin, limits=limits)]
        expected = secret("judge", TOKEN)
        return self.sandbox.run_tests(
            attack.code, [stdin, stdin], stop_on_first_failure=False, limits=limits,
            accept=lambda _, result: expected in result.stdout,
        )  # fmt: skip

    def _cells(self, attack: Attack, facts: dict[str, Any]) -> list[Result]:
        code = attack.code.replace("sys.stdin.readline()", repr(json.dumps(facts)))
        with self.sandbox.session(Limits(**attack.limits)) as trunk:
            trunk.cell("kept = 41")
            try:
                branch = trunk.fork()
            except SnapshotUnsupported:
                return [trunk.cell(code)]
            with branch:
                result = branch.cell(code)
                if branch.alive:
                    branch.cell("1 + 1")
                after = trunk.cell("kept + 1")
        if after.stdout != "42\n":
            raise AssertionError(f"the trunk of its session came out as {after.status}: {after.stdout[:100]!r}")
        return [result]

    def _judge(self, outcome: Outcome, attack: Attack, results: list[Result], nonce: str) -> None:
        printed = "".join(result.stdout + result.stderr for result in results)
        outcome.statuses = [result.status for result in results]
        outcome.output = printed[-400:]
        outcome.fired = f"ATTEMPTED {nonce}" in printed
        if f"SUCCEEDED {nonce}" in printed:
            outcome.problems.append("it says that it succeeded")
        outcome.problems += self.world.damage(nonce, printed)
        limits = Limits(**attack.limits)
        if limits.processes and all("start processes only where" in result.stderr for result in results):
            outcome.refused = True
            return
        if outcome.wall_s > limits.timeout_s * (2 if attack.judged else 1) + GRACE_S:
            outcome.problems.append(f"it took {outcome.wall_s} s of {limits.timeout_s} s")
        for result in results:
            if result.status == "unavailable":
                outcome.problems.append(f"the sandbox broke: {result.stderr[:200]}")
            elif attack.ends and result.status not in attack.ends and not self.session:
                outcome.problems.append(f"it ended as {result.status}")
            if max(len(result.stdout), len(result.stderr)) > limits.output_kb * 1024:
                outcome.problems.append("its output is longer than the bound")

    def _view(self) -> str:
        result = self.sandbox.run(PROBE, "the next line", timeout_s=10)
        return _FOLDER.sub("the folder", f"{result.status} {result.stdout} {result.stderr}")

    def _next_program(self) -> list[str]:
        view = self._view()
        return [] if view == self.view else [f"the next program sees another world: {_difference(self.view, view)}"]

    def _clean(self) -> None:
        for pid in processes() - {os.getpid(), os.getppid(), 1, self.world.victim.pid}:
            try:
                os.kill(pid, signal.SIGKILL)
            except OSError:
                continue  # gone by itself
        self.world.sweep()


class Neighbour:
    """A program that has nothing to do with the attack and runs beside it."""

    def __init__(self, sandbox: Sandbox, nonce: str) -> None:
        self._text = secret("neighbour", nonce)
        self._sandbox = sandbox
        self._result: Result | None = None
        self._thread = threading.Thread(target=self._run, name="neighbour")
        self._thread.start()
        time.sleep(0.2)  # the neighbour starts first; if it did not, the attack would only find less

    def complaints(self) -> list[str]:
        """What went wrong with it."""
        self._thread.join()
        assert self._result is not None
        right = self._result.ok and self._result.stdout == self._text[::-1]
        return [] if right else [f"its neighbour came out as {self._result.status}: {self._result.stdout[:100]!r}"]

    def _run(self) -> None:
        self._result = self._sandbox.run(NEIGHBOUR, self._text, timeout_s=20)


def run(attacks: list[Attack], sandbox: Sandbox, control: bool = False, session: bool = False) -> Iterator[Outcome]:
    """Run these attacks one after the other."""
    place = Range(sandbox, control, session)
    for attack in attacks:
        if control and not attack.control_shown:
            continue
        yield place.attack(attack)


def after_close(sandbox: Sandbox, allowed: int) -> list[str]:
    """What is left in the arena when the sandbox has been closed: no more processes than are allowed, no folder."""
    sandbox.close()
    deadline = time.monotonic() + 5
    while len(processes()) > allowed and time.monotonic() < deadline:
        time.sleep(0.05)
    names = [Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ")[:120] for pid in processes()]
    found = [] if len(names) <= allowed else [f"still there: {names}"]
    return found + [f"still there: {folder}" for folder in own_folders()]


def _memory_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _difference(old: str, new: str) -> str:
    at = next((index for index, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    return f"...{old[max(0, at - 60) : at + 60]!r} became {new[max(0, at - 60) : at + 60]!r}"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--backend", default="zygote")
    parser.add_argument("--layers", default="", help="of the zygote, separated by commas")
    parser.add_argument("--control", action="store_true")
    parser.add_argument("--session", action="store_true")
    parser.add_argument("--only", default="", help="words separated by commas; names that contain one of them")
    parser.add_argument("--shard", default="0/1", help="the attacks of which the number modulo the second is the first")
    parser.add_argument("--secret", default="", help="bait in the command line")
    return parser.parse_args()


def _make(options: argparse.Namespace) -> Sandbox:
    if options.control:
        return sandboxes.make("subprocess", allow_unsafe=True)
    extra: dict[str, Any] = {"layers": tuple(options.layers.split(","))} if options.layers else {}
    return sandboxes.make(options.backend, **extra)


def main() -> None:
    options = _options()
    if not TOKEN:  # start again, with secrets in the environ and the command line from the start
        token = fresh_nonce()
        environ = os.environ | {"GEM_ARENA_TOKEN": token, "API_KEY": secret("environ", token)}
        bait = ["--secret", secret("cmdline", token)]
        os.execve(sys.executable, [sys.executable, "-m", __spec__.name, *sys.argv[1:], *bait], environ)
    index, _, count = options.shard.partition("/")
    words = options.only.split(",")
    attacks = [attack for attack in corpus() if any(word in attack.name for word in words)]
    allowed = len(processes()) + 1  # the sibling
    sandbox = _make(options)
    for outcome in run(attacks[int(index) :: int(count)], sandbox, options.control, options.session):
        print(json.dumps(asdict(outcome)), flush=True)
    last = Outcome("closed", "", sandbox.level.name, os.getuid(), fired=True, leftovers=after_close(sandbox, allowed))
    print(json.dumps(asdict(last)), flush=True)


if __name__ == "__main__":
    main()
