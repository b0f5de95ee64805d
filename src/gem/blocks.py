"""The first block of an agent's text that is meant for a tool. Any text will do: nothing raises, all is linear."""

from __future__ import annotations

import re
from typing import NamedTuple

FENCE = "```"


class Block(NamedTuple):
    """A stretch of an action, from its opening mark to its closing one."""

    start: int
    content: str
    """What stands between the marks."""
    end: int
    """Behind the closing mark."""


def first_tagged(action: str, tag: str) -> Block | None:
    """The first `<tag>…</tag>`; None for one without an end."""
    opening = f"<{tag}>"
    start = action.find(opening)
    return None if start < 0 else _closed(action, start, start + len(opening), f"</{tag}>")


def first_fenced(action: str, *languages: str) -> Block | None:
    """The first fenced block of one of these languages, capitals or not; None for one without an end."""
    if FENCE not in action:  # most actions: no need of a regular expression
        return None
    names = "|".join(map(re.escape, languages))
    opening = re.search(rf"{FENCE}[ \t]*(?:{names})(?![\w+#-])", action, re.IGNORECASE)
    return None if opening is None else _closed(action, opening.start(), opening.end(), FENCE)


def _closed(action: str, start: int, inside: int, closing: str) -> Block | None:
    """Where the first opening has no end, none behind it has one."""
    end = action.find(closing, inside)
    return None if end < 0 else Block(start, action[inside:end], end + len(closing))
