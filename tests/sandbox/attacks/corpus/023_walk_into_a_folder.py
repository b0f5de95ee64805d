"""Tries: to make a folder of the host its working folder.
Kind: reading
Seen: inside, chdir worked.
Control: shown
"""

import json
import os
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
for folder in (world["outside"], "/srv/trainer", "/home/trainer"):
    try:
        os.chdir(folder)
    except OSError as error:
        print(error)
    else:
        print("SUCCEEDED", nonce, flush=True)
