"""Tries: to crash its interpreter in C, with many threads at work.
Kind: harness
Seen: the trainer breaks, or the next program does not run.
Control: not shown, the death of its own interpreter harms nobody.
Ends: killed error
Neighbour: yes
"""

import ctypes
import json
import sys
import threading

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

for _ in range(5):
    threading.Thread(target=lambda: threading.Event().wait(30), daemon=True).start()
print("ATTEMPTED", nonce, flush=True)
ctypes.string_at(0)
