"""Programs that call a solution or examine it, and reading what they say. Text only; runs nothing.

A program is `gem.grading.code.room` with a line after it. What it says stands in lines of its stdout that begin with
a word which only this one run knows, so that nothing else it prints is taken for them.
"""

from __future__ import annotations

import base64
import json
import marshal
import secrets
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from importlib.util import MAGIC_NUMBER
from typing import Any, NamedTuple, cast

from gem.grading.code.room import encode

MAX_DEPTH = 300
"""What a solution may return is nested no further."""


class Request(NamedTuple):
    """What a program is asked on stdin, and the word that marks its answers."""

    nonce: str
    stdin: str

    def messages(self, stdout: str) -> list[dict[str, Any]]:
        """What the program said, in order; a line that is no JSON object, or a very deep one, is left out."""
        lines = [line.partition(" ")[2] for line in stdout.split("\n") if line.startswith(self.nonce)]
        return [message for line in lines if (message := _object(line)) is not None]

    def rest(self, stdout: str) -> str:
        """What else it printed."""
        return "\n".join(line for line in stdout.split("\n") if not line.startswith(self.nonce)).strip("\n")


def request(**content: Any) -> Request:
    """A request with a new word."""
    nonce = secrets.token_hex(8)
    return Request(nonce, json.dumps({"nonce": nonce, **content}))


def player(solution: str, setup: str = "") -> str:
    """The program that answers `request(calls=…)` with a solution."""
    return f"{_room()}\nplay({solution!a}, {setup!a})\n"


def examiner(setup: str = "", stand_ins: tuple[str, ...] = ()) -> str:
    """The program that runs the test of `request(test=…, answers=…)`; what it draws at random is always the same."""
    return f"{_room()}\nimport random\nrandom.seed(0)\nexamine({setup!a}, {stand_ins!a})\n"


def call(function: str, args: list[Any]) -> str:
    """A call of JSON values, as `request(calls=…)` lists it."""
    return json.dumps([function, encode(args), {"dict": []}])


_LOADER = """\
import base64, importlib.util, marshal, types
text, code = {text!a}, {code!a}
fits = importlib.util.MAGIC_NUMBER == {magic!a}
types.FunctionType(marshal.loads(base64.b64decode(code)) if fits else compile(text, "room.py", "exec"), globals())()
"""


@cache
def _room() -> str:
    """The room, compiled: to compile it anew would take longer than most tests. Another Python takes the text."""
    text = files("gem.grading.code").joinpath("room.py").read_text(encoding="utf-8")
    code = base64.b64encode(marshal.dumps(compile(text, "room.py", "exec", dont_inherit=True, optimize=2)))
    return _LOADER.format(text=text, code=code.decode(), magic=MAGIC_NUMBER)


def _object(line: str) -> dict[str, Any] | None:
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return cast("dict[str, Any]", message) if isinstance(message, dict) and not _is_deep(message) else None


def _is_deep(value: Any) -> bool:
    """Whether a value is nested so far that to go through it again might exhaust the stack."""
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [item for parent in level for item in _inside(parent) if isinstance(item, (list, dict))]
        if not level:
            return False
    return True


def _inside(value: Any) -> Iterable[Any]:
    return cast("dict[str, Any]", value).values() if isinstance(value, dict) else value
