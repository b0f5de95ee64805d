"""Conversations that wait for things, written once and driven by a thread or by an event loop.

A talk is a generator that yields what it waits for and is sent whether that has come. However its driver ends (an
interrupt, a cancelled task), the talk is closed, so that its `finally` clauses run.
"""

from __future__ import annotations

import asyncio
import select
import socket
from collections.abc import Generator
from concurrent import futures
from contextlib import closing
from dataclasses import dataclass
from typing import Any, TypeVar

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Done:
    """Waiting until a future has its result."""

    future: futures.Future[Any]

    def block(self) -> bool:
        """Wait in this thread."""
        futures.wait([self.future])
        return True

    async def arrive(self) -> bool:
        """Wait on the running event loop."""
        await asyncio.wait([asyncio.wrap_future(self.future)])
        return True


@dataclass(frozen=True, slots=True)
class Readable:
    """Waiting until a socket has something to read, but no longer than so many seconds."""

    channel: socket.socket
    timeout_s: float

    def block(self) -> bool:
        """Wait in this thread."""
        poll = select.poll()
        poll.register(self.channel, select.POLLIN)
        return bool(poll.poll(max(0.0, self.timeout_s) * 1000))

    async def arrive(self) -> bool:
        """Wait on the running event loop."""
        loop = asyncio.get_running_loop()
        came: asyncio.Future[None] = loop.create_future()
        loop.add_reader(self.channel, lambda: came.done() or came.set_result(None))
        try:
            await asyncio.wait([came], timeout=max(0.0, self.timeout_s))
        finally:
            loop.remove_reader(self.channel)
        return came.done()


Talk = Generator[Done | Readable, bool, Result]


def drive(talk: Talk[Result]) -> Result:
    """Have a talk in this thread."""
    with closing(talk):
        try:
            wait = next(talk)
            while True:
                wait = talk.send(wait.block())
        except StopIteration as end:
            return end.value


async def adrive(talk: Talk[Result]) -> Result:
    """Have a talk on the running event loop, which is free meanwhile."""
    with closing(talk):
        try:
            wait = next(talk)
            while True:
                wait = talk.send(await wait.arrive())
        except StopIteration as end:
            return end.value
