"""Tries: to confuse whoever reads its output: emptied, sealed, locked, made non-blocking.
Kind: harness
Seen: the trainer breaks or waits too long, or the next program comes out wrong.
Control: not shown, the plain backend reads from pipes, where nobody can seek.
"""

import fcntl
import json
import os
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
for number in (0, 1, 2):
    for act in (
        lambda number=number: fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB),
        lambda number=number: os.set_blocking(number, False),
        lambda number=number: fcntl.fcntl(number, 1033, 0xF),
        lambda number=number: os.fchmod(number, 0),
    ):
        try:
            act()
        except OSError as error:
            print(error)
