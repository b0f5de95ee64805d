"""A harness in use: taken from a nursery for one program or session, put into its control group, let go at the end."""

from __future__ import annotations

from dataclasses import replace
from types import TracebackType
from typing import Self

from gem.sandbox.box.wire import Kind
from gem.sandbox.limits import Limits
from gem.sandbox.result import Result
from gem.sandbox.zygote.cgroup import Groups
from gem.sandbox.zygote.exchange import Exchange, Peer
from gem.sandbox.zygote.nursery import Nursery
from gem.sandbox.zygote.spare import Spare


class Held:
    """One harness and all that must be given back after it."""

    def __init__(self, nursery: Nursery, spare: Spare, limits: Limits, groups: Groups | None) -> None:
        self._nursery = nursery
        self._spare = spare
        self._limits = limits
        self._groups = groups
        self._group = groups.enclose(spare.pid, limits) if groups is not None and spare.pid else None
        self.is_fresh = True
        """Whether it has been asked nothing yet."""
        self.answers = True
        """Whether it can be asked again."""
        self.was_spoilt = False
        """Whether the last request could not be sent, by the doing of the program before it."""

    @property
    def peer(self) -> Peer:
        """The other side of a request."""
        return self._nursery.peer(self._spare)

    def perform(self, kind: Kind, code: bytes, stdin: bytes) -> Result:
        """Have one request done; the result says "unavailable" if it never came to the harness."""
        exchange = Exchange(self.peer, self._limits)
        result = exchange.perform(kind, code if self.is_fresh else b"", stdin)
        self.was_spoilt = not exchange.was_sent and not self.is_fresh
        self.is_fresh, self.answers = False, exchange.finished and not exchange.speaks_unasked()
        if not exchange.finished and self._ran_out_of_memory():
            return replace(result, limit_hit="memory")
        return result

    def let_go(self) -> None:
        """Kill it, with all that it started; safe to call twice."""
        self._nursery.let_go(self._spare)
        self._ran_out_of_memory()

    def _ran_out_of_memory(self) -> bool:
        """Give the group back; whether the kernel had to enforce its bound."""
        group, self._group = self._group, None
        return group is not None and self._groups is not None and self._groups.release(group)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.let_go()
