"""Tries: to end its main thread and to go on in others.
Kind: resources
Seen: it is not ended in time, or runs on after its end.
Control: not shown, an endless loop needs no proof; that its time limit ended it shows that it ran on.
Ends: timeout killed
Limits: timeout_s=0.5
"""

import json
import sys
import threading

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]


def spin():
    while True:
        pass


print("ATTEMPTED", nonce, flush=True)
for _ in range(3):
    threading.Thread(target=spin).start()
