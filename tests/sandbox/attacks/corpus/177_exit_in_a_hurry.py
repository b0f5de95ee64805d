"""Tries: to end at once with success while threads still write and output is not flushed.
Kind: harness
Seen: the trainer breaks, or it runs on after its end.
Control: not shown, leaving in a hurry harms nobody but itself.
"""

import json
import os
import sys
import threading

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]


def chatter():
    while True:
        os.write(1, b"still here\n")


print("ATTEMPTED", nonce, flush=True)
for _ in range(4):
    threading.Thread(target=chatter, daemon=True).start()
os._exit(0)
