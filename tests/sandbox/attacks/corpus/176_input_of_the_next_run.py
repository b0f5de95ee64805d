"""Tries: to change the input of later tests through the descriptor of stdin.
Kind: harness
Seen: the trainer breaks, or the next program comes out wrong.
Control: not shown, the plain backend gives each test its own input.
Judge: tests
"""

import json
import os
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
for act in (
    lambda: os.lseek(0, 0, os.SEEK_SET),
    lambda: os.write(0, b"forged input\n" * 100),
    lambda: os.ftruncate(0, 0),
    lambda: os.ftruncate(0, 1 << 30),
):
    try:
        act()
    except OSError as error:
        print(error)
