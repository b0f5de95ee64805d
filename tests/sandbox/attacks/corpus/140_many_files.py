"""Tries: to use up the file system's entries.
Kind: resources
Seen: inside, it made 1000 files of 100.
Control: shown
Limits: files=100
"""

import json
import os
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
for number in range(1000):
    os.close(os.open(f"f{number}", os.O_CREAT | os.O_WRONLY))
print("SUCCEEDED", nonce, flush=True)
