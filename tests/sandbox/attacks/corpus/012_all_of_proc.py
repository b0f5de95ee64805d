"""Tries: to read environ and command line of every process that it can see.
Kind: reading
Seen: a planted secret comes out.
Control: shown
"""

import json
import os
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
for pid in filter(str.isdigit, os.listdir("/proc")):
    for name in ("environ", "cmdline"):
        try:
            with open(f"/proc/{pid}/{name}") as file:
                print(file.read())
        except OSError:
            continue
