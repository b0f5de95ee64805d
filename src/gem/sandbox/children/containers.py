"""Programs in containers of Podman or Docker, driven by their command lines.

Each program has a container of its own, so that nothing outlives it or is met by the next: no file, process,
shared memory or message queue. To hide what a container's start takes, `warm` of them stand ready with a Python
that waits for its program. In the image, the packages of the profile must be installed.
"""

from __future__ import annotations

import contextlib
import os
import uuid
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from gem.sandbox.children.child import ENVIRONMENT, PYTHON_OPTIONS, Child, driver_text, ended_within
from gem.sandbox.children.engine import Engine, accepted, engine_named
from gem.sandbox.children.piped import PipedSandbox, filter_for
from gem.sandbox.level import Level
from gem.sandbox.limits import Limits
from gem.sandbox.profile import PROFILES, Profile

IMAGE = "docker.io/library/python:3.11-slim"
LABEL = "gem.sandbox"
WORK = "/tmp"
"""The one writable folder."""
INTERPRETER_MB = 64
SPARE_TASKS = 64
"""Threads that a program may have besides the processes it may start."""
LEAVING_S = 10.0


class ContainerSandbox(PipedSandbox):
    """What both engines share. Raises `SandboxUnavailable` where the engine cannot start the image.

    `runtime` is the engine's OCI runtime, such as "runsc"; `options` are more of its `run` options; `python` is the
    interpreter in the image, 3.9 or later; `program` is the engine's executable; `warm` containers are kept ready.
    """

    engine_name: str
    starting_s = 120.0

    def __init__(
        self,
        *,
        limits: Limits | None = None,
        profile: Profile = PROFILES["bare"],
        concurrency: int | None = None,
        image: str = IMAGE,
        runtime: str | None = None,
        options: Sequence[str] = (),
        python: str = "python3",
        cpus: float = 1.0,
        warm: int = 1,
        program: str | None = None,
    ) -> None:
        self._engine = engine_named(self.engine_name, program)
        self._engine.fetch(image)
        found = accepted(self._engine, image, python, runtime)
        super().__init__(limits=limits, profile=profile, concurrency=concurrency or os.cpu_count() or 1, packages="")
        self._bounds, self._cpus, self._warm = found.bounds, cpus, warm
        self._label = f"{LABEL}={uuid.uuid4().hex}"
        self._options = [*self._engine.isolation(), *found.options, f"--label={self._label}", *options]
        python_options = PYTHON_OPTIONS if not profile.imports else ("-s",)
        self._command = [f"--entrypoint={python}", image, *python_options, "-c", driver_text()]
        self._spares: deque[ContainerChild] = deque()
        self._undertaker = ThreadPoolExecutor(2, thread_name_prefix="gem-sandbox-undertaker")
        self.try_out()

    @property
    def level(self) -> Level:
        memory = "cgroup and rlimit" if "memory" in self._bounds else "rlimit"
        layers = ("container", "namespaces", "seccomp", "rlimits", *(("cgroup",) if self._bounds else ()))
        held = "namespaces"
        return Level(name=self.engine_name, layers=layers, files=held, network=held, processes=held, memory=memory)

    def close(self) -> None:
        super().close()
        while self._spares:
            self._spares.popleft().close()
        self._undertaker.shutdown()
        if self._label:
            self._engine.remove(self._label)
            self._label = ""

    def _start(self, limits: Limits) -> Child:
        if _shape(limits) != _shape(self.limits):
            return self._launch(limits)
        while len(self._spares) <= self._warm:
            self._spares.append(self._launch(self.limits))
        while len(self._spares) > 1 and not self._spares[0].alive:
            self._undertaker.submit(self._spares.popleft().close)
        return self._spares.popleft()

    def _launch(self, limits: Limits) -> ContainerChild:
        name = f"gem-{uuid.uuid4().hex}"
        bounds = self._bound_options(limits)
        environment = {**ENVIRONMENT, "HOME": WORK, "TMPDIR": WORK}
        named = [f"--env={key}={value}" for key, value in environment.items()]
        place = ["--rm", "--interactive", f"--name={name}", f"--workdir={WORK}"]
        command = [self._engine.program, "run", *place, *self._options, *bounds, *named, *self._command]
        return ContainerChild(self._engine, name, command)

    def _bound_options(self, limits: Limits) -> list[str]:
        """The limits as options of the engine, as far as it accepts them here."""
        memory_mb = limits.memory_mb * (1 + limits.processes) + limits.disk_mb + INTERPRETER_MB
        inodes = f",nr_inodes={limits.files + 4}" if "files" in self._bounds else ""
        figures = {
            "cpus": [f"--cpus={self._cpus}"],
            "pids": [f"--pids-limit={limits.processes + SPARE_TASKS + 2}"],
            "memory": [f"--memory={memory_mb}m", f"--memory-swap={memory_mb}m"],
        }
        kept = [option for name in self._bounds for option in figures.get(name, [])]
        return [*kept, f"--tmpfs={WORK}:rw,nosuid,nodev,size={limits.disk_mb}m,mode=1777{inodes}"]

    def _seccomp(self, limits: Limits) -> bytes:
        return filter_for(limits)

    def _drop(self, box: Child) -> None:
        """As inherited, but a container takes its time to go, for which nobody waits."""
        with self._lock, contextlib.suppress(RuntimeError):
            self._boxes.discard(box)
            self._undertaker.submit(box.close)


class PodmanSandbox(ContainerSandbox):
    """Each program in a container of Podman."""

    engine_name = "podman"


class DockerSandbox(ContainerSandbox):
    """Each program in a container of Docker."""

    engine_name = "docker"


class ContainerChild(Child):
    """The engine's `run` command, and the container at its other end."""

    def __init__(self, engine: Engine, name: str, command: list[str]) -> None:
        super().__init__(command, env=dict(os.environ))
        self._engine, self._name = engine, name

    def end(self) -> None:
        """With its driver the container ends, and goes; by force if that fails."""
        if not ended_within(self.process, LEAVING_S):
            self._engine.call("rm", "--force", self._name, timeout_s=LEAVING_S)
        super().end()


def _shape(limits: Limits) -> tuple[int, ...]:
    """What a container is started with; the rest of the limits its driver puts on."""
    return limits.disk_mb, limits.files, limits.memory_mb, limits.processes
