"""Tries: to take more memory than it may, piece by piece.
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
blocks = [bytes([number % 255 + 1]) * (1 << 20) for number in range(200)]
print("SUCCEEDED", nonce, flush=True)
