"""A server on standard input and output: one message a line, until the input ends."""

from __future__ import annotations

import json
from typing import BinaryIO

from gem.mcp.servers.wire import Wire


def serve_stdio(wire: Wire, read: BinaryIO, write: BinaryIO) -> None:
    """Answer line after line. A reader that goes away ends it too."""
    for line in read:
        if not line.strip():
            continue
        answer = wire.answer_text(line)
        if answer is None:
            continue
        try:
            write.write(json.dumps(answer).encode() + b"\n")
            write.flush()
        except BrokenPipeError:
            return
