"""Tries: to make its output huge without writing it: by seeking far, and by a length.
Kind: harness
Seen: the trainer grows or breaks.
Control: not shown, the plain backend reads from pipes, where nobody can seek.
"""

import json
import os
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
for act in (
    lambda: os.lseek(1, 1 << 40, os.SEEK_SET),
    lambda: os.write(1, b"x"),
    lambda: os.ftruncate(1, 1 << 40),
    lambda: os.ftruncate(2, 1 << 29),
    lambda: os.posix_fallocate(1, 0, 1 << 29),
):
    try:
        act()
    except OSError as error:
        print(error, file=sys.stderr)
