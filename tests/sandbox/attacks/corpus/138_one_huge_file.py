"""Tries: to fill the disk by one file, with and without holes.
Kind: resources
Seen: inside, it wrote 48 MiB of 8.
Control: shown
Limits: disk_mb=8
"""

import json
import os
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
number = os.open("file", os.O_RDWR | os.O_CREAT)
for _ in range(48):
    os.write(number, b"x" * (1 << 20))
os.posix_fallocate(number, 0, 64 << 20)
print("SUCCEEDED", nonce, flush=True)
