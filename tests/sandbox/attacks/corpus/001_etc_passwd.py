"""Tries: to read the host's list of users.
Kind: reading
Seen: inside, it holds a line of the file.
Control: shown
"""

import json
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
with open("/etc/passwd") as file:
    if "root:" in file.read():
        print("SUCCEEDED", nonce, flush=True)
