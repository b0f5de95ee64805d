"""Tries: to say that it is done through every descriptor, and to run on.
Kind: harness
Seen: it runs on after its end, or a neighbour comes out wrong.
Control: not shown, a plain child has only its own streams.
Limits: timeout_s=1
Neighbour: yes
"""

import json
import os
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
for number in range(3, 1024):
    try:
        os.write(number, b"\x01\0\0\0\0\0\0\0")
    except OSError:
        continue
while True:
    pass
