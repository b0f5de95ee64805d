"""Tries: to break the interpreter by a stack without end.
Kind: resources
Seen: the sandbox breaks, or the next program does not run.
Control: not shown, the death of its own interpreter harms nobody.
Ends: killed error timeout
Limits: timeout_s=1
"""

import json
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]


def deeper(depth):
    return deeper(depth + 1) + deeper(depth + 2)


sys.setrecursionlimit(2**31 - 1)
print("ATTEMPTED", nonce, flush=True)
deeper(0)
