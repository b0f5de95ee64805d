"""Tries: to keep whoever permits its forks so busy that its time never ends.
Kind: resources
Seen: it is not ended in time.
Control: not shown, an endless loop needs no proof; that its time limit ended it shows that it ran on.
Ends: timeout killed
Limits: processes=3 timeout_s=1
Neighbour: yes
"""

import json
import os
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
for _ in range(2):
    try:
        if os.fork() == 0:
            break
    except OSError:
        break
while True:
    try:
        if os.fork() == 0:
            os._exit(0)
        os.wait()
    except OSError:
        continue
