"""Tries: to take more memory than it may by shared and private maps.
Kind: resources
Seen: inside, it holds 200 MiB of 64.
Control: shown
Limits: memory_mb=64
"""

import json
import mmap
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
held = []
for flags in (mmap.MAP_SHARED, mmap.MAP_PRIVATE) * 10:
    block = mmap.mmap(-1, 10 << 20, flags=flags | mmap.MAP_ANONYMOUS)
    block[::4096] = b"x" * len(block[::4096])
    held.append(block)
print("SUCCEEDED", nonce, flush=True)
