"""Which layers hold on this machine: found by running a program that tries to get out, not by asking for versions.

The rungs, best first; a lower one is taken with a warning, and below the last none is offered.
"""

from __future__ import annotations

import logging
import os
from functools import cache
from pathlib import Path
from typing import NamedTuple

from gem.errors import ConfigError, SandboxUnavailable
from gem.sandbox.box import landlock
from gem.sandbox.box.cell import Layers, Shape
from gem.sandbox.level import Level
from gem.sandbox.limits import Limits
from gem.sandbox.profile import PROFILES
from gem.sandbox.result import Result
from gem.sandbox.zygote.exchange import Exchange
from gem.sandbox.zygote.nursery import Nursery
from gem.sandbox.zygote.view import view_of

log = logging.getLogger(__name__)

RUNGS = {
    "full": ("namespaces", "landlock", "seccomp"),
    "no landlock": ("namespaces", "seccomp"),
    "no namespaces": ("landlock", "seccomp"),
}

TRUNCATION_ABI = 3

CANARY = """
import os, socket
def works(act):
    try:
        act()
    except OSError:
        return False
    return True
acts = {
    "reads /etc/passwd": lambda: open("/etc/passwd").close(),
    "reads gem": lambda: open(GEM).close(),
    "reads the host's environment": lambda: open("/proc/PID/environ").close(),
    "writes beside its folder": lambda: open("/dev/shm/canary", "w").close(),
    "writes above its folder": lambda: open("/canary", "w").close(),
    "changes the mode of the host's files": lambda: os.chmod(os.__file__, 0o644),
    "writes to a socket of the host": lambda: socket.socketpair(1, 2)[0].sendto(b"", "/dev/log"),
    "opens a socket": lambda: socket.socket().close(),
    "starts a process": lambda: os.fork() or os._exit(0),
    "signals the host": lambda: os.kill(PID, 0),
    "cannot write in its folder": lambda: works(lambda: open("note", "w").close()) and open("no such file"),
}
print("sang", [name for name, act in acts.items() if works(act)])
"""
"""A program that names what it could do and should not have been able to."""


class Rung(NamedTuple):
    """What came of one rung's trial."""

    name: str
    layers: tuple[str, ...]
    holds: bool
    why: str
    """Why it does not hold; "" if it does."""


def layers_named(names: tuple[str, ...]) -> Layers:
    """These layers and no others. Raises `ConfigError` for an unknown one."""
    known = {"namespaces", "landlock", "seccomp"}
    if not set(names) <= known:
        raise ConfigError(f"the layers are {', '.join(sorted(known))}, not {', '.join(sorted(set(names) - known))}")
    return Layers(namespaces="namespaces" in names, landlock="landlock" in names, seccomp="seccomp" in names)


@cache
def tried_rungs() -> tuple[Rung, ...]:
    """The rungs from the best down to the first that holds, each tried once in this process."""
    tried: list[Rung] = []
    for name, layers in RUNGS.items():
        why = try_layers(layers_named(layers))
        tried.append(Rung(name, layers, not why, why))
        if not why:
            break
    return tuple(tried)


@cache
def best_layers() -> Layers:
    """The highest rung that holds. Raises `SandboxUnavailable` if none does."""
    tried = tried_rungs()
    best = tried[-1]
    if not best.holds:
        reasons = "; ".join(f"{rung.name}: {rung.why}" for rung in tried)
        raise SandboxUnavailable(f"no level of the sandbox holds here ({reasons}); `gem-gym doctor` says more")
    if best.name != "full":
        log.warning("the sandbox runs at the level %r, since the full one fails: %s", best.name, tried[0].why)
    return layers_named(best.layers)


def try_layers(layers: Layers) -> str:
    """Why these layers don't hold here; "" if they do."""
    if layers.landlock and not layers.namespaces and landlock.abi() < TRUNCATION_ABI:
        return f"Landlock {landlock.abi()} does not keep a program from emptying files, which {TRUNCATION_ABI} does"
    limits = Limits(timeout_s=20)
    shape = Shape(disk_mb=limits.disk_mb, files=limits.files, processes=0)
    try:
        nursery = Nursery(view_of(PROFILES["bare"]), (), layers, shape, 0)
    except (SandboxUnavailable, OSError) as error:
        return str(error)
    try:
        spare = nursery.take(shape)
        if isinstance(spare, str):
            return spare
        code = CANARY.replace("GEM", repr(str(Path(__file__)))).replace("PID", str(os.getpid()))
        return _complaint(Exchange(nursery.peer(spare), limits).perform("program", code.encode(), b""))
    finally:
        nursery.close()


def _complaint(result: Result) -> str:
    if result.stdout == "sang []\n" and result.ok:
        return ""
    if not result.stdout.startswith("sang "):
        last = result.stderr.strip().rpartition("\n")[2]
        return f"the trial program did not run ({result.status}: {last})"
    return f"the trial program could do what it must not: {result.stdout[5:].strip()}"


def level_of(layers: Layers, has_groups: bool = False) -> Level:
    """These layers in words."""
    names = tuple(name for name in ("namespaces", "landlock", "seccomp") if getattr(layers, name))
    rung = next((rung for rung, its in RUNGS.items() if its == names), "+".join(names) or "none")
    files = [*(["own root in a mount namespace"] * layers.namespaces), *(["Landlock"] * layers.landlock)]
    network = [*(["empty network namespace"] * layers.namespaces), *(["no sockets (seccomp)"] * layers.seccomp)]
    processes = [*(["own process namespace"] * layers.namespaces), *(["no fork, no exec (seccomp)"] * layers.seccomp)]
    memory = [*(["control group"] * has_groups), "rlimit", *(["tmpfs bounded in size"] * layers.namespaces)]
    return Level(
        name=rung,
        layers=(*names, *(["cgroup"] * has_groups)),
        files=" and ".join(files) or "nothing",
        network=" and ".join(network) or "nothing",
        processes=" and ".join(processes) or "nothing",
        memory=", ".join(memory),
    )
