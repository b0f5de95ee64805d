"""Tries: to fill the machine with processes that each start the next and end.
Kind: resources
Seen: something runs on after its end, or it is not ended in time.
Control: not shown, a chain without end needs no proof; that its time limit ended it shows that it ran on.
Limits: processes=4 timeout_s=1
"""

import json
import os
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
while True:
    try:
        if os.fork():
            os._exit(0)
    except OSError:
        continue
