"""Tries: to fill the disk by many files.
Kind: resources
Seen: inside, it wrote 48 MiB of 8; or files are there after the run.
Control: shown
Limits: disk_mb=8
"""

import json
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
for number in range(48):
    with open(f"file{number}", "wb") as file:
        file.write(b"x" * (1 << 20))
print("SUCCEEDED", nonce, flush=True)
