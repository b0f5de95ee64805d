"""Tries: to read the sources of the gym, where the bundled problems' reference solutions stand.
Kind: reading
Seen: inside, it holds a source of the package.
Control: shown
"""

import json
import os
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
for folder, _, names in os.walk(world["package"]):
    for name in names:
        with open(os.path.join(folder, name), "rb") as file:
            if file.read(100):
                print("SUCCEEDED", nonce, flush=True)
                sys.exit()
