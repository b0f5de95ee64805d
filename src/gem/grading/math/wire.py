"""What host, nursery and graders say to each other: bytes of a fixed shape, and JSON that holds only texts.

Host and nursery share a control socket: `FORK` with one end of a channel beside it, `KILL` for a grader that is to end.
Host and grader share a channel: a request one way; `BEGUN`, then a verdict, the other.
"""

from __future__ import annotations

import json
import struct
from typing import Literal

Word = Literal["correct", "wrong", "unparsable"]

FORK, KILL = b"f", b"k"
ORDER = struct.Struct("!cQ")
"""An order to the nursery and the number of the grader that it is about."""

BEGUN = b"."
VERDICTS: dict[bytes, Word] = {b"c": "correct", b"w": "wrong", b"u": "unparsable"}
"""A grader that answers with the capital letter takes no further request."""
LETTERS = {word: letter for letter, word in VERDICTS.items()}

SIZE = struct.Struct("!I")


def request(answer: str, golds: tuple[str, ...]) -> bytes:
    """A pair as it travels: its size, then ASCII, so that any text passes, even half of a surrogate pair."""
    content = json.dumps([answer, golds]).encode("ascii")
    return SIZE.pack(len(content)) + content


def pair(content: bytes) -> tuple[str, tuple[str, ...]]:
    """The answer and the golds of a request, without its size."""
    answer, golds = json.loads(content)
    return answer, tuple(golds)
