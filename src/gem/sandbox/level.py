"""How well a program is held, in words that can stand beside a published result."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """Which layers hold, and what each side of the box rests on."""

    name: str
    """"full", "no landlock", "no namespaces", "bwrap", "podman", "docker", "remote" or "none"."""
    layers: tuple[str, ...] = ()
    """The kernel's means in use, such as "namespaces", "landlock", "seccomp"."""
    files: str
    """What keeps the program from the host's files."""
    network: str
    """What keeps it from the network."""
    processes: str
    """What keeps it from other processes, and from leaving some behind."""
    memory: str
    """What bounds its memory."""

    @property
    def safe(self) -> bool:
        """Whether hostile code may be run here at all: files, network and processes are all held."""
        return "nothing" not in (self.files, self.network, self.processes)


UNSAFE = Level(name="none", files="nothing", network="nothing", processes="nothing", memory="rlimit")
"""A plain child process: bounded in time and memory, free in all else."""
