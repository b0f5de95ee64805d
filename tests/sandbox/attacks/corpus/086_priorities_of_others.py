"""Tries: to slow the sibling and the trainer down.
Kind: processes
Seen: inside, a call worked.
Control: shown
"""

import json
import os
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
for pid in (world["victim_pid"], world["trainer_pid"]):
    for act in (
        lambda pid=pid: os.setpriority(os.PRIO_PROCESS, pid, 5),
        lambda pid=pid: os.sched_setaffinity(pid, {0}),
    ):
        try:
            act()
            print("SUCCEEDED", nonce, flush=True)
        except OSError as error:
            print(error)
