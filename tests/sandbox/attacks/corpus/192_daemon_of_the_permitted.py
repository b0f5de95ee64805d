"""Tries: to leave a daemon where some processes are permitted.
Kind: processes
Seen: a process is there after the run.
Control: not shown, the plain backend ends what a program started, daemons too.
Limits: processes=4
"""

import json
import os
import signal
import sys
import time

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for number in range(1, 32):
            try:
                signal.signal(number, signal.SIG_IGN)
            except OSError:
                continue
        os.closerange(0, 256)
        while True:
            time.sleep(1)
    os._exit(0)
