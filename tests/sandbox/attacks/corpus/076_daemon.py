"""Tries: to leave a daemon behind: two forks and a session of its own.
Kind: processes
Seen: a process is there after the run.
Control: not shown, the plain backend ends what a program started, daemons too.
"""

import json
import os
import sys
import time

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for number in range(3):
            os.close(number)
        time.sleep(30)
    os._exit(0)
