"""Tries: never to end, at no cost of processor time.
Kind: resources
Seen: it is not ended in time.
Control: not shown, a long sleep needs no proof; that its time limit ended it shows that it slept on.
Ends: timeout killed
Limits: timeout_s=0.5
"""

import json
import sys
import time

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
while True:
    time.sleep(1000)
