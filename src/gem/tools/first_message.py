"""Where the words of tools go among those of an env.

An env may give the news of a turn as `info["event"]`: then what follows it in the observation is the state of
things (a board), which a history shows once, in the present turn.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from gem.core import Info

TEXT_KEY = "problem"
"""Where an observation that is a dict keeps its text."""


def introduced(obs: Any, info: Info, instructions: Sequence[str]) -> tuple[Any, Info]:
    """A first observation with the instructions of the tools in it, below the rules; and in its event.

    An observation without text stays as it is.
    """
    text = "\n".join(instruction for instruction in instructions if instruction)
    if len(instructions) > 1:
        text = f"Available tools:\n{text}"
    if not text:
        return obs, info
    if isinstance(obs, str):
        return _introduced(obs, info, text)
    if isinstance(obs, dict):
        entries = cast("dict[str, Any]", obs)
        if isinstance(problem := entries.get(TEXT_KEY), str):
            problem, info = _introduced(problem, info, text)
            return {**entries, TEXT_KEY: problem}, info
    return cast("Any", obs), info


def _introduced(obs: str, info: Info, text: str) -> tuple[str, Info]:
    head, board = _parted(obs, info)
    if isinstance(info.get("event"), str):
        info = {**info, "event": f"{info['event']}\n{text}"}
    return (f"{head}\n{text}\n{board}" if board else f"{obs}\n{text}"), info


def surroundings(obs: Any, info: Info) -> dict[str, str]:
    """The present state of an env as the prefix and suffix of another observation than its own."""
    board = _parted(obs, info)[1] if isinstance(obs, str) else ""
    around = {"prefix": info.get("prefix", ""), "suffix": f"{board}{info.get('suffix', '')}"}
    return {name: text for name, text in around.items() if text}


def _parted(obs: str, info: Info) -> tuple[str, str]:
    """The observation up to the end of its event, and the rest; all and nothing, if it has no event."""
    event = info.get("event")
    if not isinstance(event, str) or not event:
        return obs, ""
    before, found, board = obs.partition(event)
    return (f"{before}{found}", board) if found else (obs, "")
