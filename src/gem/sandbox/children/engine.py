"""Podman and Docker through their command lines: what they accept on this machine, and cleaning up after them."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from gem.errors import SandboxUnavailable

ISOLATION = (
    *("--network=none", "--ipc=none", "--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges"),
    *("--user=65534:65534", "--log-driver=none"),
)
"""What no container goes without."""
PODMAN_ONLY = ("--read-only-tmpfs=false",)
"""Else podman mounts writable folders besides ours."""
BOUNDS = {
    "cpus": ("--cpus=1",),
    "pids": ("--pids-limit=64",),
    "memory": ("--memory=256m", "--memory-swap=256m"),
    "files": ("--tmpfs=/tmp:size=1m,nr_inodes=16",),
}
"""Bounds that not every engine and machine can keep, with figures to try them with."""
RUNC = ("--ulimit=nofile=1024:1024", "--ulimit=nproc=1024:1024")
"""With runc as its runtime and these, podman also starts containers inside of a container or small VM."""
CANARY = ("-S", "-c", "print(6 * 7)")
TRIAL_S, PULL_S, REMOVAL_S = 60.0, 900.0, 60.0


@dataclass(frozen=True, slots=True)
class Engine:
    """One of the two programs, by name or path."""

    program: str
    is_podman: bool

    def call(self, *arguments: str, timeout_s: float) -> tuple[bool, str]:
        """Run it: whether it succeeded, and what it said."""
        try:
            done = subprocess.run(
                [self.program, *arguments],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=timeout_s,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return False, f"no answer within {timeout_s:.0f} s"
        except OSError as error:
            return False, str(error)
        said = done.stdout if done.returncode == 0 else done.stderr or done.stdout
        return done.returncode == 0, said.decode("utf-8", "replace").strip()

    def isolation(self) -> tuple[str, ...]:
        """The options that close a container."""
        return (*ISOLATION, *(PODMAN_ONLY if self.is_podman else ()))

    def fetch(self, image: str) -> None:
        """Have the image here. Raises `SandboxUnavailable` if it can't be had."""
        if self.call("image", "inspect", image, timeout_s=TRIAL_S)[0]:
            return
        fetched, said = self.call("pull", image, timeout_s=PULL_S)
        if not fetched:
            raise SandboxUnavailable(f"{self.program} has no image {image!r} and cannot pull it: {said[-500:]}")

    def remove(self, label: str) -> None:
        """Kill and remove every container with this label."""
        listed, names = self.call("ps", "--all", "--quiet", "--filter", f"label={label}", timeout_s=REMOVAL_S)
        if listed and names:
            self.call("rm", "--force", *names.split(), timeout_s=REMOVAL_S)


@dataclass(frozen=True, slots=True)
class Accepted:
    """What an engine takes on this machine."""

    options: tuple[str, ...]
    bounds: tuple[str, ...]
    """Names of `BOUNDS`."""


def engine_named(name: str, program: str | None) -> Engine:
    """The engine. Raises `SandboxUnavailable` if it is not installed."""
    found = shutil.which(program or name)
    if found is None:
        raise SandboxUnavailable(f"{program or name} is not installed")
    return Engine(found, is_podman=name == "podman")


@cache
def accepted(engine: Engine, image: str, python: str, runtime: str | None) -> Accepted:
    """Find the strictest options under which a container runs. Raises `SandboxUnavailable` if none does."""
    complaints: list[str] = []
    for options in _ways(engine, runtime):

        def runs(names: Sequence[str], options: tuple[str, ...] = options) -> bool:
            bounds = [option for name in names for option in BOUNDS[name]]
            trial = ["run", "--rm", *engine.isolation(), *options, *bounds, f"--entrypoint={python}", image, *CANARY]
            done, said = engine.call(*trial, timeout_s=TRIAL_S)
            complaints.append(said)
            return done and said == "42"

        wanted = tuple(name for name in BOUNDS if name != "files" or not engine.is_podman)  # podman does not know it
        if runs(wanted):
            return Accepted(options, wanted)
        if runs(()):
            return Accepted(options, tuple(name for name in wanted if runs([name])))
    raise SandboxUnavailable(f"{engine.program} starts no container of {image!r} here: {complaints[0][-500:]}")


def _ways(engine: Engine, runtime: str | None) -> Iterator[tuple[str, ...]]:
    if runtime:
        yield (f"--runtime={runtime}",)
        yield (f"--runtime={runtime}", *RUNC)
        return
    yield ()
    runc = shutil.which("runc") or shutil.which("runc", path="/usr/sbin:/sbin")
    if engine.is_podman and runc:
        yield (f"--runtime={runc}", *RUNC)
