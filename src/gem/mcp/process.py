"""A server as a process of ours: a message per line on its stdin and stdout.

The `mcp` package has such a transport too. It can neither tell how a process ended nor end one at once that hangs,
and a task that is cancelled while it waits for such a process stays for ever.

Source: https://modelcontextprotocol.io/specification/2025-06-18/basic/transports#stdio, and …/basic/lifecycle#shutdown.
"""

from __future__ import annotations

import asyncio
import os
import signal
from asyncio.subprocess import PIPE, Process
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from typing import Any

from gem._extras import need
from gem.mcp import sdk
from gem.mcp.config import Command
from gem.mcp.evidence import Evidence, LastWords

GRACE_S = 2.0
"""From the end of its stdin to SIGTERM, and from there to SIGKILL."""
POLL_S = 0.01
READ_AT_ONCE = WRITTEN_AT_ONCE = 1 << 16


@asynccontextmanager
async def process_streams(place: Command, evidence: Evidence) -> AsyncGenerator[tuple[Any, Any], None]:
    """Start it; the stream of what it says, and that of what is said to it. Raises `OSError`."""
    evidence.last_words = words = LastWords()
    try:
        process = await _started(place, words)
    except BaseException:
        words.close()
        raise
    try:
        yield Messages(process), Sayings(process)
        await _ended(process, 0.0 if evidence.is_hung else GRACE_S)
    finally:
        await _ended_at_once(process)  # if it is still there: this task failed, or was cancelled
        evidence.exit_code = process.returncode
        words.close()


async def _started(place: Command, words: LastWords) -> Process:
    inherited = need("mcp.client.stdio", extra="mcp").get_default_environment()
    process = await asyncio.create_subprocess_exec(
        place.command,
        *place.args,
        stdin=PIPE,
        stdout=PIPE,
        stderr=words.file,
        env={**inherited, **(place.env or {})},
        cwd=place.cwd,
        start_new_session=True,  # Ctrl-C is not for it; and what it starts can be ended with it
    )
    words.file.close()  # the process has it: its end is the end of the stream
    return process


class Messages:
    """What a process says, as the package's streams are read: messages, and exceptions for lines that are none."""

    def __init__(self, process: Process) -> None:
        assert process.stdout is not None
        self._stdout = process.stdout
        self._lines: deque[bytes] = deque()
        self._rest: list[bytes] = []

    async def __aenter__(self) -> Messages:
        return self

    async def __aexit__(self, *_: object) -> None:
        pass

    def __aiter__(self) -> Messages:
        return self

    async def __anext__(self) -> Any:
        while not self._lines:
            chunk = await self._stdout.read(READ_AT_ONCE)
            if not chunk:
                raise StopAsyncIteration
            self._take(chunk)
        return sdk.message_of(self._lines.popleft())

    def _take(self, chunk: bytes) -> None:
        first, *others = chunk.split(b"\n")
        self._rest.append(first)
        for line in others:
            whole = b"".join(self._rest)
            self._rest[:] = [line]
            if whole.strip():
                self._lines.append(whole)


class Sayings:
    """What is said to a process, as the package's streams are written."""

    def __init__(self, process: Process) -> None:
        assert process.stdin is not None
        self._stdin = process.stdin

    async def __aenter__(self) -> Sayings:
        return self

    async def __aexit__(self, *_: object) -> None:
        pass

    async def send(self, message: Any) -> None:
        """Write it; wait only while the process has much to read. Raises `anyio.BrokenResourceError`."""
        import anyio

        line = sdk.line_of(message)
        try:
            self._stdin.write(line)
        except (ConnectionError, RuntimeError) as error:
            raise anyio.BrokenResourceError from error
        if len(line) > WRITTEN_AT_ONCE:
            with suppress(ConnectionError):  # it may have read all of it: its output tells
                await self._stdin.drain()


async def _ended(process: Process, grace_s: float) -> None:
    """Let it end: by the end of its stdin, or SIGTERM, or SIGKILL."""
    assert process.stdin is not None
    process.stdin.close()
    for last_resort in (signal.SIGTERM, signal.SIGKILL):
        if await _gone_within(process, grace_s):
            return
        _signal(process, last_resort)


async def _ended_at_once(process: Process) -> None:
    """And let go of its pipes, which a child of its may hold open."""
    _signal(process, signal.SIGKILL)
    await _gone_within(process, GRACE_S)
    transport: Any = getattr(process, "_transport", None)
    if transport is not None:
        transport.close()
        await asyncio.sleep(0)


async def _gone_within(process: Process, seconds: float) -> bool:
    """Not by `process.wait()`: that waits for the end of its output too, which a child of its may hold."""
    deadline = asyncio.get_running_loop().time() + seconds
    while process.returncode is None and asyncio.get_running_loop().time() < deadline:
        await asyncio.sleep(POLL_S)
    return process.returncode is not None


def _signal(process: Process, number: signal.Signals) -> None:
    """To it and all that it started, unless it has ended."""
    if process.returncode is None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, number)
