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
        for source, own_name in self._meant(name):
            if own_name in [tool.name for tool in source.tools()]:
                return source.call(own_name, arguments)
        return self._unknown(name)

    async def acall(self, name: str, arguments: dict[str, Any]) -> CallResult:
        """`call`, awaited; in a thread where the source has no such face."""
        for source, own_name in self._meant(name):
            if not isinstance(source, Session):
                break
            if own_name in [tool.name for tool in await source.atools()]:
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

    def _meant(self, name: str) -> list[tuple[ToolSource, str]]:
        """The sources that may have the tool, and what they would call it; that of the longest name first."""
        fitting = sorted((key for key in self.sources if name.startswith(f"{key}_")), key=len, reverse=True)
        return [(self.sources[key], name[len(key) + 1 :]) for key in fitting]

    def _unknown(self, name: str) -> CallResult:
        known = [tool.name for tool in self.tools()]
        return refusal(f"There is no tool {name[:100]!r}.{closest(name[:100], known)} There are: {', '.join(known)}.")
