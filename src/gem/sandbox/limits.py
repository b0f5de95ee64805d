"""How much of the machine one program may use. Says the bounds; the backends enforce them."""

from __future__ import annotations

from dataclasses import dataclass, fields

from gem.errors import ConfigError

MAX_TIMEOUT_S = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The bounds of one program. Raises `ConfigError` for what no program could run under.

    Limits(timeout_s=2, memory_mb=1024)
    """

    timeout_s: float = 10.0
    """Wall-clock seconds until the program, with all that it started, is killed."""
    cpu_s: float | None = None
    """Seconds of processor time; None leaves it to `timeout_s`."""
    memory_mb: int = 512
    """Address space in MiB, on top of what the interpreter and its preloaded packages take."""
    output_kb: int = 1024
    """KiB that are kept of each of stdout and stderr."""
    disk_mb: int = 32
    """MiB of files that the program may write."""
    files: int = 4096
    """How many files and folders it may make."""
    open_files: int = 64
    """How many files it may hold open."""
    processes: int = 0
    """How many processes it may start besides its own, threads among them; with 0 none, and threads are free."""

    def __post_init__(self) -> None:
        for field in fields(self):
            self._check(field.name, getattr(self, field.name))

    @staticmethod
    def _check(name: str, value: float | None) -> None:
        if value is None and name == "cpu_s":
            return
        real = name in {"timeout_s", "cpu_s"}
        if isinstance(value, bool) or not isinstance(value, (int, float) if real else int):
            raise ConfigError(f"Limits.{name} is a {'number' if real else 'whole number'}, not {value!r}")
        lowest = {"processes": 0, "open_files": 8, "memory_mb": 16}.get(name, 1 if not real else 0)
        if real and not 0 < value <= MAX_TIMEOUT_S:
            raise ConfigError(f"Limits.{name} lies above 0 and at most at {MAX_TIMEOUT_S:.0f} seconds, not at {value}")
        if not lowest <= value < 2**31:
            raise ConfigError(f"Limits.{name} is at least {lowest} and below 2**31, not {value}")
