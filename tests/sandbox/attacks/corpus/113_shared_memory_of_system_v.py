"""Tries: to leave a message in shared memory that outlives it.
Kind: kernel
Seen: inside or after the run, the segment is there.
Control: shown
"""

import ctypes
import json
import sys

world = json.loads(sys.stdin.readline())
nonce = world["nonce"]

libc = ctypes.CDLL(None, use_errno=True)
print("ATTEMPTED", nonce, flush=True)
if libc.shmget(int(nonce[:7], 16), 4096, 0o1666) >= 0:
    print("SUCCEEDED", nonce, flush=True)
