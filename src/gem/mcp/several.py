"""Several sources of tools as one: each tool has its source's name in front of its own, `files_read`."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from typing import Any, Self

from gem.build import closest
from gem.mcp.arguments import refusal
from gem.mcp.protocol import CallResult, ToolSource, ToolSpec
from gem.mcp.session import Session


class Several:
    """A `ToolSource` over others. Who closes it closes them."""

    def __init__(self, sources: Mapping[str, ToolSource]) -> None:
        self.sources = dict(sources)
        self._have_met = False

    @property
    def stateless(self) -> bool:
        """Whether none of them keeps anything from call to call."""
        return all(getattr(source, "stateless", False) for source in self.sources.values())

    def tools(self) -> Sequence[ToolSpec]:
        """The tools of all."""
        if not self._have_met:
            self._meet()
        return [
            replace(tool, name=f"{name}_{tool.name}")
            for name, source in self.sources.items()
            for tool in source.tools()
        ]

    def call(self, name: str, arguments: dict[str, Any]) -> CallResult:
        """Call a tool of the source that its name begins with."""
        source, own_name = self._of(name)
        if source is None or own_name not in [tool.name for tool in source.tools()]:
            return self._unknown(name)
        return source.call(own_name, arguments)

    async def acall(self, name: str, arguments: dict[str, Any]) -> CallResult:
        """`call`, awaited; in a thread where the source has no such face."""
        source, own_name = self._of(name)
        if isinstance(source, Session) and own_name in [tool.name for tool in await source.atools()]:
            return await source.acall(own_name, arguments)
        return await asyncio.to_thread(self.call, name, arguments)

    async def aclose(self) -> None:
        """`close`, awaited."""
        await asyncio.to_thread(self.close)

    def close(self) -> None:
        """Close all, also if one of them fails to close."""
        with ExitStack() as closing:
            for source in self.sources.values():
                closing.callback(source.close)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _meet(self) -> None:
        """Let those start side by side that are not there yet."""
        with ThreadPoolExecutor(len(self.sources), "gem-mcp") as threads:
            for met in [threads.submit(source.tools) for source in self.sources.values()]:
                met.result()
        self._have_met = True

    def _of(self, name: str) -> tuple[ToolSource | None, str]:
        """The source, and what it calls the tool. Names of sources may contain others: the longest is meant."""
        fitting = [key for key in self.sources if name.startswith(f"{key}_")]
        if not fitting:
            return None, name
        key = max(fitting, key=len)
        return self.sources[key], name[len(key) + 1 :]

    def _unknown(self, name: str) -> CallResult:
        known = [tool.name for tool in self.tools()]
        return refusal(f"There is no tool {name[:100]!r}.{closest(name[:100], known)} There are: {', '.join(known)}.")
