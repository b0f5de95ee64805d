"""Tries: to fill the machine with processes (here: forty).
Kind: resources
Seen: inside, there are twenty children; or they are there after the run.
Control: shown
"""

import json
import os
import sys
import time

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
for count in range(40):
    if os.fork() == 0:
        time.sleep(20)
        os._exit(0)
    if count == 20:
        print("SUCCEEDED", nonce, flush=True)
