"""Tries: to have more processes than it may.
Kind: resources
Seen: inside, twenty children live of three that it may have.
Control: shown
Limits: processes=3
"""

import json
import os
import sys
import time

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
alive = 0
for _ in range(20):
    try:
        child = os.fork()
    except OSError as error:
        print(error)
        break
    if child == 0:
        time.sleep(5)
        os._exit(0)
    alive += 1
if alive == 20:
    print("SUCCEEDED", nonce, flush=True)
