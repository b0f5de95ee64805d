"""Tries: to take more memory than it may, in one piece.
Kind: resources
Seen: inside, it holds 200 MiB of 64.
Control: shown
Limits: memory_mb=64
"""

import json
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
block = bytearray(200 << 20)
block[::4096] = b"x" * len(block[::4096])
print("SUCCEEDED", nonce, flush=True)
