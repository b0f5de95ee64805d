"""Tries: to end while its children still print.
Kind: processes
Seen: something runs on after its end.
Control: not shown, the plain backend ends what a program started.
Limits: processes=4
"""

import json
import os
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
for _ in range(3):
    if os.fork() == 0:
        while True:
            os.write(1, b"still here\n")
os._exit(0)
