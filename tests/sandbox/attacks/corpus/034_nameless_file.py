"""Tries: to make a file without a name (O_TMPFILE) outside and then to give it one.
Kind: writing
Seen: inside, the file could be made; or it is there after the run.
Control: shown
"""

import json
import os
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
number = os.open(world["outside"], os.O_TMPFILE | os.O_RDWR, 0o600)
print("SUCCEEDED", nonce, flush=True)
os.link(f"/proc/self/fd/{number}", f"{world['outside']}/{nonce}", follow_symlinks=True)
