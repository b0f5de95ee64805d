"""Tries: to fill the trainer's memory by one exception.
Kind: resources
Seen: the trainer grows, or the output is longer than the bound.
Control: not shown, the plain backend cuts output too.
Ends: error killed
"""

import json
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
raise RuntimeError("x" * 50_000_000)
