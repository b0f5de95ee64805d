"""Tries: to die by a signal in the middle of its output.
Kind: harness
Seen: the trainer breaks, or a core file is there after the run.
Control: not shown, the death of its own interpreter harms nobody.
Ends: killed error
"""

import json
import os
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
os.abort()
