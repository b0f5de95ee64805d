"""Tries: to end its process group, which may be the trainer's.
Kind: processes
Seen: the trainer gets a signal, or the next program does not run.
Control: not shown, even a plain child has a group of its own.
"""

import json
import os
import signal
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
os.killpg(os.getpgid(0), signal.SIGTERM)
os.kill(0, signal.SIGKILL)
