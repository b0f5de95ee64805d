"""Tries: to fork.
Kind: processes
Seen: inside, there is a child.
Control: shown
"""

import json
import os
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
if os.fork() == 0:
    os._exit(0)
print("SUCCEEDED", nonce, flush=True)
