"""Tries: to fill the trainer's memory by endless output on stderr.
Kind: resources
Seen: the trainer grows, or the output is longer than the bound.
Control: not shown, the plain backend cuts output too.
Limits: timeout_s=1
"""

import json
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
while True:
    try:
        sys.stderr.write("x" * 100_000)
    except OSError:
        continue
