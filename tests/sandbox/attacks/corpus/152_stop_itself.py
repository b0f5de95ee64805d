"""Tries: to stop (SIGSTOP) instead of ending, so that whoever waits for it waits for ever.
Kind: resources
Seen: it is not ended in time.
Control: not shown, a stopped process needs no proof; that its time limit ended it shows that it never went on.
Ends: timeout killed
Limits: timeout_s=0.5
"""

import json
import os
import signal
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
os.kill(os.getpid(), signal.SIGSTOP)
while True:
    pass
