"""Tries: to fill every folder that it can write to.
Kind: resources
Seen: inside, it wrote 64 MiB of 8.
Control: shown
Limits: disk_mb=8
"""

import json
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
written = 0
for folder in (".", "/tmp", "/dev/shm", "/var/tmp", "/run", "/home/trainer"):
    try:
        for number in range(40):
            with open(f"{folder}/{nonce}{number}", "wb") as file:
                written += file.write(b"x" * (1 << 20))
    except OSError as error:
        print(error)
if written >= 64 << 20:
    print("SUCCEEDED", nonce, flush=True)
