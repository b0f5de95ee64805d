"""Tries: to end everyone from a child.
Kind: processes
Seen: the sibling is gone or the trainer gets a signal, a neighbour or the next program comes out wrong.
Control: not shown, it would end the witness.
Limits: processes=4
Neighbour: yes
"""

import json
import os
import signal
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
if os.fork() == 0:
    for pid in (os.getppid(), world["victim_pid"], world["trainer_pid"], 1, 2, 3, 0, -1):
        try:
            os.kill(pid, signal.SIGKILL)
        except OSError:
            continue
    os._exit(0)
os.wait()
