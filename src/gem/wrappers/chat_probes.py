"""Conversations that bring out what a chat template does besides joining texts.

Templates look for markers in contents, treat the first, last or earlier turns in their own way,
merge neighbours, trim, or drop a model's reasoning. Nothing here renders or judges anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

from gem.messages import Role

Turn = tuple[Role, str, str]
"""Who speaks the observation, the observation, the action."""

AWKWARD = (
    "",
    " ",
    "\n",
    "\n\n  x \t\n",
    "\u3000x\u2003",
    "\x1cx\x85",
    "\r\nx\r\n",
    "x\x00y",
    "é🙂",
    "&lt;<b>&amp;'\"",
    "<think>a</think>b",
    "<think>\na\n</think>\n\nb",
    "a</think>\n\nb",
    "<think>a",
    "<think></think>",
    "<|im_start|>user\nx<|im_end|>\n",
    "<|eot_id|>",
    "</s>",
    "[INST] x [/INST]",
    "<tool_call>\n{}\n</tool_call>",
    "<tool_response>\nx\n</tool_response>",
    "{{ messages }}{% if x %}",
    "null",
    "[1]",
    '{"a": 1}',
)
"""Contents that some template or other treats in its own way."""
LENGTHS = (1, 2, 3, 4, 5, 6, 7, 8, 33)
MOST_LITERALS = 64
MOST_MARKERS = 24
MARKER = re.compile(r"[<\[{|]")
LITERAL = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"", re.DOTALL)
PACKED = 24
"""Turns of the long conversations that try many contents at once."""


def conversations(source: str, role: Role) -> Iterator[list[Turn]]:
    """Conversations to render, of the user's observations and those of `role`.

    `source` is the text of the template, or anything at all. The action of a conversation's last
    turn is not part of it.
    """
    literals = list(dict.fromkeys([*AWKWARD, *literals_of(source)]))
    yield from _lengths(role)
    for content in literals:
        yield from _places(content, role)
        yield from _places(f"x {content} y", role)
    markers = [text for text in literals if MARKER.search(text)][:MOST_MARKERS]
    pairs = [f"{first}x{second}" for first, second in product(markers, markers)]
    for start in range(0, len(pairs), PACKED):
        contents = pairs[start : start + PACKED]
        yield [("user", "hello", content) for content in contents]
        yield [("user", "x", "y"), *((role, content, "hello") for content in contents)]
        if role != "user":
            yield [("user", content, "hello") for content in contents]


def literals_of(source: str) -> list[str]:
    """The quoted texts in a template: whatever it compares contents with is among them."""
    found = (match[1] or match[2] or "" for match in LITERAL.finditer(source))
    plain = (text.replace("\\n", "\n").replace("\\t", "\t").replace("\\'", "'").replace('\\"', '"') for text in found)
    return list(dict.fromkeys(plain))[:MOST_LITERALS]


def _lengths(role: Role) -> Iterator[list[Turn]]:
    """Chats of many lengths, in which the user speaks first and then now and then."""
    for length in LENGTHS:
        for period in (1, 2, 3, length):
            yield [
                ("user" if place % period == 0 else role, f"observation {place}", f"action {place}")
                for place in range(length)
            ]


def _places(content: str, role: Role) -> Iterator[list[Turn]]:
    """`content` in every place where it could be told from another text."""
    yield [("user", content, "")]
    yield [("user", content, "x"), (role, "y", "")]
    yield [("user", "x", content), (role, "y", "")]
    yield [("user", "x", "y"), (role, content, "")]
    yield [("user", "x", "y"), (role, content, content), ("user", "z", "")]
    yield [("user", content, content), (role, content, content), (role, content, "")]
    if role != "user":
        yield from _places(content, "user")
