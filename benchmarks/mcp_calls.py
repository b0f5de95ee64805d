"""An MCP call through gem beside a call of the `mcp` package's own client, and beside one session per call.

All speak with the same small server of ours (`python -m gem.mcp.servers kv`), over stdio and over HTTP on loopback,
and keep their sessions but for the last. In a repeat the two that keep theirs take turns, call by call, so that what
else the machine does meets both; a figure is the median of a repeat. With `--npm` the reference server `everything`
joins, at the command that is given.

Writes `mcp.json` beside this file unless told otherwise, and exits with 1 if a bar is missed.
"""

import argparse
import asyncio
import json
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from statistics import median
from subprocess import PIPE, Popen
from time import perf_counter
from typing import Any

from mcp.client.session import ClientSession
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client
from paired import Comparison, report, write_json

from gem.cli.vector_bench.figures import machine
from gem.mcp import Session, connect

HERE = Path(__file__).parent
SERVER = ["-m", "gem.mcp.servers", "kv"]
RAW_BAR, PER_CALL_BAR = 1.3, 1 / 5
WARM_UP = 20

Timed = Callable[[int], list[float]]
"""So many calls, and the milliseconds that each took."""


class Raw:
    """The package's own client on one session, in an event loop of the kind that gem uses, in a thread of its own."""

    def __init__(self, place: dict[str, Any], call: tuple[str, dict[str, Any]]) -> None:
        self.place, self.call = place, call
        self.loop = _loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.wanted: asyncio.Queue[Any] = asyncio.Queue()
        self.life = asyncio.run_coroutine_threadsafe(self._live(), self.loop)
        self.timed(WARM_UP)

    def timed(self, n_calls: int) -> list[float]:
        """Timed within the loop: no thread waits for another."""

        async def ask() -> list[float]:
            answer = self.loop.create_future()
            await self.wanted.put((n_calls, answer))
            return await answer

        return asyncio.run_coroutine_threadsafe(ask(), self.loop).result()

    def close(self) -> None:
        """Leave the session in the task that entered it."""
        self.loop.call_soon_threadsafe(self.wanted.put_nowait, None)
        self.life.result()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    async def _live(self) -> None:
        async with raw_session(self.place) as session:
            await session.list_tools()
            while (job := await self.wanted.get()) is not None:
                n_calls, answer = job
                answer.set_result(await timed_calls(lambda: session.call_tool(*self.call), n_calls))


@asynccontextmanager
async def raw_session(place: dict[str, Any]) -> Any:
    """The package's session, introduced."""
    async with AsyncExitStack() as stack:
        if "url" in place:
            streams = streamable_http_client(place["url"])
        else:
            streams = stdio_client(StdioServerParameters(**place))
        read, write = (await stack.enter_async_context(streams))[:2]
        session = await stack.enter_async_context(ClientSession(read, write))
        await session.initialize()
        yield session


async def timed_calls(call: Callable[[], Awaitable[Any]], n_calls: int) -> list[float]:
    """Milliseconds, one after the other."""
    took = []
    for _ in range(n_calls):
        begun = perf_counter()
        await call()
        took.append((perf_counter() - begun) * 1e3)
    return took


def one_session_per_call(place: dict[str, Any], call: tuple[str, dict[str, Any]]) -> Timed:
    """As tools do that hold none: connect, introduce, call, leave."""

    async def once() -> None:
        async with raw_session(place) as session:
            await session.call_tool(*call)

    def timed(n_calls: int) -> list[float]:
        with asyncio.Runner(loop_factory=_loop) as runner:
            return runner.run(timed_calls(once, n_calls))

    return timed


def through_gem(session: Session, call: tuple[str, dict[str, Any]]) -> Timed:
    """`Session.call`, from this thread."""

    def timed(n_calls: int) -> list[float]:
        took = []
        for _ in range(n_calls):
            begun = perf_counter()
            session.call(*call)
            took.append((perf_counter() - begun) * 1e3)
        return took

    timed(WARM_UP)
    return timed


def measured(name: str, place: dict[str, Any], call: tuple[str, Any], options: argparse.Namespace) -> dict[str, Any]:
    """The milliseconds of each side, block by block."""
    blocks: dict[str, list[list[float]]] = {"gem": [], "raw": [], "per call": []}
    raw = Raw(place, call)
    try:
        with connect(place, start_timeout=120) as session:
            sides = {"gem": through_gem(session, call), "raw": raw.timed, "per call": one_session_per_call(place, call)}
            for repeat in range(options.repeats):
                for side in sides:
                    blocks[side].append([])
                for _ in range(options.calls):
                    for side in ("gem", "raw"):
                        blocks[side][-1] += sides[side](1)
                blocks["per call"][-1] += sides["per call"](options.sessions)
                print(name, repeat + 1, {side: round(median(blocks[side][-1]), 3) for side in sides}, file=sys.stderr)
    finally:
        raw.close()
    return blocks


def compared(name: str, blocks: dict[str, list[list[float]]]) -> list[Comparison]:
    """Medians of blocks against the bars, and the 99th percentile of all calls for information."""
    medians = {side: [median(block) for block in found] for side, found in blocks.items()}
    tails = {side: [_percentile([ms for block in found for ms in block], 0.99)] for side, found in blocks.items()}
    return [
        Comparison(f"{name}: call, raw client", "ms", medians["gem"], medians["raw"], RAW_BAR),
        Comparison(f"{name}: call, session per call", "ms", medians["gem"], medians["per call"], PER_CALL_BAR),
        Comparison(f"{name}: p99 of all, raw client", "ms", tails["gem"], tails["raw"]),
    ]


@contextmanager
def over_http() -> Iterator[str]:
    """The address of the server."""
    with Popen([sys.executable, *SERVER, "--transport", "http", "--port", "0"], stderr=PIPE, text=True) as server:
        try:
            assert server.stderr is not None
            yield next(word for line in server.stderr for word in line.split() if word.startswith("http://"))
        finally:
            server.terminate()


def main() -> int:
    """Measure and judge."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--repeats", type=int, default=15, metavar="N", help="(default: %(default)s)")
    parser.add_argument("--calls", type=int, default=100, metavar="N", help="in a block (default: %(default)s)")
    parser.add_argument("--sessions", type=int, default=2, metavar="N", help="in a block (default: %(default)s)")
    parser.add_argument("--npm", metavar="SCRIPT", help="dist/index.js of @modelcontextprotocol/server-everything")
    parser.add_argument("--json", type=Path, default=HERE / "mcp.json", help="(default: %(default)s)")
    options = parser.parse_args()
    put = ("put", {"key": "k", "value": "v"})
    stdio = {"command": sys.executable, "args": SERVER}
    found = {"stdio": measured("stdio", stdio, put, options)}
    with over_http() as url:
        found["http"] = measured("http", {"url": url}, put, options)
    if options.npm:
        node = {"command": "node", "args": [options.npm]}
        found["everything, stdio"] = measured("everything", node, ("echo", {"message": "hi"}), options)
    comparisons = [line for name, blocks in found.items() for line in compared(name, blocks)]
    settings = {name: value for name, value in vars(options).items() if name in ("repeats", "calls", "sessions")}
    write_json(options.json, "mcp", comparisons, machine=machine(), settings=settings)
    print(report("MCP calls", json.dumps(settings), comparisons), end="")
    return int(not all(line.met in (True, None) for line in comparisons))


def _percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(int(share * len(values)), len(values) - 1)]


def _loop() -> asyncio.AbstractEventLoop:
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


if __name__ == "__main__":
    sys.exit(main())
