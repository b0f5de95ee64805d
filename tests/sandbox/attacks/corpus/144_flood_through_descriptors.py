"""Tries: to fill the trainer's memory by writes that Python does not see.
Kind: resources
Seen: the trainer grows, or the output is longer than the bound.
Control: not shown, the plain backend cuts output too.
Limits: timeout_s=1
"""

import json
import os
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
copies = [os.dup(1), os.dup(2), 1, 2]
while True:
    for number in copies:
        try:
            os.writev(number, [b"x" * 100_000] * 10)
        except OSError:
            continue
