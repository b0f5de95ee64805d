"""Tries: to make a file outside of its folder.
Kind: writing
Seen: a file is there after the run.
Control: shown
"""

import json
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
with open(f"{world['outside']}/{nonce}", "w") as file:
    file.write("here I was")
