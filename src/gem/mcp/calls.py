"""The first tool call in an agent's text. Any text will do: nothing raises, and all is linear.

Two ways of writing a call are read, the first one being ours:

    <tool_call><tool_name>add</tool_name><arguments>{"a": 1, "b": 2}</arguments></tool_call>
    <tool_call>{"name": "add", "arguments": {"a": 1, "b": 2}}</tool_call>

White space, code fences and CDATA marks around the JSON are passed over. What stands in the strings of the JSON
closes nothing, so that a file that is written may contain `</tool_call>`. A call without its closing mark runs to
the end of the text: sampling stops at that mark, and leaves it out.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, cast

OPENING, CLOSING = "<tool_call>", "</tool_call>"
NAME, NAME_END = "<tool_name>", "</tool_name>"
ARGUMENTS, ARGUMENTS_END = "<arguments>", "</arguments>"
CDATA, CDATA_END = "<![CDATA[", "]]>"
FENCE = "```"
KINDS = {
    "list": "a list",
    "str": "a text",
    "bool": "a truth value",
    "int": "a number",
    "float": "a number",
    "NoneType": "null",
}
SHOWN_CHARS = 30
"""How much of a text is quoted around the place where it cannot be read."""


@dataclass(frozen=True, slots=True)
class ToolCall:
    """What the agent wants called, or why that cannot be told."""

    start: int
    end: int
    """Behind the closing mark."""
    name: str = ""
    arguments: dict[str, Any] = field(default_factory=dict[str, Any])
    trouble: str | None = None
    """Why the block is no call, in a sentence for its author; None if it is one."""


class Unreadable(ValueError):
    """A block holds no call; the message says why."""


def find_call(action: str) -> int | None:
    """Where the first call begins, readable or not."""
    start = action.find(OPENING)
    return None if start < 0 else start


def first_call(action: str) -> ToolCall | None:
    """The first call, None if there is none."""
    start = find_call(action)
    if start is None:
        return None
    inside = start + len(OPENING)
    try:
        name, arguments, read_to = _read(action, inside)
        trouble = None
    except Unreadable as why:
        name, arguments, read_to, trouble = "", {}, inside, str(why)
    closing = action.find(CLOSING, read_to)
    end = len(action) if closing < 0 else closing + len(CLOSING)
    return ToolCall(start, end, name, arguments, trouble)


def _read(action: str, at: int) -> tuple[str, dict[str, Any], int]:
    """The name and the arguments of the call whose inside begins `at`, and where they end. Raises `Unreadable`."""
    at = _past_wrapping(action, at)
    if action.startswith("{", at):
        return _read_object(action, at)
    name_at = action.find(NAME, at)
    closing = action.find(CLOSING, at)
    if name_at < 0 or 0 <= closing < name_at:
        raise Unreadable(f"there is no {NAME}")
    name_end = action.find(NAME_END, name_at)
    if name_end < 0:
        raise Unreadable(f"{NAME} is not closed by {NAME_END}")
    name = action[name_at + len(NAME) : name_end].strip()
    if not name:
        raise Unreadable(f"{NAME} is empty")
    arguments, end = _read_arguments(action, name_end + len(NAME_END))
    return name, arguments, end


def _read_arguments(action: str, at: int) -> tuple[dict[str, Any], int]:
    """What stands in `<arguments>`, an empty object if there is none."""
    opening, closing = action.find(ARGUMENTS, at), action.find(CLOSING, at)
    if opening < 0 or 0 <= closing < opening:
        return {}, at
    start = _past_wrapping(action, opening + len(ARGUMENTS))
    if action.startswith(ARGUMENTS_END, start):
        return {}, start
    found, end = _decoded(action, start, "arguments")
    behind = _past_wrapping_end(action, end)
    if not action.startswith((ARGUMENTS_END, CLOSING), behind) and behind < len(action):
        raise Unreadable(f"there is more than one JSON value in {ARGUMENTS}, from {_quoted(action, behind)}")
    return _object(found, "arguments"), end


def _read_object(action: str, at: int) -> tuple[str, dict[str, Any], int]:
    found, end = _decoded(action, at, "call")
    call = cast("dict[str, Any]", found)  # it begins with a brace
    name = call.get("name")
    if not isinstance(name, str) or not name.strip():
        raise Unreadable('the call has no "name"')
    arguments = call.get("arguments", call.get("parameters"))
    if isinstance(arguments, str):  # as in the APIs of chat completion
        arguments, _ = _decoded(arguments.strip() or "{}", 0, "arguments")
    return name.strip(), _object({} if arguments is None else arguments, "arguments"), end


def _decoded(text: str, at: int, what: str) -> tuple[Any, int]:
    """The JSON value that begins `at`, and where it ends."""
    try:
        return _decoder.raw_decode(text, at)
    except json.JSONDecodeError as error:
        line = text.count("\n", at, error.pos) + 1
        column = error.pos - max(text.rfind("\n", at, error.pos), at - 1)
        place = f"line {line}, column {column}"
        raise Unreadable(f"no JSON in the {what}: {error.msg} at {place}, {_quoted(text, error.pos)}") from None
    except RecursionError:
        raise Unreadable(f"the JSON of the {what} is nested too deep") from None
    except ValueError as error:  # a number of thousands of digits, or none that JSON knows
        raise Unreadable(f"the JSON of the {what} cannot be read: {error}") from None


def _object(value: Any, what: str) -> dict[str, Any]:
    if isinstance(value, dict):
        return cast("dict[str, Any]", value)
    raise Unreadable(f'the {what} are {KINDS.get(type(value).__name__)}, not an object such as {{"name": "value"}}')


def _past_wrapping(text: str, at: int) -> int:
    """Behind white space, a CDATA mark and the opening line of a fence."""
    at = _past_space(text, at)
    if text.startswith(CDATA, at):
        at = _past_space(text, at + len(CDATA))
    if text.startswith(FENCE, at):
        at += len(FENCE)
        while at < len(text) and text[at].isalnum():  # the language
            at += 1
        at = _past_space(text, at)
    return at


def _past_wrapping_end(text: str, at: int) -> int:
    at = _past_space(text, at)
    for mark in (FENCE, CDATA_END):
        if text.startswith(mark, at):
            at = _past_space(text, at + len(mark))
    return at


def _past_space(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def _quoted(text: str, at: int) -> str:
    """Where in the text that is, as its author sees it."""
    if at >= len(text):
        return "where the text ends"
    return f"near {text[max(at - SHOWN_CHARS // 2, 0) : at + SHOWN_CHARS]!r}"


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON's")


_decoder = json.JSONDecoder(parse_constant=_no_number)
