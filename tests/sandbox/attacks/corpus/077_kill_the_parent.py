"""Tries: to end its parent.
Kind: processes
Seen: the trainer gets the signal, or the next program does not run.
Control: not shown, the parent of a plain child is a process of its own box.
"""

import json
import os
import signal
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
os.kill(os.getppid(), signal.SIGTERM)
