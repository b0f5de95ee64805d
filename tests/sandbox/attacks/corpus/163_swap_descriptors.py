"""Tries: to lay its output over every other descriptor.
Kind: harness
Seen: the trainer breaks or waits too long, a neighbour or the next program comes out wrong.
Control: not shown, a plain child has only its own streams.
Neighbour: yes
"""

import json
import os
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
for number in range(3, 64):
    try:
        os.dup2(1, number)
    except OSError:
        continue
print("42")
