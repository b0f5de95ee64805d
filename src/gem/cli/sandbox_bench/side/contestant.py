"""What a measurement needs of a contestant: programs run, judged on inputs, kept as a session."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Literal

Isolation = Literal["process", "test"]
JUDGING_THREADS = 5
"""So many tests of a program does the released GEM's `CodeEnv` run at the same time."""


class Contestant(ABC):
    """One way of running programs; `run` may be called from many threads."""

    level = "nothing"
    """What holds the programs, in a few words."""

    def ready(self, profile: str) -> None:  # noqa: B027 - most have nothing to do
        """Do what is done once for this profile, so that it is in no call's time."""

    @abstractmethod
    def run(self, code: str, stdin: str, timeout_s: float, profile: str) -> str | None:
        """What a program printed; None if it did not end well."""

    def judge(self, code: str, inputs: Sequence[str], timeout_s: float, isolation: Isolation) -> list[str | None]:
        """What a program printed for each input."""
        del isolation
        with ThreadPoolExecutor(JUDGING_THREADS) as threads:
            return list(threads.map(partial(self.run, code, timeout_s=timeout_s, profile="bare"), inputs))

    def cell(self, code: str, timeout_s: float) -> str | None:
        """What a cell printed in a session that goes on."""
        raise NotImplementedError("it has no sessions")

    def close(self) -> None:  # noqa: B027 - most hold nothing
        """Leave nothing behind."""
