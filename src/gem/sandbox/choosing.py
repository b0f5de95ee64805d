"""The profile "auto": each program goes where what it imports is loaded, and most need nothing but the language."""

from __future__ import annotations

import re
from collections.abc import Callable
from threading import Lock

from gem.sandbox.level import Level
from gem.sandbox.limits import Limits
from gem.sandbox.profile import PROFILES, Profile, profile_of
from gem.sandbox.protocol import Accept, Isolation, Sandbox, Session
from gem.sandbox.result import Result

_IMPORTS = re.compile(rb"\b(?:import|from)[ \t]+(?:[\w., \t]*[, \t])?(?:numpy|sympy|mpmath)\b")


class ChoosingSandbox(Sandbox):
    """Two sandboxes behind one face, each started when it is first needed."""

    def __init__(self, start: Callable[[Profile], Sandbox], limits: Limits | None) -> None:
        self._start = start
        self._lock = Lock()
        self._plain = start(PROFILES["bare"])
        self._rich: Sandbox | None = None
        super().__init__(limits=limits, profile=profile_of("auto"), concurrency=self._plain.concurrency)

    @property
    def level(self) -> Level:
        return self._plain.level

    def session(self, limits: Limits | None = None) -> Session:
        """A session in which all can be imported, since nobody knows what its cells will need."""
        return self._with_packages().session(limits or self.limits)

    def close(self) -> None:
        self._plain.close()
        if self._rich is not None:
            self._rich.close()
        super().close()

    def _run(self, code: bytes, stdin: bytes, limits: Limits) -> Result:
        return self._for(code).run(code, stdin, limits=limits)

    def _run_tests(
        self, code: bytes, inputs: list[bytes], stop: bool, isolation: Isolation, accept: Accept, limits: Limits
    ) -> list[Result]:
        return self._for(code).run_tests(code, inputs, stop, isolation, accept=accept, limits=limits)

    def _for(self, code: bytes) -> Sandbox:
        return self._with_packages() if self.profile.imports and _IMPORTS.search(code) else self._plain

    def _with_packages(self) -> Sandbox:
        with self._lock:
            if self._rich is None:
                self._rich = self._start(Profile("installed", self.profile.imports))
            return self._rich
