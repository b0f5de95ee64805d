"""Tries: to take all processors with threads of C code that release the interpreter's lock.
Kind: resources
Seen: it is not ended in time.
Control: not shown, an endless loop needs no proof; that its time limit ended it shows that it ran on.
Ends: timeout killed
Limits: timeout_s=0.5
"""

import hashlib
import json
import sys
import threading

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]


def spin():
    data = bytes(1 << 20)
    while True:
        hashlib.sha256(data)


print("ATTEMPTED", nonce, flush=True)
for _ in range(16):
    threading.Thread(target=spin).start()
