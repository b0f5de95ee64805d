"""Tries: to read and set the sibling's resource limits.
Kind: processes
Seen: inside, a call worked.
Control: shown
"""

import json
import resource
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

print("ATTEMPTED", nonce, flush=True)
print(resource.prlimit(world["victim_pid"], resource.RLIMIT_NOFILE))
print("SUCCEEDED", nonce, flush=True)
