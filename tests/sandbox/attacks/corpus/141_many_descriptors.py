"""Tries: to use up descriptors.
Kind: resources
Seen: inside, it holds 300 of 64.
Control: shown
Limits: open_files=64
"""

import json
import os
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
held = [os.dup(0) for _ in range(300)]
print("SUCCEEDED", nonce, flush=True)
