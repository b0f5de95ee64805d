"""Tries: to run before all others: a real-time class, a better priority, a privileged way to wait for disks.
Kind: kernel
Seen: inside, one of them worked.
Control: not shown, only root gets these.
"""

import json
import os
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
for act in (
    lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50)),
    lambda: os.setpriority(os.PRIO_PROCESS, 0, os.getpriority(os.PRIO_PROCESS, 0) - 5),
):
    try:
        act()
        print("SUCCEEDED", nonce, flush=True)
    except OSError as error:
        print(error)
