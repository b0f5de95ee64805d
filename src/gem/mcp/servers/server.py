"""What all servers here share: methods become tools, arguments are checked, refusals become results."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from inspect import cleandoc
from typing import Any, ClassVar, cast

from gem.build import closest
from gem.mcp.protocol import CallResult, TextContent, ToolSpec
from gem.mcp.servers.schemas import complaint, schema_of

MAX_RESULT_CHARS = 20_000
"""A longer result is cut, and says so."""
MAX_NAME_CHARS = 100


class Refusal(Exception):
    """A tool will not or cannot do what was asked; the text tells the caller why."""


class Server:
    """Tools over a state that is a plain value.

    A subclass names its tools and has a method for each, whose docstring is the description and whose signature gives
    the schema. A method returns a text, or what JSON can hold; it raises `Refusal` for what it does not do, and
    changes nothing then. Not for several threads at once.

        class Counter(Server):
            name, handlers = "counter", ("add",)

            def __init__(self):
                self.total = 0

            def add(self, number: int) -> str:
                "Add a number to the total."
                self.total += number
                return f"The total is {self.total}."
    """

    name: ClassVar[str]
    """What `python -m gem.mcp.servers` calls it."""
    handlers: ClassVar[tuple[str, ...]]
    """The methods that are tools, in the order of the listing."""

    def tools(self) -> Sequence[ToolSpec]:
        """The tools, the same for all servers of this class."""
        return list(_specs(type(self)).values())

    def call(self, name: str, arguments: dict[str, Any]) -> CallResult:
        """Call a tool; whatever is wrong with the call is a result. Raises nothing."""
        specs = _specs(type(self))
        spec = specs.get(name) if isinstance(cast("Any", name), str) else None
        if spec is None:
            shown = str(name)[:MAX_NAME_CHARS].encode("utf-8", "replace").decode()
            return refused(f"There is no tool {shown!r}.{closest(shown, list(specs))} There are: {', '.join(specs)}.")
        why = complaint(arguments, spec.schema)
        if why:
            return refused(why)
        try:
            return _result(getattr(self, name)(**arguments))
        except Refusal as refusal:
            return refused(str(refusal))

    def close(self) -> None:
        """Nothing is held outside this object."""


def refused(why: str) -> CallResult:
    """A call that led to nothing."""
    return CallResult((TextContent(why[:MAX_RESULT_CHARS]),), is_error=True)


def _result(value: Any) -> CallResult:
    """What a method returned, as a result; an object also as JSON."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if len(text) > MAX_RESULT_CHARS:
        left_out = len(text) - MAX_RESULT_CHARS
        return CallResult((TextContent(f"{text[:MAX_RESULT_CHARS]}\n[{left_out} more characters are left out]"),))
    return CallResult((TextContent(text),), structured=value if isinstance(value, dict) else None)


@cache
def _specs(server: type[Server]) -> dict[str, ToolSpec]:
    methods = {name: getattr(server, name) for name in server.handlers}
    return {name: ToolSpec(name, cleandoc(method.__doc__ or ""), schema_of(method)) for name, method in methods.items()}
