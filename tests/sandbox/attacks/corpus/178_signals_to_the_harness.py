"""Tries: to stop and continue everyone near: its parent, its group, low numbers.
Kind: harness
Seen: the sibling or the trainer stops, a neighbour or the next program does not come out right.
Control: not shown, a stopped trainer could tell nothing.
Neighbour: yes
"""

import json
import os
import signal
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
for pid in {1, 2, 3, os.getppid(), world["victim_pid"], *range(2, 64)} - {0, os.getpid()}:
    for number in (signal.SIGUSR1, signal.SIGCHLD, signal.SIGTERM, signal.SIGSTOP, signal.SIGCONT):
        try:
            os.kill(pid, number)
        except OSError:
            continue
