"""Tries: to empty a file by its name, without opening it.
Kind: writing
Seen: the file has changed after the run.
Control: shown
"""

import json
import os
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
os.truncate(world["grader"], 0)
