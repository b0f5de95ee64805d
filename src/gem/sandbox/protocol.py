"""The one protocol of all sandboxes: run a program, judge it on inputs, keep a session.

Whatever a program does is a `Result`: nothing it does raises here. Only a caller's own mistake raises
(`ConfigError`), and a sandbox that cannot be had at all (`SandboxUnavailable`, from `make`).
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Literal, Self

from gem.errors import ConfigError
from gem.sandbox.level import Level
from gem.sandbox.limits import Limits
from gem.sandbox.profile import Profile
from gem.sandbox.result import Result

Isolation = Literal["process", "test"]
"""One process for all tests of a program, with fresh globals for each test; or one process for each test."""

Accept = Callable[[int, Result], bool]
"""Whether the result of the input of this index is right; called here, so that what is right stays here."""


class Session(ABC):
    """An interpreter that keeps its variables from cell to cell."""

    @property
    @abstractmethod
    def alive(self) -> bool:
        """Whether another cell can run."""

    @abstractmethod
    def cell(self, code: str | bytes, timeout_s: float | None = None) -> Result:
        """Run `code` in the session; the value of a last expression is printed, as in a notebook.

        At its time limit a cell is interrupted and the variables stay; one that does not stop takes the session along.
        """

    @abstractmethod
    def interrupt(self) -> None:
        """Raise `KeyboardInterrupt` in the cell that runs now, if one does; from any thread."""

    @abstractmethod
    def fork(self) -> Session:
        """Another session with a copy of the variables and files. Raises `SnapshotUnsupported` where that can't be."""

    @abstractmethod
    def close(self) -> None:
        """End it, with all that it started; safe to call twice."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Sandbox(ABC):
    """A place where programs run; safe to use from many threads."""

    def __init__(self, *, limits: Limits | None = None, profile: Profile, concurrency: int) -> None:
        if concurrency < 1:
            raise ConfigError(f"concurrency is at least 1, not {concurrency}")
        self.limits = limits or Limits()
        self.profile = profile
        self.concurrency = concurrency
        """How many programs run at the same time; more wait, and waiting does not count as their time."""
        self._threads: ThreadPoolExecutor | None = None

    @property
    @abstractmethod
    def level(self) -> Level:
        """Which layers hold."""

    @abstractmethod
    def _run(self, code: bytes, stdin: bytes, limits: Limits) -> Result:
        """Run one program under these limits; any thread may call."""

    def run(
        self,
        code: str | bytes,
        stdin: str | bytes = b"",
        timeout_s: float | None = None,
        limits: Limits | None = None,
    ) -> Result:
        """Run `code` as a main program. `timeout_s` replaces that of `limits`, which replace the sandbox's own."""
        return self._run(encoded(code), encoded(stdin), self._limits(timeout_s, limits))

    def run_tests(
        self,
        code: str | bytes,
        inputs: Sequence[str | bytes],
        stop_on_first_failure: bool = True,
        isolation: Isolation = "process",
        *,
        accept: Accept | None = None,
        timeout_s: float | None = None,
        limits: Limits | None = None,
    ) -> list[Result]:
        """Run `code` once per input on stdin, in order, each under the limits; one result for each that ran.

        A test fails if it does not end with exit code 0 or if `accept` says no. What is expected never
        enters the sandbox: `accept` is called on this side.
        """
        if isolation not in ("process", "test"):
            raise ConfigError(f"isolation is 'process' or 'test', not {isolation!r}")
        accept = accept or accept_all
        bounds = self._limits(timeout_s, limits)
        encoded_inputs = [encoded(text) for text in inputs]
        return self._run_tests(encoded(code), encoded_inputs, stop_on_first_failure, isolation, accept, bounds)

    def _run_tests(
        self, code: bytes, inputs: list[bytes], stop: bool, isolation: Isolation, accept: Accept, limits: Limits
    ) -> list[Result]:
        """One process per test, whatever the isolation asked for: the stricter of the two."""
        del isolation
        results: list[Result] = []
        for index, stdin in enumerate(inputs):
            results.append(self._run(code, stdin, limits))
            if stop and not (results[-1].ok and accept(index, results[-1])):
                break
        return results

    @abstractmethod
    def session(self, limits: Limits | None = None) -> Session:
        """Start an interpreter that keeps its state. Raises `SandboxUnavailable` if none can be had."""

    async def arun(
        self,
        code: str | bytes,
        stdin: str | bytes = b"",
        timeout_s: float | None = None,
        limits: Limits | None = None,
    ) -> Result:
        """`run` for an event loop, which goes on meanwhile."""
        work = partial(self.run, code, stdin, timeout_s, limits)
        return await asyncio.get_running_loop().run_in_executor(self._executor(), work)

    async def arun_tests(
        self,
        code: str | bytes,
        inputs: Sequence[str | bytes],
        stop_on_first_failure: bool = True,
        isolation: Isolation = "process",
        *,
        accept: Accept | None = None,
        timeout_s: float | None = None,
        limits: Limits | None = None,
    ) -> list[Result]:
        """`run_tests` for an event loop."""
        options = {"accept": accept, "timeout_s": timeout_s, "limits": limits}
        work = partial(self.run_tests, code, inputs, stop_on_first_failure, isolation, **options)
        return await asyncio.get_running_loop().run_in_executor(self._executor(), work)

    def close(self) -> None:
        """End every program and release all; safe to call twice."""
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)
            self._threads = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _limits(self, timeout_s: float | None, limits: Limits | None) -> Limits:
        limits = limits or self.limits
        return limits if timeout_s is None else replace(limits, timeout_s=timeout_s)

    def _executor(self) -> ThreadPoolExecutor:
        if self._threads is None:
            self._threads = ThreadPoolExecutor(self.concurrency, thread_name_prefix="gem-sandbox")
        return self._threads


def encoded(text: str | bytes) -> bytes:
    """Bytes as they are; text as UTF-8, lone surrogates (which no file can hold) as question marks."""
    return text if isinstance(text, bytes) else text.encode("utf-8", "replace")


def accept_all(index: int, result: Result) -> bool:
    """Every result is right."""
    del index, result
    return True
