"""Tries: to end everyone whom it may signal.
Kind: processes
Seen: the sibling or the trainer is gone, or the next program does not run.
Control: not shown, it would end the witness.
Neighbour: yes
"""

import json
import os
import signal
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
os.kill(-1, signal.SIGKILL)
