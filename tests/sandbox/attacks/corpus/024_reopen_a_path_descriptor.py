"""Tries: to open a secret without rights (O_PATH) and again with them through /proc/self/fd.
Kind: reading
Seen: a planted secret comes out.
Control: shown
"""

import json
import os
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
for path in world["secret_files"].values():
    try:
        number = os.open(path, os.O_PATH)
        with open(f"/proc/self/fd/{number}") as file:
            print(file.read())
    except OSError as error:
        print(error)
