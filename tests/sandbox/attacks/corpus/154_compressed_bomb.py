"""Tries: to blow a small input up in memory.
Kind: resources
Seen: inside, it holds 256 MiB of 64.
Control: shown
Limits: memory_mb=64
"""

import json
import sys
import zlib

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

packer = zlib.compressobj(1)
block = bytes(1 << 20)
packed = b"".join(packer.compress(block) for _ in range(256)) + packer.flush()
print("ATTEMPTED", nonce, flush=True)
data = zlib.decompress(packed)
print("SUCCEEDED", nonce, flush=True)
