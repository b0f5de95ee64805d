"""Our sandbox of a backend, with one for each profile that is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gem import sandbox

from .contestant import Contestant, Isolation


class Ours(Contestant):
    """The sandbox as `make` gives it."""

    def __init__(self, backend: str) -> None:
        self._backend = backend
        self._sandboxes: dict[str, sandbox.Sandbox] = {}
        self._session: Any = None
        level = self._of("bare").level
        self.level = f"{level.name} ({', '.join(level.layers)})" if level.layers else level.name

    def ready(self, profile: str) -> None:
        """Start the sandbox of this profile, and run a program in it."""
        if profile not in self._sandboxes:
            self._of(profile).run("pass")

    def run(self, code: str, stdin: str, timeout_s: float, profile: str) -> str | None:
        """One call."""
        result = self._of(profile).run(code, stdin, timeout_s)
        return result.stdout if result.ok else None

    def judge(self, code: str, inputs: Sequence[str], timeout_s: float, isolation: Isolation) -> list[str | None]:
        """One call, for all inputs."""
        results = self._of("bare").run_tests(code, inputs, False, isolation, timeout_s=timeout_s)
        return [result.stdout if result.ok else None for result in results]

    def cell(self, code: str, timeout_s: float) -> str | None:
        """One cell of one session."""
        if self._session is None:
            self._session = self._of("bare").session()
        result = self._session.cell(code, timeout_s)
        return result.stdout if result.ok else None

    def close(self) -> None:
        """End the sandboxes, and the session with them."""
        for each in self._sandboxes.values():
            each.close()

    def _of(self, profile: str) -> sandbox.Sandbox:
        if profile not in self._sandboxes:
            self._sandboxes[profile] = sandbox.make(self._backend, profile=profile, allow_unsafe=True)
        return self._sandboxes[profile]
