"""Tries: to keep memory in files without a place (memfd), which no bound of address space counts.
Kind: resources
Seen: inside, it holds 200 MiB of 64.
Control: shown
Limits: memory_mb=64 disk_mb=32
"""

import json
import os
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
held = 0
for _ in range(10):
    number = os.memfd_create("hoard")
    held += os.write(number, bytes(20 << 20))
if held >= 200 << 20:
    print("SUCCEEDED", nonce, flush=True)
