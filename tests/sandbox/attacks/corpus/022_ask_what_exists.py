"""Tries: to learn by stat and access which files the host has, without opening any.
Kind: reading
Seen: inside, a planted file answers.
Control: shown
"""

import json
import os
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
for path in world["secret_files"].values():
    if os.path.exists(path) or os.access(path, os.F_OK):
        print("SUCCEEDED", nonce, flush=True)
