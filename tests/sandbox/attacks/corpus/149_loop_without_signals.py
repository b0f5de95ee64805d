"""Tries: never to end: every signal ignored and blocked, every exception caught.
Kind: resources
Seen: it is not ended in time.
Control: not shown, an endless loop needs no proof; that its time limit ended it shows that it ran on.
Ends: timeout killed
Limits: timeout_s=0.5
"""

import json
import signal
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        continue
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
print("ATTEMPTED", nonce, flush=True)
while True:
    try:
        while True:
            pass
    except BaseException:
        continue
