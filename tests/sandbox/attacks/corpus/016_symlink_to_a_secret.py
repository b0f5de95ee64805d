"""Tries: to read a file through a symbolic link of its own.
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
for place, path in world["secret_files"].items():
    try:
        os.symlink(path, place)
        with open(place) as file:
            print(file.read())
    except OSError as error:
        print(error)
